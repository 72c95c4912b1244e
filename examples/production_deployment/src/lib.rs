//! Slugs: what a title is in a URL.

pub mod slug;

#[cfg(feature = "python")]
mod python;

pub use slug::{Error, Slugger};
