//! Cargo.toml, Cargo.lock and pyproject.toml of a PyO3 project, as they are written.

pub mod bindings;
pub mod cargo;
mod condition;
mod features;
mod files;
pub mod graph;
pub mod inside;
pub mod kinds;
pub mod members;
pub mod packed;
pub mod profiles;
pub mod pyo3;
pub mod pyproject;
pub mod setuptools_rust;
mod workspace;
