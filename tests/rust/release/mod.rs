//! A release from version to tag: each test creates a repository and a release with one defect.

mod api;
mod checks;
mod pipelines;
mod prepares;
pub(crate) mod project;
mod tags;
