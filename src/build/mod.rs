//! From a project to a set of wheels.
//!
//! [`input`] turns what the user named into a folder, [`project`] reads its manifests, [`plan`] says
//! what will be done (pure: no process is started, nothing is written), [`factory`] does it and tells an
//! [`event::Watch`] about it.

pub mod bindings;
pub mod diagnose;
pub mod dist;
pub mod event;
pub mod factory;
pub mod family;
pub mod gate;
pub mod input;
pub mod lanes;
pub mod link;
pub mod manifest;
pub mod maturin;
pub mod plan;
pub mod prepare;
pub mod project;
pub mod provenance;
pub mod pyproject;
pub mod sdist;
pub mod target;
pub mod warm;
pub mod workspace;

mod fresh;
mod run;
mod supply;
mod tokens;
