//! Facts from the sources and manifests of a `PyO3` project, for the rules of `monowheel lint`.
//!
//! [`find()`] turns the path given by the user into a project. Each file is parsed on one thread into owned facts, so
//! that files are read in parallel and rules see all of them at once. Nothing is compiled, no macro is expanded and no
//! process is started, so macro output is not seen.

mod attributes;
mod body;
mod call_graph;
mod calls;
mod casts;
mod cfg_if;
mod changes;
mod channels;
mod classes;
mod closures;
mod crate_types;
mod crates;
mod data;
mod declared;
mod dependency;
pub(crate) mod depth;
mod errors;
mod exceptions;
pub mod exports;
mod find;
mod function_calls;
mod functions;
mod guards;
mod hidden;
mod imports;
mod included;
mod items;
mod lazy_static;
mod lent_text;
mod manifest;
mod method_calls;
mod model;
mod modules;
mod mutation;
mod name_index;
mod names;
mod objects;
mod old_names;
mod outline;
mod own_macros;
mod panics;
mod parse;
mod pieces;
mod process_wide;
pub mod public;
mod pyproject;
mod python_calls;
mod queries;
mod references;
mod renames;
mod resolve;
mod scanner;
mod scopes;
mod stored;
mod stub_text;
mod subject;
mod suppress;
mod types;
pub mod upgrades;
mod values;
mod walker;

pub use call_graph::Does;
pub(crate) use call_graph::needs_runtime;
pub use calls::{Named, What};
pub use dependency::dependency;
pub use exports::Exports;
pub use find::{find, maturin_of, read, read_library};
pub use manifest::{Binding, Crate};
pub use model::File;
pub(crate) use model::{At, Class, Exception, Field, Function, Mention, Module, Param, Receiver, Role, Static};
pub(crate) use name_index::NameIndex;
pub(crate) use old_names::unsure as unsure_name;
pub use old_names::{OldName, old_name};
pub(crate) use panics::INTERNAL;
pub use public::Public;
pub use pyproject::{Backend, Package};
pub use subject::Subject;
pub use suppress::Suppression;
pub use types::Ty;
pub use walker::{Event, Guard, State};

use crate::finding::Place;

/// A project: the crates with Python bindings below one directory, and their package.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The path given by the user.
    pub(crate) place: String,
    /// The crates that depend on `PyO3`.
    pub(crate) crates: Vec<Crate>,
    /// Their files, and those given by the user without a crate.
    pub(crate) files: Vec<File>,
    /// The Python package; none without pyproject.toml or setup.py.
    pub(crate) package: Option<Package>,
    /// Files that could not be read as Rust.
    pub(crate) unreadable: Vec<Unreadable>,
    /// Whether the bodies of functions were left out: rules need them.
    pub(crate) is_outline: bool,
    /// The items by their names, if it is resolved.
    pub(crate) index: NameIndex,
    /// The version of `PyO3` to check for, instead of the one in use.
    pub(crate) upgrade: Option<(u64, u64)>,
}

/// Whether a text parses as Rust. Needs a thread with a stack of [`depth::STACK`].
pub(crate) fn is_rust(text: &str) -> bool {
    parse::parses(text)
}

/// A file that is not checked.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The place of the error.
    pub(crate) place: Place,
    /// The reason.
    pub why: String,
    /// Whether the file at that place itself was checked.
    pub(crate) is_partial: bool,
}
