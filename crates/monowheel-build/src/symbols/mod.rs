//! Line tables of the libraries in wheels, kept beside the wheels, and what they say about a crash report.
//!
//! ```text
//! build    link::twin ─ collect ─ DIST/symbols/NAME-VERSION-TAG/MODULE-ID.debug.gz
//! report   report (frames) ─ folder (which file) ─ resolve (function, file, line) ─ symbolicate
//! ```
//!
//! ID is what a debugger compares: the build-id of ELF, the UUID of Mach-O, the GUID of PE. Normalizing derives it from
//! the content, so that two files with the same ID have the same code.

pub(crate) mod collect;
pub(crate) mod dsym;
pub mod export;
pub mod folder;
pub mod identity;
mod inflate;
mod nesting;
pub mod report;
pub mod resolve;
pub mod symbolicate;

pub use folder::FOLDER;
use serde::{Deserialize, Serialize};

/// What is kept of one wheel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Kept {
    /// The files.
    pub files: Vec<Row>,
    /// The libraries without one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

/// The line tables of one library, or of one architecture in it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Row {
    /// The library's path in the wheel.
    pub member: String,
    /// What a debugger compares, hexadecimal.
    pub id: String,
    /// The file's path in the output directory.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Bytes of the file.
    pub size: u64,
}

/// A library without line tables.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Missing {
    /// The library's path in the wheel.
    pub member: String,
    /// The reason.
    pub why: String,
}
