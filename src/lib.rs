//! monowheel: one abi3 wheel per platform, from one machine.
//!
//! ```text
//! cli, python            the ends: what a person types and sees, what Python imports
//!   ├ prove              wheels on interpreters: environments, trials, what ran
//!   │ └ lab              interpreters of other versions, processors and systems, to run wheels in
//!   ├ publish            a set → an index that serves exactly that set; rehearsed on this machine
//!   ├ ci                 the workflows of a project, from its table
//!   ├ release            one version everywhere; a tag over a set that is complete, audited and proven
//!   ├ pin                the wheels that installers choose, by hash; and whether that still holds
//!   ├ lint               the sources of a project against the rules on sources
//!   │ └ source           Rust and manifests → facts: what is exported, held, attached
//!   ├ scaffold           a project to begin with, and what an existing one lacks to be one
//!   ├ doctor             a machine against a project's needs, and the commands that mend it
//!   ├ reproduce          one source, built twice
//!   ├ verify             a wheel, made again as it says that it was made
//!   │ └ compare          two wheels or sdists → what differs, down to the symbol
//!   └ build              project → plan → maturin and zig → finish → audit → dist/
//!     │ └ toolchain      Rust toolchains, standard libraries, maturin, zig
//!     ├ finish           a wheel → the wheel that the same source gives anywhere
//!     └ audit            path, bytes or requirement → facts → rules → report
//!         └ rules        one file per rule        └ report   text, JSON, SARIF, HTML
//!         └ gather       bytes → facts            └ net      what an index serves
//!             └ set, facts, finding, rule
//!                 └ wheel, binary, abi, platform   readers and policies
//!                     └ exec, git, lock, hash, error
//! ```
//!
//! Calls go down, never up. Without the features `cli`, `net` and `python` nothing here
//! parses arguments, prints, talks to a network, or knows Python.

pub mod abi;
pub mod audit;
pub mod binary;
pub mod build;
mod cache;
pub mod ci;
pub mod compare;
mod config;
pub mod doctor;
pub mod error;
pub mod exec;
pub mod facts;
pub mod finding;
pub mod finish;
pub mod gather;
mod git;
pub mod hash;
pub mod lab;
pub mod lint;
pub mod lock;
mod numbers;
pub mod platform;
pub mod proof;
pub mod prove;
pub mod release;
pub mod report;
pub mod reproduce;
pub mod resolve;
pub mod rule;
pub mod rules;
pub mod scaffold;
pub mod set;
pub mod source;
pub mod toolchain;
pub mod verify;
pub mod wheel;
mod whole;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "net")]
pub mod net;
#[cfg(feature = "net")]
pub mod pin;
#[cfg(feature = "net")]
pub mod publish;
#[cfg(feature = "python")]
mod python;

/// The version of this crate and of the Python package.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
