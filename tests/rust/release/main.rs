//! A release from version to tag: repositories and sets are made for each test, and each is spoiled in one way.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

#[path = "../forge/mod.rs"]
mod forge;
#[path = "../said.rs"]
mod said;

mod checks;
mod prepares;
mod project;
mod tags;
