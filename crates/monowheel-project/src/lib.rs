//! A PyO3 project and its `[tool.monowheel]`.

pub mod abi;
pub mod audit_policy;
pub mod config;
mod elsewhere;
pub mod family;
pub mod import_names;
pub mod levels;
pub mod preflight;
pub mod project;
pub mod pyproject;
pub mod schema;
mod schema_parts;
pub mod tables;
pub mod target;
