//! Facts from the sources and manifests of a `PyO3` project, for the rules of `monowheel lint`.
//!
//! [`find()`] turns the path given by the user into a project. Each file is parsed on one thread into owned facts, so
//! that files are read in parallel and rules see all of them at once. Nothing is compiled, no macro is expanded and no
//! process is started, so macro output is not seen.

mod attributes;
mod body;
mod calls;
pub(crate) mod depth;
mod find;
mod hidden;
mod imports;
mod items;
mod manifest;
mod modules;
mod pyproject;
mod suppress;
mod types;
mod values;
mod walker;

use std::collections::BTreeSet;
use std::ops::Range;

pub use calls::{Named, OldName, What, old_name};
pub use find::find;
pub use manifest::{Binding, Crate};
pub use pyproject::{Backend, Package};
pub use suppress::Suppression;
pub use types::Ty;
pub use walker::{Event, Guard, State};

use crate::finding::{Edit, Finding, Place, Severity};

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
}

/// A file that is not checked.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// The place of the error.
    pub(crate) place: Place,
    /// The reason.
    pub why: String,
}

/// One file of Rust.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its path relative to the project's directory, with `/`.
    pub path: String,
    /// The index of its crate in [`Source::crates`]; none for a file given by itself.
    pub(crate) krate: Option<usize>,
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
    /// Names in macro calls, in `use`, and as arguments of paths, which may register an item.
    pub(crate) mentioned: BTreeSet<String>,
    /// Whether something in it may define a Python module that is not in [`File::modules`]: a macro, an attribute of
    /// another crate, a file written by a build script.
    pub(crate) may_define_module: bool,
    /// The crates whose items it re-exports (`pub use other::…`), or that it only links (`extern crate`).
    pub(crate) linked: BTreeSet<String>,
    /// Comments that ignore a rule.
    pub(crate) suppressions: Vec<Suppression>,
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct At {
    /// From 1.
    pub(crate) line: u32,
    /// From 1, in characters.
    pub(crate) column: u32,
    /// In bytes, from 0.
    pub(crate) range: Range<usize>,
}

/// An occurrence of a name.
#[derive(Clone, Debug)]
pub(crate) struct Mention {
    /// The name.
    pub(crate) what: Named,
    /// As written, without the part before the last `::`.
    pub(crate) text: String,
    /// The place of its last component.
    pub(crate) at: At,
    /// Whether it has a `#[cfg]`.
    pub(crate) is_conditional: bool,
}

/// What calls a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Rust.
    Plain,
    /// Python, as `#[pyfunction]`.
    Function,
    /// Python, as a method in `#[pymethods]`.
    Method,
    /// Python, reading an attribute: `#[getter]`.
    Getter,
    /// Python, setting an attribute: `#[setter]`.
    Setter,
    /// Python, for an instance: `#[new]`.
    New,
    /// The import: `#[pymodule]` or `#[pymodule_init]`.
    Import,
}

/// The receiver of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Receiver {
    /// None.
    None,
    /// `&self`.
    Shared,
    /// `&mut self`.
    Exclusive,
}

/// A function or method.
#[derive(Clone, Debug)]
pub(crate) struct Function {
    /// Its name in Rust.
    pub name: String,
    /// Where the name is.
    pub(crate) at: At,
    /// What calls it.
    pub(crate) role: Role,
    /// The type whose `impl` it is in.
    pub(crate) class: Option<String>,
    /// Its receiver.
    pub(crate) receiver: Receiver,
    /// Its other parameters.
    pub(crate) params: Vec<Param>,
    /// Its return type, if any.
    pub(crate) output: Option<Ty>,
    /// Whether `#[pyo3(signature = …)]` or another attribute states its signature.
    pub(crate) has_signature: bool,
    /// Whether it has a `#[cfg]`.
    pub(crate) is_conditional: bool,
    /// Whether the `#[pymodule]` around it registers it.
    pub(crate) is_in_module: bool,
    /// The locks that it binds to a name or holds in a statement; events name them by index.
    pub(crate) guards: Vec<Guard>,
    /// Its events that a rule needs, in order.
    pub(crate) events: Vec<Event>,
}

/// A parameter.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    /// Its name; empty for a pattern.
    pub name: String,
    /// Its type.
    pub(crate) ty: Ty,
    /// Where the name is.
    pub(crate) at: At,
}

/// A `#[pyclass]`, or another struct.
#[derive(Clone, Debug, Default)]
pub(crate) struct Class {
    /// Its name in Rust.
    pub name: String,
    /// Where the name is.
    pub(crate) at: At,
    /// The names of the options of `#[pyclass(…)]`: `frozen`, `dict`, `weakref`, `get_all`.
    pub(crate) options: BTreeSet<String>,
    /// The type in `extends`.
    pub(crate) extends: Option<String>,
    /// Whether it is an enum.
    pub(crate) is_enum: bool,
    /// Whether it has a `#[cfg]`.
    pub(crate) is_conditional: bool,
    /// Whether the `#[pymodule]` around it registers it.
    pub(crate) is_in_module: bool,
    /// Its fields; for an enum, those of all variants.
    pub(crate) fields: Vec<Field>,
}

/// A field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name; empty in a tuple.
    pub name: String,
    /// Its type.
    pub(crate) ty: Ty,
    /// Where it is.
    pub(crate) at: At,
    /// Whether it has `#[pyo3(get)]`.
    pub(crate) is_read: bool,
    /// Whether it has `#[pyo3(set)]`.
    pub(crate) is_set: bool,
}

/// A `#[pymodule]`.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    /// The name under which Python imports it.
    pub name: String,
    /// Where the name is.
    pub(crate) at: At,
    /// Whether it is inside another.
    pub(crate) is_inner: bool,
}

impl Source {
    /// A Rust file that is not on disk, from an editor or a test. Needs a thread with a stack of 256 MiB, which a
    /// deeply nested text uses.
    #[must_use]
    pub fn of_text(path: &str, text: &[u8]) -> Self {
        let file = File { path: path.to_owned(), ..File::default() };
        let (file, _, unreadable) = modules::text(file, text.to_vec());
        Self { place: path.to_owned(), files: vec![file], unreadable, ..Self::default() }
    }

    /// Every function with its file.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (&File, &Function)> {
        self.files.iter().flat_map(|file| file.functions.iter().map(move |function| (file, function)))
    }

    /// Every function that Python calls, with its file.
    pub(crate) fn exported(&self) -> impl Iterator<Item = (&File, &Function)> {
        self.functions().filter(|(_, function)| function.is_exported())
    }

    /// Every class with its file.
    pub(crate) fn classes(&self) -> impl Iterator<Item = (&File, &Class)> {
        self.files.iter().flat_map(|file| file.classes.iter().map(move |class| (file, class)))
    }

    /// The methods of a class, in all files of its crate.
    pub(crate) fn methods<'a>(&'a self, file: &'a File, class: &'a str) -> impl Iterator<Item = &'a Function> {
        self.files
            .iter()
            .filter(|other| other.krate == file.krate)
            .flat_map(|file| &file.functions)
            .filter(move |function| function.class.as_deref() == Some(class))
    }

    /// The crate of a file.
    #[must_use]
    pub(crate) fn krate(&self, file: &File) -> Option<&Crate> {
        self.crates.get(file.krate?)
    }

    /// Whether the file's `PyO3` is at least this version; true if unknown.
    #[must_use]
    pub(crate) fn has_pyo3(&self, file: &File, version: (u64, u64)) -> bool {
        self.krate(file).is_none_or(|krate| krate.binding.version.is_none_or(|has| has >= version))
    }
}

impl File {
    /// A place in this file.
    #[must_use]
    pub(crate) fn place(&self, at: &At) -> Place {
        Place { line: Some(at.line), column: Some(at.column), ..Place::member(&self.path) }
    }

    /// A finding in this file.
    pub(crate) fn finding(&self, severity: Severity, at: &At, message: impl Into<String>) -> Finding {
        Finding::new(severity, self.place(at), message)
    }
}

impl At {
    /// The edit that replaces this with `text`.
    #[must_use]
    pub(crate) fn replaced(&self, text: impl Into<String>) -> Edit {
        Edit { range: self.range.clone(), text: text.into() }
    }
}

impl Function {
    /// Whether Python calls it.
    #[must_use]
    pub(crate) fn is_exported(&self) -> bool {
        !matches!(self.role, Role::Plain | Role::Import)
    }

    /// Its name in messages: `` `Class.name` `` or `` `name` ``.
    #[must_use]
    pub(crate) fn title(&self) -> String {
        match &self.class {
            Some(class) => format!("`{class}.{}`", self.name),
            None => format!("`{}`", self.name),
        }
    }
}
