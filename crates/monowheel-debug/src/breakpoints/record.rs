//! What the scripts in the debuggers write down.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use crate::frames;

/// One line of the record.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Event {
    Resolved {
        place: usize,
        #[serde(rename = "where")]
        at: String,
    },
    Hit(Hit),
    Signal(Signal),
    End {
        code: Option<i64>,
    },
    Note {
        text: String,
    },
    Failed {
        text: String,
    },
}

/// A stop at a breakpoint.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Hit {
    /// Which of the places it is, from 0.
    pub place: usize,
    /// The language of the place.
    pub side: Side,
    /// The thread, by its number of the system.
    pub thread: u64,
    /// The function.
    pub function: String,
    /// Its arguments; of a line of Python, all local variables.
    pub arguments: Vec<Argument>,
    /// The Python stack, the innermost frame first.
    pub python: Vec<Frame>,
    /// The native stack, the innermost frame first.
    pub native: Vec<Frame>,
}

/// The language of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Rust.
    Rust,
    /// Python.
    Python,
}

/// A stop by a signal that ends the program.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Signal {
    /// `SIGSEGV`.
    pub signal: String,
    /// The thread, by its number of the system.
    pub thread: u64,
    /// The Python stack, the innermost frame first.
    #[serde(default)]
    pub python: Vec<Frame>,
    /// The native stack, the innermost frame first.
    #[serde(default)]
    pub native: Vec<Frame>,
}

/// A variable with its value.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type, as the debugger names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value.
    pub value: String,
}

/// One frame.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Frame {
    /// Its function.
    pub function: String,
    /// Its file; empty if it is not known.
    pub file: String,
    /// Its line; 0 if it is not known.
    pub line: u32,
    /// The library that has it, for a native one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub library: String,
}

impl Frame {
    /// Whether it is of CPython, `PyO3`, the Rust standard library or the system.
    #[must_use]
    pub fn is_plumbing(&self) -> bool {
        frames::is_plumbing(&self.function, &self.file) || frames::is_system(&self.library)
    }

    /// `planted::leaks::box_leak (src/leaks.rs:34)`.
    #[must_use]
    pub fn label(&self) -> String {
        match (self.file.as_str(), self.line) {
            ("", _) => self.function.clone(),
            (file, 0) => format!("{} ({file})", self.function),
            (file, line) => format!("{} ({file}:{line})", self.function),
        }
    }
}

/// Names without the hashes of a mangling.
fn readable(stack: &mut [Frame]) {
    for frame in stack {
        frame.function = frames::name(&frame.function);
    }
}

/// The complete lines from this byte on, and the byte after them.
pub(super) fn read(file: &Path, from: usize) -> Result<(Vec<Event>, usize)> {
    let bytes = fs_err::read(file).unwrap_or_default();
    let rest = bytes.get(from..).unwrap_or_default();
    let complete = rest.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let mut events = Vec::new();
    for line in rest[..complete].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let mut event: Event = serde_json::from_slice(line)
            .map_err(|error| Error::new(ErrorKind::Format, format!("could not read the debugger's record: {error}")))?;
        match &mut event {
            Event::Hit(hit) => {
                if hit.side == Side::Rust {
                    hit.function = frames::name(&hit.function);
                }
                readable(&mut hit.native);
            }
            Event::Signal(signal) => readable(&mut signal.native),
            Event::Resolved { at, .. } => *at = frames::name(at),
            Event::End { .. } | Event::Note { .. } | Event::Failed { .. } => {}
        }
        events.push(event);
    }
    Ok((events, from + complete))
}
