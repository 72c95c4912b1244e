//! The readers of a surface.

pub mod binary;
pub mod python;
pub mod source;
pub mod wheel;
