//! Greetings and sums, in plain Rust.
//!
//! All of the library's work is here, and none of it knows of Python: the module [`python`] only translates. So
//! `cargo test --no-default-features` tests it where there is no Python, and another crate can use it.
#![warn(missing_docs)]

mod error;
#[cfg(feature = "python")]
mod python;

pub use error::Error;

/// The longest name that is greeted, in characters.
pub const MAX_NAME: usize = 100;

/// The longest word that a [`Greeter`] begins with, in characters.
pub const MAX_WORD: usize = 20;

/// A greeting for `name`, without the white space around it.
pub fn greet(name: &str) -> Result<String, Error> {
    let name = checked(name)?;
    Ok(format!("Hello, {name}!"))
}

/// Greets with a word of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Greeter {
    word: String,
}

impl Greeter {
    /// The word that is taken where none is given.
    pub const WORD: &'static str = "Hello";

    /// One that begins with `word`. What exists has been checked: no other function has to look again.
    pub fn new(word: &str) -> Result<Self, Error> {
        match word.chars().count() {
            1..=MAX_WORD => Ok(Self { word: word.to_owned() }),
            n => Err(Error::Word(n)),
        }
    }

    /// What every greeting begins with.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }

    /// A greeting for `name`, as [`greet`] gives it.
    pub fn greet(&self, name: &str) -> Result<String, Error> {
        let name = checked(name)?;
        Ok(format!("{}, {name}!", self.word))
    }
}

/// `a + b`, or an error where that does not fit 64 bits.
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
