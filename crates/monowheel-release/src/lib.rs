//! Releases.

pub mod api;
pub mod ci;
pub mod pin;
pub mod publish;
pub mod release;
