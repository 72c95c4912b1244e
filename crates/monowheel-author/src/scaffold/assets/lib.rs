//! What `own_lib` does in Rust. The Python side is in `python` and only translates.

#[cfg(feature = "python")]
mod python;
