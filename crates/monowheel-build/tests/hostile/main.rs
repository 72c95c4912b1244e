//! Sources that attack `build`, `verify` and `reproduce`. Their tools are scripts: the fake maturin does what a build
//! script could do.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]
#![allow(clippy::print_stderr, reason = "a test that stands aside says so")]

mod build;
mod fixture;
mod reproduce;
mod verify;
