//! The promises of a platform tag: its meaning, and the policy for what a binary may rely on.
//! Independent of wheels.

pub mod android;
pub mod apple;
pub mod apple_symbols;
pub mod function_since;
pub mod index;
pub mod linux;
pub mod linux_symbols;
pub mod macos;
pub mod pyodide;
mod tag;
pub mod windows;
pub mod windows_symbols;

pub use tag::{Libc, PlatformTag};
