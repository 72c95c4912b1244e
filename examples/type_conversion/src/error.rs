//! Why a value was refused.

use std::fmt;
use std::str::Utf8Error;

/// Why a value was refused.
#[derive(Clone, Debug, PartialEq)]
pub enum Error {
    /// A finite number that a 32-bit float would make infinite.
    NotSingle(f64),
    /// Not a temperature: NaN, infinite, or below absolute zero.
    NotTemperature(f64),
    /// A reading without the name of its sensor.
    NoSensor,
    /// Bytes that are not valid UTF-8: all of them, and the decoder's error.
    NotUtf8(Vec<u8>, Utf8Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSingle(value) => write!(f, "{value:e} does not fit a 32-bit float"),
            Self::NotTemperature(value) => write!(f, "{value} is not a temperature"),
            Self::NoSensor => f.write_str("a reading needs the name of its sensor"),
            Self::NotUtf8(_, error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotUtf8(_, error) => Some(error),
            _ => None,
        }
    }
}
