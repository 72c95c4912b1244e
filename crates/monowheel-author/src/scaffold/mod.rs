//! A project to begin with, and what an existing one lacks to be one.
//!
//! ```text
//! new       a name and a template → the files → a folder, whole or not at all
//!   ├ name       what a project can be called
//!   ├ template   the examples of this repository, which build.rs embeds (examples: how it reads them)
//!   ├ render     a template under another name (words), for another oldest CPython
//!   └ write      beside the folder first, then in its place
//! init      a Rust crate or a Python project → what it lacks, as a diff → written, all or nothing
//!   ├ rust       Cargo.toml, src/lib.rs
//!   └ python     pyproject.toml
//! file      how a file stands in a folder: the same, missing, another
//! ```
//!
//! Nothing that is there is overwritten: a file that differs is named, with what differs.

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
