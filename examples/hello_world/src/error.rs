//! Why a call was refused. Independent of Python: `src/python/errors.rs` maps each of these to an exception.

use std::fmt;

use crate::{MAX_NAME, MAX_WORD};

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The name is empty or only white space.
    EmptyName,
    /// The name has more than [`MAX_NAME`] characters: this many.
    LongName(usize),
    /// The word before the name is empty or has more than [`MAX_WORD`] characters: this many.
    Word(usize),
    /// The sum does not fit 64 bits.
    Overflow,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyName => f.write_str("the name is empty"),
            Self::LongName(n) => write!(f, "the name has {n} characters, more than {MAX_NAME}"),
            Self::Word(n) => write!(f, "the word has {n} characters, not 1 to {MAX_WORD}"),
            Self::Overflow => f.write_str("the sum does not fit 64 bits"),
        }
    }
}

impl std::error::Error for Error {}
