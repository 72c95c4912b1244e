//! What a platform tag promises: its meaning, and the policy that says what a binary may rely on.
//! Knows no wheel.

pub mod android;
pub mod apple;
pub mod index;
pub mod linux;
pub mod macos;
pub mod pyodide;
mod tag;
pub mod windows;

pub use tag::{Libc, PlatformTag};
