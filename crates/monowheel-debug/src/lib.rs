//! Debugs programs that use extension modules: orchestrates Python's own means and the debuggers that are installed.
//!
//! Everything here runs a command that the user typed. Nothing is debugged by looking at a wheel.

pub mod breakpoints;
pub mod command;
mod frames;
pub mod leaks;
pub mod profile;
mod running;
pub mod soak;
pub mod stack;
