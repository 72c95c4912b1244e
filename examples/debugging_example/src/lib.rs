//! Prices of a basket. A price can be asked of Python while Rust adds them up, so that a stack here has
//! frames of both: what a debugger is good for.

pub mod basket;

#[cfg(feature = "python")]
mod python;

pub use basket::{discounted, Basket, Error, Line};
