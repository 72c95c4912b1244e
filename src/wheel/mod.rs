//! Wheels: their file names, tags, archive and metadata. Knows nothing of builds and of binaries.

pub mod archive;
pub mod classifier;
pub mod entry_points;
pub mod field;
pub mod filename;
pub mod folder;
pub mod headers;
pub mod license;
pub mod metadata;
pub mod record;
pub mod requirement;
pub mod sbom;
pub mod source;
pub mod tag;
