//! The two stable ABIs.

use serde::{Deserialize, Serialize};

use crate::abi::hook;

/// A stable ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// PEP 384: builds with the GIL, from the tag's floor on.
    Abi3,
    /// PEP 803: 3.15 and later, with or without the GIL.
    Abi3t,
}

impl Family {
    /// Both, in the order they are built and shown.
    pub const ALL: [Self; 2] = [Self::Abi3, Self::Abi3t];

    /// The ABI tag, and the name on the command line and in `[tool.monowheel]`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Abi3 => "abi3",
            Self::Abi3t => "abi3t",
        }
    }

    /// The symbol an extension module of this family must export for the module called `module`
    /// (PEP 489's `PyInit_`, PEP 793's `PyModExport_`).
    #[must_use]
    pub fn init_symbol(self, module: &str) -> String {
        match self {
            Self::Abi3 => hook::symbol(hook::INIT, module),
            Self::Abi3t => hook::symbol(hook::EXPORT, module),
        }
    }
}
