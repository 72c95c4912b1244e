//! Facts from the sources and manifests of a `PyO3` project, for the rules of `monowheel lint`.
//!
//! [`find()`] turns the path given by the user into a project. Each file is parsed on one thread into owned facts, so
//! that files are read in parallel and rules see all of them at once. Nothing is compiled, no macro is expanded and no
//! process is started, so macro output is not seen.

mod attributes;
mod body;
mod calls;
mod closures;
mod crate_types;
mod crates;
mod declared;
pub(crate) mod depth;
mod errors;
mod exceptions;
pub mod exports;
mod find;
mod guards;
mod hidden;
mod imports;
mod included;
mod items;
mod lazy_static;
mod lent_text;
mod manifest;
mod model;
mod modules;
mod mutation;
mod objects;
mod outline;
pub mod public;
mod pyproject;
mod python_calls;
mod queries;
mod renames;
mod resolve;
mod scopes;
mod stored;
mod subject;
mod suppress;
mod types;
pub mod upgrades;
mod values;
mod walker;

use std::collections::BTreeSet;

pub use calls::{Named, OldName, What, old_name};
pub use exports::Exports;
pub use find::{find, path_dependency, read, read_library};
pub use manifest::{Binding, Crate};
pub(crate) use model::{At, Class, Exception, Field, Function, Mention, Module, Param, Receiver, Role, Static};
pub use public::Public;
pub use pyproject::{Backend, Package};
pub use resolve::Does;
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
    /// The version of `PyO3` to check for, instead of the one in use.
    pub(crate) upgrade: Option<(u64, u64)>,
}

/// Whether a text parses as Rust. Needs a thread with a stack of [`depth::STACK`].
pub(crate) fn is_rust(text: &str) -> bool {
    items::parses(text)
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

/// One file of Rust.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its path relative to the project's directory, with `/`.
    pub path: String,
    /// The index of its crate in [`Source::crates`]; none for a file given by itself.
    pub(crate) krate: Option<usize>,
    /// Whether its crate is of edition 2024 or later.
    pub(crate) is_2024: bool,
    /// Whether it has a unit test.
    pub(crate) has_tests: bool,
    /// The number of lines.
    pub lines: usize,
    /// The number of bytes.
    pub size: u64,
    /// Its functions and methods, in order.
    pub(crate) functions: Vec<Function>,
    /// Its `#[pyclass]` types.
    pub(crate) classes: Vec<Class>,
    /// Its structs that are not classes, with the types of their fields.
    pub(crate) structs: Vec<Class>,
    /// Its `#[pymodule]`s.
    pub(crate) modules: Vec<Module>,
    /// Names that a rule needs, wherever they occur, including outside functions.
    pub(crate) names: Vec<Mention>,
    /// The initializers of statics outside functions.
    pub(crate) statics: Vec<Event>,
    /// The statics themselves.
    pub(crate) static_items: Vec<Static>,
    /// Type aliases: `type Quaternion = EulerParameter;`, `use EulerParameter as Quaternion;`.
    pub(crate) aliases: Vec<(String, Ty)>,
    /// The exceptions that `create_exception!` defines.
    pub(crate) exceptions: Vec<Exception>,
    /// The classes in a `PyRefMut<…>` anywhere in it, or `Self`.
    pub(crate) borrowed_mutably: BTreeSet<String>,
    /// The types with an `unsafe impl Send` or `Sync` in it, with the place.
    pub(crate) promised: Vec<(String, At)>,
    /// Whether a string in it is `sys.modules` or `modules`.
    pub(crate) names_sys_modules: bool,
    /// Whether a string in it is `__module__`.
    pub(crate) names_module_attribute: bool,
    /// Names in macro calls, in `use`, and as arguments of paths, which may register an item.
    pub(crate) mentioned: BTreeSet<String>,
    /// Whether something in it may define a Python module that is not in [`File::modules`]: a macro, an attribute of
    /// another crate, a file written by a build script.
    pub(crate) may_define_module: bool,
    /// The crates whose items it re-exports (`pub use other::…`), or that it only links (`extern crate`).
    pub(crate) linked: BTreeSet<String>,
    /// Comments that ignore a rule.
    pub(crate) suppressions: Vec<Suppression>,
    /// What it makes visible to Python.
    pub exports: Exports,
    /// The path of its module from the root of its crate.
    pub module: Vec<String>,
    /// What other crates may use; only read without bodies.
    pub public: Public,
}
