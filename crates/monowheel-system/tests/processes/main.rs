//! A process that runs others, and is asked to terminate or killed: this program itself, started again.
#![cfg(target_os = "linux")]
#![allow(
    missing_docs,
    clippy::exit,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests, and the program that they start"
)]

mod asked;
mod killed;
mod other;
