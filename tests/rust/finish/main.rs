//! Finishing: the same bytes from whatever differs by accident, and nothing that is different by right.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests fails where it happens, too")]
#![allow(clippy::print_stdout, reason = "sizes, for who asks for them")]

#[path = "../forge/mod.rs"]
mod forge;
mod real;
mod sections;
