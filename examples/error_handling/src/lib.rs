//! Settings of services. Two layers with the two habits of Rust: a library with an enum of errors ([`settings`], by
//! thiserror), and an application that adds what it was doing ([`service`], by anyhow).
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod error;
#[cfg(feature = "python")]
mod python;

pub mod service;
pub mod settings;

pub use error::Error;
