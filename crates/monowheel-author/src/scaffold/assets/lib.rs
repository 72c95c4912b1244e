//! The Rust side of `own_lib`. The Python side is in `python` and only translates.

#[cfg(feature = "python")]
mod python;
