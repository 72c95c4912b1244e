//! A PyO3 project and its `[tool.monowheel]`.

pub mod audit_policy;
pub mod config;
pub mod family;
pub mod project;
pub mod pyproject;
pub mod tables;
pub mod target;
