//! What rules see of a file: its functions, classes and modules, and the names in it.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::finding::Edit;
use crate::source::calls::Named;
use crate::source::{Does, Event, Guard, Ty};

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
    /// Whether it has a `#[cfg]`.
    pub(crate) is_conditional: bool,
    /// Whether the `#[pymodule]` around it registers it.
    pub(crate) is_in_module: bool,
    /// The locks that it binds to a name or holds in a statement; events name them by index.
    pub(crate) guards: Vec<Guard>,
    /// Its events that a rule needs, in order.
    pub(crate) events: Vec<Event>,
    /// What it does in the state of its caller, itself or through others of the crate.
    pub(crate) does: Does,
    /// The fields of `self` that it uses; `self` if it uses the complete value.
    pub(crate) touched: BTreeSet<String>,
    /// Whether it changes `self`, or passes it on.
    pub(crate) needs_exclusive: bool,
    /// The variables that it stores in `self`.
    pub(crate) stored: BTreeSet<String>,
    /// The fields and variables whose value it calls as an object of Python; a field of a tuple is empty.
    pub(crate) called: BTreeSet<String>,
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
    /// Whether it declares `gil_used = false`.
    pub(crate) is_without_gil: bool,
    /// Whether it declares `gil_used`.
    pub(crate) states_gil: bool,
}
