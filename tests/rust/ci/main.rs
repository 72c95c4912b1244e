//! `monowheel ci`: a repository is made for each test, and looked at as a person would.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made is a failed test")]

#[path = "../said.rs"]
mod said;

mod commands;
mod pages;
mod repository;
mod settings;
