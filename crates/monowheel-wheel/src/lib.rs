#![doc = include_str!("../README.md")]

pub mod abi;
pub mod archive;
pub mod binary;
#[doc(hidden)]
pub mod bytes;
pub mod classifier;
pub mod entry_points;
pub mod field;
pub mod filename;
#[doc(hidden)]
pub mod folder;
pub mod headers;
pub mod import_names;
pub mod license;
pub mod metadata;
pub mod names;
pub mod platform;
pub mod record;
pub mod requirement;
pub mod sbom;
pub mod source;
pub mod tag;
pub mod tarball;
#[doc(hidden)]
pub mod time;
pub mod words;

pub use archive::{Archive, Limits};
pub use binary::Binary;
pub use filename::WheelName;
pub use metadata::{Metadata, WheelFile};
pub use monowheel_error::{Error, ErrorKind, Result};
pub use record::Record;
pub use source::ReadAt;
pub use tag::Tag;
