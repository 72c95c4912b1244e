//! What a file of Rust makes visible to Python, as written: functions, classes, modules and what they register,
//! exceptions, types with conversions of their own. `monowheel-api` joins the files of a crate to its Python surface.
//!
//! Nothing is expanded: a macro that may define such items is in [`Exports::hidden`], never guessed at.

mod classes;
mod conversions;
mod defaults;
mod items;
mod methods;
mod options;
mod registered;
mod signature;

use std::collections::BTreeSet;

pub(super) use items::read;
pub(super) use options::{is_documented, renamed};
pub use signature::{Mark, Written};

use crate::source::Ty;

/// What a file exports.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    /// Its `#[pyfunction]`s and `#[pyfn]`s.
    pub functions: Vec<Callable>,
    /// Its `#[pyclass]`es.
    pub classes: Vec<ClassItem>,
    /// Its `#[pymethods]` blocks.
    pub methods: Vec<MethodBlock>,
    /// Its `#[pymodule]`s.
    pub modules: Vec<ModuleItem>,
    /// Functions that register items in a module that they receive or create, modules of function style among them.
    pub registrars: Vec<Registrar>,
    /// The exceptions of `create_exception!`.
    pub exceptions: Vec<ExceptionItem>,
    /// Types that are converted by an implementation or a derive of the crate.
    pub conversions: Vec<Conversion>,
    /// Macros whose expansion may define any of these.
    pub hidden: Vec<Hidden>,
    /// What `use` imports: the name here → the complete path.
    pub imports: Vec<(String, String)>,
}

/// What a call of a method needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Called {
    /// A function, or a method on an instance.
    #[default]
    Plain,
    /// `#[new]`.
    New,
    /// `#[classmethod]`, which may also be a constructor.
    Class,
    /// `#[staticmethod]`.
    Static,
    /// `#[getter]`, with the name of the attribute.
    Getter(String),
    /// `#[setter]`, with the name of the attribute.
    Setter(String),
    /// `#[deleter]`, with the name of the attribute.
    Deleter(String),
    /// `#[classattr]`.
    ClassAttribute,
}

/// A function or method that Python calls.
#[derive(Clone, Debug, Default)]
pub struct Callable {
    /// Its name in Rust.
    pub name: String,
    /// Its name in Python: `#[pyo3(name = "…")]`, else that in Rust.
    pub python: String,
    /// Its line, from 1.
    pub line: u32,
    /// The inline modules around it.
    pub around: Vec<String>,
    /// Its documentation.
    pub doc: String,
    /// How it is called.
    pub called: Called,
    /// `#[pyo3(signature = (…))]`.
    pub signature: Option<Vec<Written>>,
    /// `text_signature = "…"`; `Some(None)` for `text_signature = None`.
    pub text_signature: Option<Option<String>>,
    /// Whether the first parameter is the module: `pass_module`.
    pub passes_module: bool,
    /// Whether it has `self`.
    pub has_receiver: bool,
    /// Its other parameters.
    pub inputs: Vec<Input>,
    /// Its return type.
    pub output: Option<Ty>,
    /// Whether it is `async`.
    pub is_async: bool,
    /// Whether a `#[cfg]` may exclude it.
    pub is_conditional: bool,
}

/// A parameter.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// Its name in Rust, without `_` before it only if it is the name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Whether a function of the crate converts it (`from_py_with`), so that the type does not say what is taken.
    pub has_own_conversion: bool,
    /// Whether Python does not see it: `cancel_handle`.
    pub is_hidden: bool,
}

/// A `#[pyclass]`.
#[derive(Clone, Debug, Default)]
pub struct ClassItem {
    /// Its name in Rust.
    pub name: String,
    /// Its name in Python.
    pub python: String,
    /// Its line, from 1.
    pub line: u32,
    /// The inline modules around it.
    pub around: Vec<String>,
    /// Its documentation.
    pub doc: String,
    /// The names of its options: `frozen`, `eq`, `subclass`.
    pub options: BTreeSet<String>,
    /// The type in `extends`.
    pub extends: Option<String>,
    /// Whether it is an enum.
    pub is_enum: bool,
    /// Its fields that Python sees.
    pub fields: Vec<ExportedField>,
    /// The variants of an enum.
    pub variants: Vec<Variant>,
    /// Whether a `#[cfg]` may exclude it.
    pub is_conditional: bool,
}

/// A field with `get` or `set`.
#[derive(Clone, Debug, Default)]
pub struct ExportedField {
    /// Its name in Python.
    pub python: String,
    /// Its type.
    pub ty: Ty,
    /// Its documentation.
    pub doc: String,
    /// Whether Python reads it.
    pub is_read: bool,
    /// Whether Python sets it.
    pub is_set: bool,
}

/// A variant of an enum.
#[derive(Clone, Debug, Default)]
pub struct Variant {
    /// Its name in Python.
    pub python: String,
    /// Its documentation.
    pub doc: String,
    /// Its fields: `_0` for one without a name. None for a variant without any.
    pub fields: Option<Vec<(String, Ty)>>,
    /// `#[pyo3(constructor = (…))]`.
    pub signature: Option<Vec<Written>>,
}

/// A `#[pymethods]` block.
#[derive(Clone, Debug, Default)]
pub struct MethodBlock {
    /// The type that it is for.
    pub class: String,
    /// Its methods.
    pub methods: Vec<Callable>,
    /// Its `#[classattr]` constants: name, type, documentation.
    pub constants: Vec<(String, Ty, String)>,
}

/// A `#[pymodule]`.
#[derive(Clone, Debug, Default)]
pub struct ModuleItem {
    /// Its name in Rust.
    pub name: String,
    /// The name under which Python imports it.
    pub python: String,
    /// Its line, from 1.
    pub line: u32,
    /// The inline modules around it.
    pub around: Vec<String>,
    /// Its documentation.
    pub doc: String,
    /// Whether it is inside of another.
    pub is_inner: bool,
    /// What a declarative module contains; that of function style is in the registrar of its name.
    pub exports: Vec<Export>,
}

/// What is added to a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Export {
    /// An item by its path: a function, class, exception or module; under this name if it is another.
    Item {
        /// The path, as written.
        path: String,
        /// The name it is exported as, if given.
        name: Option<String>,
    },
    /// A value.
    Value {
        /// Its name in Python.
        name: String,
        /// Its type, if the source shows it.
        ty: Option<Ty>,
        /// Its documentation.
        doc: String,
    },
    /// Everything that another function adds to the module that it receives.
    Through {
        /// The path of the function, as written.
        path: String,
    },
    /// The module in this variable.
    Variable {
        /// The variable.
        name: String,
    },
    /// Something that only a run would show.
    Unknown {
        /// What is written.
        what: String,
        /// Its line, from 1.
        line: u32,
    },
}

/// A function that adds items to modules.
#[derive(Clone, Debug, Default)]
pub struct Registrar {
    /// Its name in Rust.
    pub name: String,
    /// The inline modules around it.
    pub around: Vec<String>,
    /// The variables that are modules: the parameter without a name, and those created here with theirs.
    pub variables: Vec<(String, Option<String>)>,
    /// What is added, with the variable that it is added to.
    pub adds: Vec<(String, Export)>,
}

/// An exception of `create_exception!(module, Name, Base, "doc")`.
#[derive(Clone, Debug, Default)]
pub struct ExceptionItem {
    /// Its name.
    pub name: String,
    /// The type of its base.
    pub base: String,
    /// Its documentation.
    pub doc: String,
    /// Its line, from 1.
    pub line: u32,
}

/// A type with a conversion of its own.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The type.
    pub name: String,
    /// Whether it is from Python.
    pub is_from: bool,
    /// Whether it is to Python.
    pub is_into: bool,
    /// What it becomes.
    pub shape: Shape,
}

/// What a type with a conversion becomes in Python.
#[derive(Clone, Debug)]
pub enum Shape {
    /// As another type.
    As(Ty),
    /// A tuple.
    Tuple(Vec<Ty>),
    /// Anything with these attributes: name, type, whether it may be missing.
    Attributes(Vec<(String, Ty, bool)>),
    /// A mapping with these keys: name, type, whether it may be missing.
    Items(Vec<(String, Ty, bool)>),
    /// One of several.
    Union(Vec<Shape>),
    /// Unknown: the code of an implementation decides.
    Unknown,
}

/// A macro that may define something that Python sees.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// Its name, and why it may.
    pub what: String,
    /// Its line, from 1.
    pub line: u32,
}
