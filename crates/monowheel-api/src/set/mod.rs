//! The wheels of two releases → what they no longer support. File names say most of it; the metadata of one wheel the
//! rest, which is the same in all of them.

mod coverage;
mod lints;

use serde::{Deserialize, Serialize};

pub use lints::ALL;

use crate::diff::{Change, Found};
use crate::set::coverage::Coverage;

/// The metadata of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its version.
    pub version: Option<String>,
    /// `Requires-Python`.
    pub requires_python: Option<String>,
    /// `Requires-Dist`.
    pub requirements: Vec<String>,
    /// `Provides-Extra`.
    pub extras: Vec<String>,
    /// The names that users import.
    pub imports: Vec<String>,
}

/// The wheels of a release.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wheels {
    /// Their file names.
    pub files: Vec<String>,
    /// The metadata of one of them.
    pub facts: Facts,
}

/// Both releases.
pub(crate) struct Sets<'a> {
    old: &'a Facts,
    new: &'a Facts,
    old_coverage: Coverage,
    new_coverage: Coverage,
}

/// What the wheels of a release do not support any more, or support now. A single wheel on each side is one platform of
/// a release: then only its metadata and its own tags are compared.
#[must_use]
pub fn changes(old: &Wheels, new: &Wheels) -> Vec<Change> {
    let sets = Sets {
        old: &old.facts,
        new: &new.facts,
        old_coverage: Coverage::of(&old.files),
        new_coverage: Coverage::of(&new.files),
    };
    let mut found = Found::default();
    lints::CHECKS.iter().for_each(|check| check(&sets, &mut found));
    found.sorted()
}
