//! Python wheels, and the binaries in them.

pub mod abi;
pub mod archive;
pub mod binary;
pub mod bytes;
pub mod classifier;
pub mod entry_points;
pub mod field;
pub mod filename;
pub mod folder;
pub mod headers;
pub mod license;
pub mod metadata;
pub mod names;
pub mod platform;
pub mod record;
pub mod requirement;
pub mod sbom;
pub mod source;
pub mod tag;
pub mod time;
