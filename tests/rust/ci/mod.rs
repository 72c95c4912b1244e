//! `monowheel ci`: each test creates a repository, and checks it as a user would.

mod commands;
mod locks;
mod pages;
mod repository;
mod settings;
