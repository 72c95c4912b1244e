//! A driver for a database with CQL, as far as an example needs one.

pub mod errors;
mod policies;
mod session;
mod statement;
pub mod types;

pub use policies::{Decision, FixedRetry, RetryPolicy};
pub use session::*;
pub use statement::{Batch, PreparedStatement as Prepared, Row, Statement};
pub use std::time::Duration;

/// The port of a node.
pub const DEFAULT_PORT: u16 = 9042;
/// The version of the protocol.
pub const PROTOCOL_VERSION: u8 = 4;

/// A frame of the protocol.
pub fn encode_frame(body: &[u8]) -> Vec<u8> {
    body.to_vec()
}

/// The body of a frame.
pub fn decode_frame(frame: &[u8]) -> Result<Vec<u8>, errors::DriverError> {
    Ok(frame.to_vec())
}

/// The token of a partition key.
pub fn murmur3_token(key: &[u8]) -> i64 {
    key.len() as i64
}

#[doc(hidden)]
pub fn for_tests_only() {}

pub(crate) fn checked(text: &str) -> bool {
    !text.is_empty()
}
