//! Sensor readings, and the numbers and texts in them. Independent of Python: [`python`] only translates.
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod error;
#[cfg(feature = "python")]
mod python;

pub mod number;
pub mod reading;
pub mod text;

pub use error::Error;
