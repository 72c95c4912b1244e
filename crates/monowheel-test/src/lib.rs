//! Tests wheels on real interpreters.

pub mod lab;
pub mod price;
pub mod trials;
