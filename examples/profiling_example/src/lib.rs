//! Finds the words that are most similar to a given one, in two ways that give the same result:
//! [`distance::plain`] is the obvious version, [`distance::Distance`] the one that a profile led to.

pub mod dictionary;
pub mod distance;

#[cfg(feature = "python")]
mod python;

pub use dictionary::{Dictionary, Error};
