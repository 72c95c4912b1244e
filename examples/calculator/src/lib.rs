//! Arithmetic expressions, parsed once and evaluated often.
//!
//! ```
//! use calculator::Expression;
//!
//! let area = Expression::parse("pi * r^2")?;
//! assert_eq!(area.variables(), ["r"]);
//! let r = |name: &str| (name == "r").then_some(2.0);
//! assert_eq!(area.evaluate(r)?, std::f64::consts::PI * 4.0);
//! # Ok::<(), calculator::Error>(())
//! ```
//!
//! | | |
//! | --- | --- |
//! | numbers | `2`, `.5`, `1e-3` |
//! | operators | `+ - * / %` from the left, `^` from the right and above a sign: `-2^2` is `-4` |
//! | names | `pi`, `e`, every other one is a variable |
//! | functions | `abs`, `exp`, `ln`, `sqrt`, `sin`, `cos`, `tan`, `floor`, and `min`, `max` of one or more |
//!
//! No value is infinite or NaN: such a result is an [`Error`] with the position in the text.
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod code;
mod error;
mod parser;
#[cfg(feature = "python")]
mod python;
mod token;

use code::Code;
pub use error::{Error, Reason};

/// The maximum length of a text, in characters.
pub const MAX_LENGTH: usize = 100_000;

/// The maximum nesting depth of parentheses, signs and powers.
pub const MAX_DEPTH: usize = 200;

/// A parsed and valid expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    code: Code,
}

impl Expression {
    /// Parse `text`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let length = text.chars().count();
        if length > MAX_LENGTH {
            return Err(Error::new(Reason::TooLong(length), MAX_LENGTH));
        }
        Ok(Self { text: text.to_owned(), code: parser::parse(&token::tokens(text)?, length)? })
    }

    /// The text that was parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of its variables, each once, in order of appearance.
    #[must_use]
    pub fn variables(&self) -> &[String] {
        &self.code.variables
    }

    /// Its value, with the values of its variables from `value`.
    pub fn evaluate(&self, value: impl Fn(&str) -> Option<f64>) -> Result<f64, Error> {
        self.run(&self.bind(value)?)
    }

    /// The values of [`variables`](Self::variables), in order, for [`run`](Self::run): looked up once for many runs.
    pub fn bind(&self, value: impl Fn(&str) -> Option<f64>) -> Result<Vec<f64>, Error> {
        let bound = self.code.variables.iter().enumerate().map(|(slot, name)| {
            value(name).ok_or_else(|| Error::new(Reason::NoValue(name.clone()), self.code.position(slot)))
        });
        bound.collect()
    }

    /// Its value for these values of its variables.
    pub fn run(&self, values: &[f64]) -> Result<f64, Error> {
        self.code.run(values)
    }
}
