//! Prices of a basket. Rust can call Python for a price while it adds them up, so a stack here has
//! frames of both: a good case for a debugger.

pub mod basket;

#[cfg(feature = "python")]
mod python;

pub use basket::{discounted, Basket, Error, Line};
