//! Sources that attack whoever builds, verifies or reproduces them, through tools that are scripts: what a build script can
//! do, their maturin does.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]
#![allow(clippy::print_stderr, reason = "a test that stands aside says so")]

mod build;
mod fixture;
mod reproduce;
mod verify;
