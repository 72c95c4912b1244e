//! The model of a Python surface.

mod module;
mod signature;
mod text_signature;

pub use module::{About, Attribute, Class, Constant, Flags, Function, Method, Module, Receiver};
pub use signature::{Kind, Parameter, Signature};
pub(crate) use text_signature::is_identifier;
pub use text_signature::parse as parse_text_signature;

use serde::{Deserialize, Serialize};

/// Where a fact was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The sources of the crate.
    #[default]
    Source,
    /// A stub or a Python file, which promises it to type checkers.
    Stub,
    /// A compiled module, without running it.
    Binary,
    /// The module, which was imported.
    Runtime,
}

impl Origin {
    /// For people.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Source => "the Rust source",
            Self::Stub => "the stub",
            Self::Binary => "the compiled module",
            Self::Runtime => "the running module",
        }
    }
}

/// Something that could not be known, or that does not fit together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The file and line, or the name.
    pub place: String,
    /// What it is.
    pub what: String,
}

/// The surface of a package or a module.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Surface {
    /// Its modules, by their complete names.
    pub modules: Vec<Module>,
    /// What is not known.
    #[serde(default)]
    pub notes: Vec<Note>,
}

impl Surface {
    /// The module of this name.
    #[must_use]
    pub fn module(&self, name: &str) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == name)
    }

    /// The number of names in all modules.
    #[must_use]
    pub fn names(&self) -> usize {
        self.modules.iter().map(|module| module.names().count()).sum()
    }
}
