//! What happens in a process of the tested interpreter, and how it ends.

use monowheel_system::exec::last_lines;
use serde::{Deserialize, Serialize};

use super::sanitizer::thread;

/// The end of a trace, for a finding.
const TRACE: usize = 30;

/// What happened: a line of the journal, or a report of a sanitizer in it.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Event {
    Runs {
        program: usize,
    },
    Found {
        kind: Kind,
        program: usize,
        line: Option<usize>,
        what: String,
    },
    Worked {
        program: usize,
    },
    Refused {
        what: String,
    },
    End {},
    #[serde(skip)]
    Reported(thread::Printed),
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A signal ended the process.
    Crash,
    /// A panic ended the process.
    Abort,
    /// A panic reached Python.
    Panic,
    /// CPython says that a function broke its rules.
    SystemError,
    /// Nothing happens any more.
    Hang,
    /// Something remains after each call.
    Leak,
    /// `AddressSanitizer` saw memory used that is not there.
    Memory,
    /// `ThreadSanitizer` saw threads access the same memory without a lock, or take locks in opposite orders.
    Race,
}

impl Kind {
    /// As in the report.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Abort => "abort",
            Self::Panic => "panic",
            Self::SystemError => "system-error",
            Self::Hang => "hang",
            Self::Leak => "leak",
            Self::Memory => "memory",
            Self::Race => "race",
        }
    }
}

/// How a process ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// With success: what it printed.
    Well(String),
    /// By a signal: its name, and what it printed.
    Signal(String, String),
    /// It was ended because nothing happened any more: its stacks.
    Hang(String),
    /// It was ended because the time was over.
    Over,
    /// Otherwise: what it printed.
    Failed(String),
}

impl Ended {
    /// What it printed, as far as that is known.
    pub(super) fn printed(&self) -> &str {
        match self {
            Self::Well(printed) | Self::Signal(_, printed) | Self::Failed(printed) => printed,
            Self::Hang(_) | Self::Over => "",
        }
    }
}

/// What happened in a process.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) events: Vec<Event>,
    /// The program that ran last.
    pub(super) last: Option<usize>,
    pub(super) ended: Ended,
}

/// Of what a process printed, the part about its end: the message of a panic, and the stack of Python.
pub(super) fn trace(printed: &str) -> String {
    let mut lines: Vec<&str> = printed.lines().collect();
    let start = lines.iter().rposition(|line| line.starts_with("Fatal Python error"));
    let panics: Vec<&str> = lines
        .iter()
        .rposition(|line| line.contains("panicked at"))
        .map_or(Vec::new(), |at| lines[at..].iter().take(2).copied().collect());
    let rest = start.map_or_else(Vec::new, |start| lines.split_off(start));
    if rest.is_empty() && panics.is_empty() {
        return last_lines(printed, TRACE);
    }
    let own = |line: &&str| !line.contains("monowheel-soak-") && !line.contains("/threading.py");
    panics.into_iter().chain(rest.into_iter().filter(own).take(TRACE)).collect::<Vec<_>>().join("\n")
}
