//! Errors of an expression or its value, with their position.

use std::fmt;

use crate::{MAX_DEPTH, MAX_LENGTH};

/// An error with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The reason.
    pub reason: Reason,
    /// The position in the text, counted in characters from 0, as in Python's strings; Rust's byte offsets
    /// would be wrong in Python after the first `ä`.
    pub position: usize,
}

/// Why an expression is invalid or has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The text has more than [`MAX_LENGTH`] characters.
    TooLong(usize),
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// This token is not allowed here.
    Unexpected(String),
    /// The text ends too early.
    Ended,
    /// A number that does not fit 64 bits.
    Number(String),
    /// There is no function with this name.
    NoFunction(String),
    /// A function with too many or too few arguments.
    Arguments(String, usize),
    /// A variable without a value.
    NoValue(String),
    /// A variable that is infinite or NaN.
    NotFinite(String),
    /// A division by zero.
    Division,
    /// A result that is too large.
    Overflow,
    /// No result in the real numbers, as for `sqrt(-1)`.
    Undefined,
}

impl Error {
    pub(crate) fn new(reason: Reason, position: usize) -> Self {
        Self { reason, position }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong(n) => write!(f, "the text has {n} characters, more than {MAX_LENGTH}"),
            Self::TooDeep => write!(f, "more than {MAX_DEPTH} levels"),
            Self::Unexpected(found) => write!(f, "unexpected `{found}`"),
            Self::Ended => f.write_str("the text ends too early"),
            Self::Number(text) => write!(f, "{text} is not a 64-bit number"),
            Self::NoFunction(name) => write!(f, "there is no function `{name}`"),
            Self::Arguments(name, n) => write!(f, "`{name}` does not take {n} arguments"),
            Self::NoValue(name) => write!(f, "`{name}` has no value"),
            Self::NotFinite(name) => write!(f, "`{name}` is not finite"),
            Self::Division => f.write_str("division by zero"),
            Self::Overflow => f.write_str("the result is too large"),
            Self::Undefined => f.write_str("there is no real result"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at {})", self.reason, self.position)
    }
}

impl std::error::Error for Error {}
