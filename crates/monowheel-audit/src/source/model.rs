//! The facts of a file: its functions and classes, as rules see them.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::finding::Edit;
use crate::source::{Does, Event, Exports, Guard, Named, Public, Suppression, Ty};

/// One file of Rust.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Its path relative to the project's directory, with `/`.
    pub path: String,
    /// The index of its crate in [`crate::source::Source::crates`]; none for a file given by itself.
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
    /// The structs that its code makes, and the variants; `Self` for that of a method.
    pub(crate) made: BTreeSet<String>,
    /// Names in the calls of macros outside functions, which may write methods for them.
    pub(crate) in_macros: BTreeSet<String>,
    /// Whether something in it may define a Python module that is not in [`File::modules`]: a macro, an attribute of
    /// another crate, a file written by a build script.
    pub(crate) may_define_module: bool,
    /// The crates whose items it re-exports (`pub use other::…`), or that it only links (`extern crate`).
    pub(crate) linked: BTreeSet<String>,
    /// Comments that ignore a rule.
    pub(crate) suppressions: Vec<Suppression>,
    /// What it makes visible to Python; only read without bodies.
    pub exports: Exports,
    /// The path of its module from the root of its crate.
    pub module: Vec<String>,
    /// What other crates may use; only read without bodies.
    pub public: Public,
}

impl File {
    /// Adds what a piece of it has.
    pub(super) fn append(&mut self, piece: Self) {
        self.has_tests |= piece.has_tests;
        self.functions.extend(piece.functions);
        self.classes.extend(piece.classes);
        self.structs.extend(piece.structs);
        self.modules.extend(piece.modules);
        self.names.extend(piece.names);
        self.statics.extend(piece.statics);
        self.static_items.extend(piece.static_items);
        self.aliases.extend(piece.aliases);
        self.exceptions.extend(piece.exceptions);
        self.borrowed_mutably.extend(piece.borrowed_mutably);
        self.promised.extend(piece.promised);
        self.names_sys_modules |= piece.names_sys_modules;
        self.names_module_attribute |= piece.names_module_attribute;
        self.mentioned.extend(piece.mentioned);
        self.made.extend(piece.made);
        self.in_macros.extend(piece.in_macros);
        self.may_define_module |= piece.may_define_module;
        self.linked.extend(piece.linked);
    }
}

/// A place in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct At {
    /// From 1.
    pub(crate) line: u32,
    /// From 1, in characters.
    pub(crate) column: u32,
    /// The line of its end, from 1.
    pub(crate) end_line: u32,
    /// The column after its end, from 1, in characters.
    pub(crate) end_column: u32,
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
    /// The edit that replaces it with the new name, if that is safe.
    pub(crate) edit: Option<Edit>,
}

/// A `static`.
#[derive(Clone, Debug)]
pub(crate) struct Static {
    /// Its name.
    pub name: String,
    /// Its type.
    pub(crate) ty: Ty,
    /// Where the name is.
    pub(crate) at: At,
    /// Whether it is a `static mut`.
    pub(crate) is_mutable: bool,
}

/// An exception of `create_exception!(module, Name, Base)`.
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    /// Its name.
    pub name: String,
    /// The module that it names.
    pub(crate) module: String,
    /// Where the module's name is.
    pub(crate) at: At,
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
    /// Its name in Python, if an attribute states one.
    pub(crate) python_name: Option<String>,
    /// Where the name is.
    pub(crate) at: At,
    /// What calls it.
    pub(crate) role: Role,
    /// The type whose `impl` it is in.
    pub(crate) class: Option<String>,
    /// The trait whose `impl` it is in.
    pub(crate) of_trait: Option<String>,
    /// Whether it is `async`.
    pub(crate) is_async: bool,
    /// Its receiver.
    pub(crate) receiver: Receiver,
    /// Its other parameters.
    pub(crate) params: Vec<Param>,
    /// Its return type, if any.
    pub(crate) output: Option<Ty>,
    /// Whether `#[pyo3(signature = …)]` or another attribute states its signature.
    pub(crate) has_signature: bool,
    /// `#[pyo3(signature = …)]`, as text.
    pub(crate) signature: Option<String>,
    /// Whether it has a `#[cfg]`.
    pub(crate) is_conditional: bool,
    /// Whether the `#[pymodule]` around it registers it.
    pub(crate) is_in_module: bool,
    /// The locks that it binds to a name or holds in a statement; events name them by index.
    pub(crate) guards: Vec<Guard>,
    /// Its events that a rule needs, in order.
    pub(crate) events: Vec<Event>,
    /// What it does in the state of its caller, itself or through others of the crate, if anything.
    pub(crate) does: Option<Box<Does>>,
    /// The fields of `self` that it uses; `self` if it uses the complete value.
    pub(crate) touched: BTreeSet<String>,
    /// Whether it changes `self`, or passes it on.
    pub(crate) needs_exclusive: bool,
    /// The fields of `self` that it changes.
    pub(crate) changed: BTreeSet<String>,
    /// Whether it takes a value out of `self`: `self.inner.take()`.
    pub(crate) takes: bool,
    /// The variables that it stores in `self`, each with the field if that is known.
    pub(crate) stored: BTreeSet<(String, String)>,
    /// The fields and variables whose value it calls as an object of Python; a field of a tuple is empty.
    pub(crate) called: BTreeSet<String>,
    /// The fields of `self` and the variables that it passes to functions: the function's name, which argument, and the name.
    pub(crate) passed: BTreeSet<(String, usize, String)>,
    /// The variables that must be of a Python type: their names and the type, each once for a type that is allowed.
    pub(crate) cast: BTreeSet<(String, String)>,
    /// The statics that it uses, by the case of their names.
    pub(crate) statics: BTreeSet<String>,
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
    /// The value of `module`.
    pub(crate) module: Option<String>,
    /// Whether it is an enum.
    pub(crate) is_enum: bool,
    /// Whether it derives `Clone`.
    pub(crate) is_clone: bool,
    /// The edit that adds `from_py_object` to its `#[pyclass]`.
    pub(crate) opt_in: Option<Edit>,
    /// Whether it has a `#[cfg]`.
    pub(crate) is_conditional: bool,
    /// Whether the `#[pymodule]` around it registers it.
    pub(crate) is_in_module: bool,
    /// Its fields; for an enum, those of all variants.
    pub(crate) fields: Vec<Field>,
    /// The variants of an enum, by their names in Python.
    pub(crate) variants: Vec<(String, At)>,
}

/// A field.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name; empty in a tuple.
    pub name: String,
    /// Its name in Python, if an attribute states one.
    pub(crate) python_name: Option<String>,
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
    /// Whether it declares `gil_used = false`.
    pub(crate) is_without_gil: bool,
    /// Whether it declares `gil_used`.
    pub(crate) states_gil: bool,
}
