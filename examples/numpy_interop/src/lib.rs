//! Work on rows of numbers, in plain Rust: slices and iterators. That they are NumPy's memory is known only to the
//! Python side.

pub mod signal;

#[cfg(feature = "python")]
mod python;

pub use signal::{clip, moving_average, row_means, Error};
