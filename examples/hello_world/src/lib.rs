//! Greetings and sums, in plain Rust.
//!
//! The entire core is here, and independent of Python: the module [`python`] only translates. So
//! `cargo test --no-default-features` tests it without Python, and another crate can use it.
#![warn(missing_docs)]

mod error;
#[cfg(feature = "python")]
mod python;

pub use error::Error;

/// The maximum length of a name, in characters.
pub const MAX_NAME: usize = 100;

/// The maximum length of a [`Greeter`]'s word, in characters.
pub const MAX_WORD: usize = 20;

/// A greeting for `name`, without the white space around it.
pub fn greet(name: &str) -> Result<String, Error> {
    let name = checked(name)?;
    Ok(format!("Hello, {name}!"))
}

/// Greets with a word of your choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Greeter {
    word: String,
}

impl Greeter {
    /// The default word.
    pub const WORD: &'static str = "Hello";

    /// A greeter with `word`, which is checked here once: no other function has to check it again.
    pub fn new(word: &str) -> Result<Self, Error> {
        match word.chars().count() {
            1..=MAX_WORD => Ok(Self { word: word.to_owned() }),
            n => Err(Error::Word(n)),
        }
    }

    /// The word that every greeting begins with.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    /// A greeting for `name`, like [`greet`].
    pub fn greet(&self, name: &str) -> Result<String, Error> {
        let name = checked(name)?;
        Ok(format!("{}, {name}!", self.word))
    }
}

/// `a + b`, or an error if that does not fit 64 bits.
pub fn add(a: i64, b: i64) -> Result<i64, Error> {
    a.checked_add(b).ok_or(Error::Overflow)
}

/// The sum of the squares of `values`; 0 for none.
#[must_use]
pub fn sum_of_squares(values: &[f64]) -> f64 {
    values.iter().map(|v| v * v).sum()
}

fn checked(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::EmptyName),
        n if n > MAX_NAME => Err(Error::LongName(n)),
        _ => Ok(name),
    }
}
