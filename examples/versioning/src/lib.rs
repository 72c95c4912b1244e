//! CRC-32, as zlib, PNG and Ethernet have it. The Python side shows what a crate can do about the versions of
//! Python: at compile time by its floor, at run time by the interpreter.

pub mod checksum;

#[cfg(feature = "python")]
mod python;

pub use checksum::{crc32, verify, Error};
