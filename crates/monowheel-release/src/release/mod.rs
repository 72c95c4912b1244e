//! A release: one version everywhere, and a tag for distributions that are complete, audited and tested.
//!
//! [`check`](check::check) changes nothing. [`prepare`](prepare::prepare) writes the next version into the files of a
//! project. [`tag`](tag::tag) creates the tag if every check passes. Nothing is pushed, and the network is used only
//! for a git remote that the user names, and for the release before if `[tool.monowheel.api]` names an index. git is used only through its command line.

mod changelog;
pub mod check;
pub mod date;
mod history;
pub mod prepare;
pub mod set;
mod source;
pub mod tag;
mod version;
mod workspace;
mod written;

pub use check::{Check, Report, State};
pub use version::{Bump, Version};
