//! The readers of a surface.

pub mod binary;
pub(crate) mod exceptions;
pub mod python;
pub mod source;
pub mod wheel;
