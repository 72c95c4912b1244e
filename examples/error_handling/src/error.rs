//! Errors in settings.

use std::io;
use std::num::ParseIntError;
use std::path::PathBuf;

/// Errors in settings. Each states what failed and where; its `source` states why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// A line that is not a setting.
    #[error("line {line}: a setting is written `key = value`")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
    /// A value that is not a number, or does not fit.
    #[error("line {line}: `{key}` has to be a number from 0 to {}", u16::MAX)]
    Number {
        /// The line, from 1.
        line: usize,
        /// The setting.
        key: String,
        /// The parser's error.
        source: ParseIntError,
    },
    /// A missing setting.
    #[error("there is no `{key}`")]
    Missing {
        /// The setting.
        key: String,
    },
}
