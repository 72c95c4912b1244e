//! CRC-32, as used by zlib, PNG and Ethernet. The Python side shows how a crate can handle different versions of
//! Python: at compile time by its floor, at run time by the interpreter.

pub mod checksum;

#[cfg(feature = "python")]
mod python;

pub use checksum::{crc32, verify, Error};
