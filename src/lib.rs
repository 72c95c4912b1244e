//! monowheel's ends: what a person types and sees, and what Python imports.
//!
//! All that they do is in the crates below `crates/`, of which each may use only those to its left:
//!
//! ```text
//! error ─ system ─ wheel ─ manifest ─ audit ─ project ─ net ─ build ─ test ─ release ─ author ─ this one
//! ```

pub mod cli;
#[cfg(feature = "python")]
mod python;

pub use monowheel_error::VERSION;
