//! Cargo.toml, Cargo.lock and pyproject.toml of a PyO3 project, as they are written.

pub mod bindings;
pub mod cargo;
mod features;
mod files;
pub mod inside;
pub mod members;
pub mod pyproject;
mod workspace;
