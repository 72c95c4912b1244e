//! A bounded channel for values of any type, in plain Rust. The Python side fills it with Python objects; what that
//! requires is documented there, in [`python`], and met here: see [`Channel`].
#![warn(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod channel;
mod error;
#[cfg(feature = "python")]
mod python;

pub use channel::Channel;
pub use error::Error;
