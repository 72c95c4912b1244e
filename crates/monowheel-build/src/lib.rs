//! From a project to the wheels of a release.
//!
//! [`input`] turns the user's argument into a directory, [`plan`] decides what to do (pure: no process is
//! started, nothing is written), [`driver`] does it and reports to an [`event::Watch`].

mod blocked;
pub mod boundary;
pub mod compare;
mod compiler_env;
pub mod contract;
pub mod diagnose;
pub mod dist;
pub mod driver;
pub mod event;
pub mod fix;
pub mod floor;
mod gzip;
pub mod held;
mod host_units;
mod image;
pub mod input;
pub mod isolated;
mod job_tokens;
pub mod kept;
mod lane_dirs;
pub mod levers;
pub mod link;
pub mod lockfile;
pub mod manifest;
pub mod maturin;
pub mod native;
pub mod normalize;
mod own_machine;
mod own_process;
pub mod plan;
pub mod prepare;
mod prerequisites;
pub mod provenance;
pub mod reproduce;
pub mod sanitized;
mod scratch_dir;
pub mod sdist;
pub mod size;
mod sums;
pub mod symbols;
pub mod target_dirs;
pub mod toolchain;
pub mod unpack;
pub mod verify;
pub mod wheel_cache;
pub mod workspace;
