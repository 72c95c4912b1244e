//! `monowheel ci`: a repository is made for each test, and looked at as a person would.

mod commands;
mod locks;
mod pages;
mod repository;
mod settings;
