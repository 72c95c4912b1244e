//! Modules, and what they contain.

use serde::{Deserialize, Serialize};

use crate::surface::{Origin, Signature};

/// What is known about every item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    /// Its documentation.
    pub doc: String,
    /// Where it was read.
    pub origin: Origin,
    /// The file and the line, if known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub place: String,
}

impl About {
    /// What one reader found, without more.
    #[must_use]
    pub fn of(origin: Origin) -> Self {
        Self { origin, ..Self::default() }
    }

    /// What the Rust source says.
    #[must_use]
    pub fn of_source(doc: &str, place: String) -> Self {
        Self { doc: doc.to_owned(), origin: Origin::Source, place }
    }
}

/// A module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Module {
    /// Its complete name.
    pub name: String,
    /// What is known about it.
    #[serde(flatten)]
    pub about: About,
    /// Whether it may contain more than is listed.
    pub is_open: bool,
    /// Whether it is a compiled module, not a package or a file of Python.
    pub is_native: bool,
    /// Its functions.
    pub functions: Vec<Function>,
    /// Its classes, exceptions among them.
    pub classes: Vec<Class>,
    /// Its other values.
    pub constants: Vec<Constant>,
    /// The names that it takes from elsewhere: the name here, and the complete one.
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
#[serde(default)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// What is known about it.
    #[serde(flatten)]
    pub about: About,
    /// Its signatures: several if it is overloaded, none if unknown.
    pub signatures: Vec<Signature>,
    /// Whether it is `async def`.
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
#[serde(default)]
pub struct Method {
    /// The function.
    #[serde(flatten)]
    pub function: Function,
    /// What it receives first.
    pub receiver: Receiver,
}

/// A property or another attribute of a class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What is known about it.
    #[serde(flatten)]
    pub about: About,
    /// The type that reading it returns.
    pub annotation: Option<String>,
    /// The type that it can be set to, if it is another.
    pub set_annotation: Option<String>,
    /// Whether it can be set.
    pub is_settable: bool,
    /// Whether it can be read.
    #[serde(default = "yes")]
    pub is_readable: bool,
    /// Whether it can be deleted.
    pub is_deletable: bool,
    /// Whether it belongs to the class, not to its instances.
    pub is_of_class: bool,
}

const fn yes() -> bool {
    true
}

/// What a class allows; none where it is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Flags {
    /// Whether it can be subclassed.
    pub is_subclassable: Option<bool>,
    /// Whether its instances cannot change.
    pub is_frozen: Option<bool>,
    /// Whether its instances have a hash.
    pub is_hashable: Option<bool>,
    /// Whether its instances can be pickled.
    pub is_picklable: Option<bool>,
    /// Whether its instances can be referenced weakly.
    pub has_weakrefs: Option<bool>,
    /// Whether its instances take any attribute.
    pub has_dict: Option<bool>,
}

/// A class.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// What is known about it.
    #[serde(flatten)]
    pub about: About,
    /// Its bases, except `object`.
    pub bases: Vec<String>,
    /// Its methods.
    pub methods: Vec<Method>,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// Its classes: the variants of an enum with fields.
    pub classes: Vec<Class>,
    /// What it allows.
    pub flags: Flags,
    /// Whether it is an exception.
    pub is_exception: bool,
    /// Whether it exists for type checkers only.
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
#[serde(default)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// What is known about it.
    #[serde(flatten)]
    pub about: About,
    /// Its type.
    pub annotation: Option<String>,
    /// Whether it is a name for type checkers, which the module does not have.
    pub is_typing_only: bool,
}
