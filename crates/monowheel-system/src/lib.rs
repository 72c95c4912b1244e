//! The operating system: processes, locks, the cache, files.

pub mod atomic_write;
pub mod cache;
mod cache_root;
pub mod cargo;
pub mod crash;
pub mod exec;
pub mod foreign_file;
pub mod git;
pub mod hash;
pub mod lock;
pub mod own_files;
pub mod python;
pub mod regular_file;
pub mod standard_streams;
pub mod text_changes;
pub mod threads;
