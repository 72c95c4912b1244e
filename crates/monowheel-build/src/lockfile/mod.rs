//! `monowheel.lock`: the tools that a project is built with, chosen once for all of its targets and committed.
//!
//! ```text
//! file + machine ─ settle ─┬─ Machine with only the locked tools ─ plan ─ build
//!                          └─ Pending ─ written by a build, before its sdist is built
//! ```
//!
//! The file records the *wanted* tools; the records of a build (`dist/monowheel.json`, and the one in each wheel) the
//! *used* ones. It contains names and versions, never a path or a command, because an sdist's lock is a third party's
//! text.

mod form;
mod here;
pub mod install;
mod missing;
mod own;
mod request;
mod rust_toolchain;
mod settle;
mod write;

use std::collections::BTreeSet;
use std::str::FromStr;

pub use form::{From, Linker, LockFile, Row, Rust};
use serde::Serialize;
pub use settle::{Question, Settled, settle};
pub use write::Pending;

/// The file's name, beside pyproject.toml.
pub const FILE: &str = "monowheel.lock";
/// The version of its schema.
pub const SCHEMA: &str = "monowheel.lock/1";

/// How to use the lock of a project.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Use it, and add missing entries.
    #[default]
    Use,
    /// Use it unchanged: an error if it would have to be written.
    Locked,
    /// Update these tools to those of this machine.
    Upgrade(BTreeSet<Tool>),
    /// Neither read nor write it.
    Ignore,
}

/// A tool that a lock fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    /// The compiler, with the origin of the standard libraries.
    Rust,
    /// maturin.
    Maturin,
    /// zig.
    Zig,
    /// monowheel itself.
    Monowheel,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Rust, Self::Maturin, Self::Zig, Self::Monowheel];

    /// As `--upgrade` takes it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Maturin => "maturin",
            Self::Zig => "zig",
            Self::Monowheel => "monowheel",
        }
    }
}

impl FromStr for Tool {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.map(Self::word).join(", ");
        Self::ALL
            .into_iter()
            .find(|tool| tool.word() == text)
            .ok_or_else(|| format!("the lock has no tool {text:?}; it has {}", known()))
    }
}

/// The state of the lock in this build, for a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct State {
    /// The state.
    pub state: Standing,
    /// What a build would write, or the differences from a third party's lock.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
}

/// The state of a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The tools are those of the lock.
    Used,
    /// There is none yet: a build writes it.
    New,
    /// A build changes it.
    Changed,
    /// There is none, and none can be written: a tool is missing.
    Incomplete,
    /// `--toolchain` names another compiler than the lock: the lock is not changed.
    Overridden,
    /// A third party's lock names tools that are not installed here: others are used.
    RequestNotMet,
}

/// An entry of a lock that differs, or would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `rustc`, `maturin`, `zig`, `monowheel`, a Rust target.
    pub what: String,
    /// The value in the lock.
    pub locked: Option<String>,
    /// The value here.
    pub here: Option<String>,
}

impl Change {
    /// As one line.
    #[must_use]
    pub fn line(&self) -> String {
        let told = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        match &self.locked {
            None => format!("{} {}", self.what, told(&self.here)),
            Some(locked) => format!("{} {locked} -> {}", self.what, told(&self.here)),
        }
    }
}
