//! The trap suite: every read-only command, in a directory full of traps, starts none of them (docs/trust.md).
//!
//! A command runs as a process of its own, in that directory, with relative entries on `PATH` and in `PYTHONPATH`: this
//! test program starts itself again as the command.
#![cfg(unix)]

mod commands;
mod controls;
mod directory;
mod program;
