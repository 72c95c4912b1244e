//! What a platform tag promises: its meaning, and the policy that says what a binary may rely on.
//! Knows no wheel.

pub mod android;
pub mod apple;
pub mod apple_symbols;
pub mod index;
pub mod linux;
pub mod linux_symbols;
pub mod macos;
pub mod pyodide;
mod tag;
pub mod windows;
pub mod windows_symbols;

pub use tag::{Libc, PlatformTag};
