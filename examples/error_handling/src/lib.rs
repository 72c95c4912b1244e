//! Service settings. Two layers with the two common styles of Rust: a library with an error enum ([`settings`], with
//! thiserror), and an application that adds context ([`service`], with anyhow).
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod error;
#[cfg(feature = "python")]
mod python;

pub mod service;
pub mod settings;

pub use error::Error;
