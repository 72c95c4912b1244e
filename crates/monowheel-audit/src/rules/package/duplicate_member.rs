use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The archive contains a name twice, or a file where a directory has to be.
    ///
    /// # What it does
    /// Compares the names in the central directory. A file `a` next to `a/b.py` counts too.
    ///
    /// # Why it matters
    /// PyPI refuses duplicate names (warehouse `utils/zipfiles.py`). pip installs the last one, uv stops, and a scanner
    /// may read the first. A file and a directory of the same name cannot both be installed.
    ///
    /// # Example
    /// `demo/__init__.py`, written once by the build and again by a later step that appended to the archive.
    ///
    /// # Fix
    /// Rebuild the archive instead of appending to it.
    pub(super) static RULE: "duplicate-member", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("names occur more than once", "rebuild the archive with each name once");
    oddities::tell(facts, found, &[OddityKind::DuplicateName], Severity::Error, plural, fix);
}
