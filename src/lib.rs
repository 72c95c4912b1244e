//! monowheel: one abi3 wheel per platform, from one machine.
//!
//! ```text
//! cli, python            the ends: what a person types and sees, what Python imports
//!   └ build              project → plan → maturin and zig → gate → dist/
//!       └ toolchain      Rust toolchains, standard libraries, maturin, zig
//!       └ wheel, binary  file names and tags; shared libraries in one vocabulary
//!           └ exec, lock, hash, error
//! ```
//!
//! Calls go down, never up. Without the features `cli` and `python` nothing here parses arguments,
//! prints, or knows Python.

pub mod binary;
pub mod build;
pub mod error;
pub mod exec;
pub mod hash;
pub mod lock;
pub mod toolchain;
pub mod wheel;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "python")]
mod python;

/// The version of this crate and of the Python package.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
