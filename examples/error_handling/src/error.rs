//! What can be wrong with settings.

use std::io;
use std::num::ParseIntError;
use std::path::PathBuf;

/// What can be wrong with settings. Each says what happened and where; its `source` says why.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line that is no setting.
    #[error("line {line}: a setting is written `key = value`")]
    Syntax {
        /// The line, from 1.
        line: usize,
    },
    /// A value that is no number, or none that fits.
    #[error("line {line}: `{key}` has to be a number from 0 to {}", u16::MAX)]
    Number {
        /// The line, from 1.
        line: usize,
        /// The setting.
        key: String,
        /// What the parser said.
        source: ParseIntError,
    },
    /// A setting that is not there.
    #[error("there is no `{key}`")]
    Missing {
        /// The setting.
        key: String,
    },
}
