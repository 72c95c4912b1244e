//! A list of words, and the search in it.

use std::fmt;

use crate::distance::{plain, Distance};

/// The longest word, in bytes: the time of a search grows with it.
pub const MAX_WORD: usize = 200;

/// Why a word was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// It has more than [`MAX_WORD`] bytes: this many.
    LongWord(usize),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LongWord(bytes) => write!(f, "a word has {bytes} bytes, more than {MAX_WORD}"),
        }
    }
}

impl std::error::Error for Error {}

fn checked(word: &str) -> Result<&str, Error> {
    if word.len() > MAX_WORD {
        return Err(Error::LongWord(word.len()));
    }
    Ok(word)
}

/// Words to search in; immutable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    words: Vec<String>,
}

impl Dictionary {
    /// A dictionary of these words.
    pub fn new(words: Vec<String>) -> Result<Self, Error> {
        for word in &words {
            checked(word)?;
        }
        Ok(Self { words })
    }

    /// The number of words.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The `n` words most similar to `word` with their distances, the nearest first, then alphabetically.
    pub fn closest(&self, word: &str, n: usize) -> Result<Vec<(&str, usize)>, Error> {
        let mut distance = Distance::from(checked(word)?);
        Ok(self.nearest(n, |other| distance.to(other)))
    }

    /// The same with the first version of the distance.
    pub fn closest_plain(&self, word: &str, n: usize) -> Result<Vec<(&str, usize)>, Error> {
        let word = checked(word)?;
        Ok(self.nearest(n, |other| plain(word, other)))
    }

    fn nearest(&self, n: usize, mut distance: impl FnMut(&str) -> usize) -> Vec<(&str, usize)> {
        let mut all: Vec<_> = self.words.iter().map(|word| (word.as_str(), distance(word))).collect();
        all.sort_unstable_by(|a, b| (a.1, a.0).cmp(&(b.1, b.0)));
        all.truncate(n);
        all
    }
}
