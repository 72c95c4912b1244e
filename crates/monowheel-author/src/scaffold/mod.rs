//! Creates new projects, and completes existing ones.
//!
//! ```text
//! new       a name and a template → the files → a directory, complete or not at all
//!   ├ name       valid project names
//!   ├ template   the examples of this repository, which build.rs embeds (examples: how it reads them)
//!   ├ render     a template under another name (words), for another oldest CPython
//!   └ write      to a temporary directory first, then in its place
//! init      a Rust crate or a Python project → the additions as a diff → written, all or nothing
//!   ├ rust       Cargo.toml, src/lib.rs
//!   └ python     pyproject.toml
//! file      the state of a file in a directory: the same, missing, different
//! ```
//!
//! Existing files are never overwritten: a file that differs is reported with its diff.

#[cfg(test)]
mod examples;
pub mod file;
pub mod init;
pub(crate) mod name;
pub mod new;
mod render;
pub mod template;
mod words;
mod write;

pub use name::Name;
pub use template::Template;
