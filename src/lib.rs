//! monowheel's entry points: the CLI and the Python extension module.
//!
//! The implementation is in the crates below `crates/`. Each may use only those to its left:
//!
//! ```text
//! error ─ system ─ wheel ─ manifest ─ audit ─ project ─ net ─ build ─ test ─ release ─ author ─ this one
//! ```

pub mod cli;
#[cfg(feature = "python")]
mod python;

pub use monowheel_error::VERSION;
