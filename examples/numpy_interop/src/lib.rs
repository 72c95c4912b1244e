//! Work on rows of numbers, in plain Rust: slices and iterators. Only the Python side knows that they are NumPy's
//! memory.

pub mod signal;

#[cfg(feature = "python")]
mod python;

pub use signal::{clip, moving_average, row_means, Error};
