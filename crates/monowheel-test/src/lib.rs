//! Wheels on real interpreters.

pub mod lab;
pub mod trials;
