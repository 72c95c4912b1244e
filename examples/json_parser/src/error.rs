//! Errors in a text, with their position.

use std::fmt;
use std::str::Utf8Error;

use crate::MAX_DEPTH;

/// An error with its position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// The reason.
    pub reason: Reason,
    /// The position, in characters from 0: an index into a Python string.
    pub position: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
}

/// Why a text is not valid JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The text ends too early.
    Ended,
    /// This was expected: a value, a comma, or a bracket.
    Expected(&'static str),
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// A number that does not fit 64 bits.
    TooLarge,
    /// A character below U+0020 inside a string.
    Control,
    /// A backslash that does not begin an escape.
    Escape,
    /// Half of a surrogate pair.
    Surrogate,
    /// Bytes that are not valid UTF-8.
    NotUtf8,
}

impl Error {
    /// `reason`, at `offset` bytes into `text`. Counted here and not while reading: most texts are valid.
    pub(crate) fn at(text: &str, offset: usize, reason: Reason) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            reason,
            position: before.chars().count(),
            line: 1 + before.matches('\n').count(),
            column: 1 + line.chars().count(),
        }
    }

    /// The same for bytes that are not text.
    #[must_use]
    pub fn not_utf8(data: &[u8], error: Utf8Error) -> Self {
        let valid =
            data.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default();
        Self::at(valid, valid.len(), Reason::NotUtf8)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("the text ends too early"),
            Self::Expected(what) => write!(f, "expected {what}"),
            Self::TooDeep => write!(f, "more than {MAX_DEPTH} levels"),
            Self::TooLarge => f.write_str("the number is too large"),
            Self::Control => f.write_str("a control character has to be escaped"),
            Self::Escape => f.write_str("there is no such escape"),
            Self::Surrogate => f.write_str("half of a surrogate pair"),
            Self::NotUtf8 => f.write_str("invalid UTF-8"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: line {} column {}", self.reason, self.line, self.column)
    }
}

impl std::error::Error for Error {}
