//! The only type, and its errors.

use std::fmt;

/// Why a slug cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The text has no letter and no digit.
    NothingLeft(String),
    /// The separator is a letter or a digit, and could not be distinguished from the words.
    Separator(char),
    /// A maximum length of 0.
    NoLength,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingLeft(text) => write!(f, "{text:?} has no character for a slug"),
            Self::Separator(c) => write!(f, "the separator {c:?} is a letter or a digit"),
            Self::NoLength => f.write_str("a slug has at least 1 character, not 0"),
        }
    }
}

impl std::error::Error for Error {}

/// How slugs are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slugger {
    separator: char,
    longest: usize,
}

impl Slugger {
    /// Slugs of at most `longest` characters, with `separator` between the words.
    pub fn new(separator: char, longest: usize) -> Result<Self, Error> {
        if separator.is_alphanumeric() {
            return Err(Error::Separator(separator));
        }
        if longest == 0 {
            return Err(Error::NoLength);
        }
        Ok(Self { separator, longest })
    }

    /// The separator between the words.
    #[must_use]
    pub fn separator(&self) -> char {
        self.separator
    }

    /// The maximum length of a slug, in characters.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// The words of the text in lower case. Words that would make it too long are left out, except the first,
    /// which is cut.
    pub fn slug(&self, text: &str) -> Result<String, Error> {
        let mut slug = String::new();
        let mut characters = 0;
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let word = word.to_lowercase();
            let length = word.chars().count();
            if slug.is_empty() {
                slug.extend(word.chars().take(self.longest));
                characters = length.min(self.longest);
            } else if characters + 1 + length <= self.longest {
                slug.push(self.separator);
                slug.push_str(&word);
                characters += 1 + length;
            } else {
                break;
            }
        }
        if slug.is_empty() {
            return Err(Error::NothingLeft(text.to_owned()));
        }
        Ok(slug)
    }
}

impl Default for Slugger {
    fn default() -> Self {
        Self { separator: '-', longest: 80 }
    }
}
