//! A release from version to tag: repositories and sets are made for each test, and each is spoiled in one way.

mod checks;
mod pipelines;
mod prepares;
pub(crate) mod project;
mod tags;
