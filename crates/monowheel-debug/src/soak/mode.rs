//! The conditions in which programs run.

use serde::{Deserialize, Serialize};

/// A condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One after the other.
    Plain,
    /// With `-X dev`.
    Dev,
    /// In four threads that start together.
    Threads,
    /// In interpreters that end, one after the other.
    Subinterpreters,
    /// While the interpreter ends.
    Shutdown,
    /// After a fork.
    Fork,
    /// With one allocation that fails.
    NoMemory,
    /// While signals arrive.
    Signals,
    /// Again and again: what remains.
    Leaks,
}

impl Mode {
    /// All of them, in the order of a run.
    pub const ALL: [Self; 9] = [
        Self::Plain,
        Self::Dev,
        Self::Threads,
        Self::Subinterpreters,
        Self::Shutdown,
        Self::Fork,
        Self::NoMemory,
        Self::Signals,
        Self::Leaks,
    ];

    /// As in the command line and the plan.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Dev => "dev",
            Self::Threads => "threads",
            Self::Subinterpreters => "subinterpreters",
            Self::Shutdown => "shutdown",
            Self::Fork => "fork",
            Self::NoMemory => "nomemory",
            Self::Signals => "signals",
            Self::Leaks => "leaks",
        }
    }

    /// Options of Python: memory that was freed is overwritten, so that its use is seen.
    pub(super) const fn options(self) -> &'static [&'static str] {
        match self {
            Self::Dev | Self::Subinterpreters => &["-X", "dev"],
            _ => &[],
        }
    }

    /// A statement that fails where Python lacks what the mode needs.
    pub(super) const fn needs(self) -> Option<&'static str> {
        match self {
            Self::NoMemory => Some("import _testcapi; _testcapi.set_nomemory"),
            Self::Subinterpreters => Some(
                "import importlib.util as u; assert u.find_spec('_interpreters') or u.find_spec('_xxsubinterpreters')",
            ),
            _ => None,
        }
    }

    /// Programs in one batch: of a mode with a process or an interpreter for each, fewer.
    pub(super) const fn batch(self) -> usize {
        match self {
            Self::Plain | Self::Dev | Self::Signals => 120,
            Self::Threads => 60,
            _ => 30,
        }
    }
}
