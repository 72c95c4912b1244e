//! Finds the words that are most like another one, in two ways that give the same result:
//! [`distance::plain`] is what one writes first, [`distance::Distance`] what a profile of it led to.

pub mod dictionary;
pub mod distance;

#[cfg(feature = "python")]
mod python;

pub use dictionary::{Dictionary, Error};
