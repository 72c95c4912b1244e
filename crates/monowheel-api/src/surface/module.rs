//! Modules, and what they contain.

use serde::{Deserialize, Serialize};

use crate::surface::{Origin, Signature};

/// A module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Module {
    /// Its complete name.
    pub name: String,
    /// Its documentation.
    #[serde(default)]
    pub doc: String,
    /// Where it was read.
    #[serde(default)]
    pub origin: Origin,
    /// Whether it may contain more than is listed.
    #[serde(default)]
    pub is_open: bool,
    /// Whether it is a compiled module, not a package or a file of Python.
    #[serde(default)]
    pub is_native: bool,
    /// Its functions.
    #[serde(default)]
    pub functions: Vec<Function>,
    /// Its classes, exceptions among them.
    #[serde(default)]
    pub classes: Vec<Class>,
    /// Its other values.
    #[serde(default)]
    pub constants: Vec<Constant>,
    /// The names that it takes from elsewhere: the name here, and the complete one.
    #[serde(default)]
    pub reexports: Vec<(String, String)>,
}

impl Module {
    /// The names that it defines.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let functions = self.functions.iter().map(|one| one.name.as_str());
        let classes = self.classes.iter().map(|one| one.name.as_str());
        let constants = self.constants.iter().map(|one| one.name.as_str());
        functions.chain(classes).chain(constants)
    }

    /// The function of this name.
    #[must_use]
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|one| one.name == name)
    }

    /// The class of this name.
    #[must_use]
    pub fn class(&self, name: &str) -> Option<&Class> {
        self.classes.iter().find(|one| one.name == name)
    }
}

/// A function.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Its documentation.
    #[serde(default)]
    pub doc: String,
    /// Where it was read.
    #[serde(default)]
    pub origin: Origin,
    /// The file and the line, if known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Its signatures: several if it is overloaded, none if unknown.
    #[serde(default)]
    pub signatures: Vec<Signature>,
    /// Whether it is `async def`.
    #[serde(default)]
    pub is_async: bool,
}

/// What a method receives first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Receiver {
    /// `self`.
    #[default]
    Instance,
    /// `cls`, with `@classmethod`; for `__new__` without it.
    Class,
    /// Nothing: `@staticmethod`.
    Static,
}

/// A method.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Method {
    /// The function.
    #[serde(flatten)]
    pub function: Function,
    /// What it receives first.
    #[serde(default)]
    pub receiver: Receiver,
}

/// A property or another attribute of a class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its documentation.
    #[serde(default)]
    pub doc: String,
    /// Where it was read.
    #[serde(default)]
    pub origin: Origin,
    /// The file and the line, if known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// The type that reading it returns.
    #[serde(default)]
    pub annotation: Option<String>,
    /// The type that it can be set to, if it is another.
    #[serde(default)]
    pub set_annotation: Option<String>,
    /// Whether it can be set.
    #[serde(default)]
    pub is_settable: bool,
    /// Whether it can be read.
    #[serde(default = "yes")]
    pub is_readable: bool,
    /// Whether it can be deleted.
    #[serde(default)]
    pub is_deletable: bool,
    /// Whether it belongs to the class, not to its instances.
    #[serde(default)]
    pub is_of_class: bool,
}

const fn yes() -> bool {
    true
}

/// What a class allows; none where it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// Whether it can be subclassed.
    #[serde(default)]
    pub is_subclassable: Option<bool>,
    /// Whether its instances cannot change.
    #[serde(default)]
    pub is_frozen: Option<bool>,
    /// Whether its instances have a hash.
    #[serde(default)]
    pub is_hashable: Option<bool>,
    /// Whether its instances can be pickled.
    #[serde(default)]
    pub is_picklable: Option<bool>,
    /// Whether its instances can be referenced weakly.
    #[serde(default)]
    pub has_weakrefs: Option<bool>,
    /// Whether its instances take any attribute.
    #[serde(default)]
    pub has_dict: Option<bool>,
}

/// A class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// Its documentation.
    #[serde(default)]
    pub doc: String,
    /// Where it was read.
    #[serde(default)]
    pub origin: Origin,
    /// The file and the line, if known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub place: String,
    /// Its bases, except `object`.
    #[serde(default)]
    pub bases: Vec<String>,
    /// Its methods.
    #[serde(default)]
    pub methods: Vec<Method>,
    /// Its attributes.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// Its classes: the variants of an enum with fields.
    #[serde(default)]
    pub classes: Vec<Class>,
    /// What it allows.
    #[serde(default)]
    pub flags: Flags,
    /// Whether it is an exception.
    #[serde(default)]
    pub is_exception: bool,
    /// Whether it exists for type checkers only.
    #[serde(default)]
    pub is_typing_only: bool,
}

impl Class {
    /// The method of this name.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.iter().find(|one| one.function.name == name)
    }

    /// The attribute of this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|one| one.name == name)
    }
}

/// A value of a module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its documentation.
    #[serde(default)]
    pub doc: String,
    /// Where it was read.
    #[serde(default)]
    pub origin: Origin,
    /// Its type.
    #[serde(default)]
    pub annotation: Option<String>,
    /// Whether it is a name for type checkers, which the module does not have.
    #[serde(default)]
    pub is_typing_only: bool,
}
