use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The archive has a name twice, or a file where a folder has to be.
    ///
    /// # What it does
    /// Compares the names of the central directory. A file `a` beside `a/b.py` counts too.
    ///
    /// # Why it matters
    /// PyPI refuses a name that is there twice (warehouse `utils/zipfiles.py`). pip installs the last one, uv stops,
    /// and a scanner may look at the first. A file and a folder of one name cannot both be installed.
    ///
    /// # Example
    /// `demo/__init__.py`, once by the build and once by a step after it that appended to the archive.
    ///
    /// # Fix
    /// Write the archive anew instead of appending to it.
    pub(super) static RULE: "duplicate-member", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("names are there more than once", "write the archive anew, with each name once");
    oddities::tell(facts, found, &[OddityKind::DuplicateName], Severity::Error, plural, fix);
}
