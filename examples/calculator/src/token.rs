//! The tokens of an expression.

use crate::{Error, Reason};

/// A token, and the position of its first character.
pub(crate) type Token = (Word, usize);

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Word {
    Number(f64),
    Name(String),
    /// An operator, a parenthesis or a comma.
    Sign(char),
}

impl Word {
    /// Its text in an error.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Number(value) => value.to_string(),
            Self::Name(name) => name.clone(),
            Self::Sign(sign) => sign.to_string(),
        }
    }
}

/// The tokens of `text`.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, Error> {
    let mut found = Vec::new();
    let mut rest = text.chars().enumerate().peekable();
    while let Some((at, first)) = rest.next() {
        let mut word = String::from(first);
        let mut take = |fits: &dyn Fn(&str, char) -> bool| {
            while let Some((_, next)) = rest.next_if(|(_, next)| fits(&word, *next)) {
                word.push(next);
            }
        };
        let word = match first {
            _ if first.is_whitespace() => continue,
            '0'..='9' | '.' => {
                // A sign belongs to a number only after its `e`.
                take(&|before, next| {
                    next.is_ascii_digit()
                        || matches!(next, '.' | 'e' | 'E')
                        || (matches!(next, '+' | '-') && before.ends_with(['e', 'E']))
                });
                match word.parse::<f64>() {
                    Ok(value) if value.is_finite() => Word::Number(value),
                    _ => return Err(Error::new(Reason::Number(word), at)),
                }
            }
            _ if first.is_alphabetic() || first == '_' => {
                take(&|_, next| next.is_alphanumeric() || next == '_');
                Word::Name(word)
            }
            '+' | '-' | '*' | '/' | '%' | '^' | '(' | ')' | ',' => Word::Sign(first),
            _ => return Err(Error::new(Reason::Unexpected(word), at)),
        };
        found.push((word, at));
    }
    Ok(found)
}
