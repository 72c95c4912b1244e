//! Slugs: titles for use in URLs.

pub mod slug;

#[cfg(feature = "python")]
mod python;

pub use slug::{Error, Slugger};
