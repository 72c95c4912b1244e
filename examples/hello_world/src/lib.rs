//! What `hello_world` can do, in plain Rust. The Python side is in [`python`] and only translates.

use std::fmt;

#[cfg(feature = "python")]
mod python;

/// The longest name that [`greet`] takes, in characters.
pub const MAX_NAME: usize = 100;

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The name is empty or only white space.
    EmptyName,
    /// The name has more than [`MAX_NAME`] characters; how many it has.
    LongName(usize),
    /// The sum does not fit 64 bits.
    Overflow,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyName => f.write_str("the name is empty"),
            Self::LongName(n) => write!(f, "the name has {n} characters, more than {MAX_NAME}"),
            Self::Overflow => f.write_str("the sum does not fit 64 bits"),
        }
    }
}

impl std::error::Error for Error {}

/// A greeting for `name`, without the white space around it.
pub fn greet(name: &str) -> Result<String, Error> {
    let name = name.trim();
    match name.chars().count() {
        0 => Err(Error::EmptyName),
        n if n > MAX_NAME => Err(Error::LongName(n)),
        _ => Ok(format!("Hello, {name}!")),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greets_by_name() {
        assert_eq!(greet("  Ada ").as_deref(), Ok("Hello, Ada!"));
    }

    #[test]
    fn refuses_no_name_and_a_long_one() {
        assert_eq!(greet(" \t"), Err(Error::EmptyName));
        assert!(greet(&"é".repeat(MAX_NAME)).is_ok());
        assert_eq!(greet(&"é".repeat(MAX_NAME + 1)), Err(Error::LongName(MAX_NAME + 1)));
    }

    #[test]
    fn adds_and_reports_overflow() {
        assert_eq!(add(-2, 44), Ok(42));
        assert_eq!(add(i64::MAX, 1), Err(Error::Overflow));
    }

    #[test]
    fn sums_squares() {
        assert!((sum_of_squares(&[3.0, 4.0]) - 25.0).abs() < f64::EPSILON);
        assert!(sum_of_squares(&[]).abs() < f64::EPSILON);
    }
}
