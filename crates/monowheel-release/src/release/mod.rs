//! A release: one version everywhere, and a tag over a set of wheels that is complete, audited and proven.
//!
//! [`check`](check::check) looks and changes nothing. [`prepare`](prepare::prepare) gives the files of a project the next
//! version. [`tag`](tag::tag) makes the tag, when every check is well. Nothing is pushed, and no network is asked but a git
//! remote that the user names. The command line calls it, and so may publishing; it knows of git by the program alone.

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
