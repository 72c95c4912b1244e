//! Wheels: their file names, tags and members. Knows nothing of builds.

pub mod archive;
pub mod filename;
