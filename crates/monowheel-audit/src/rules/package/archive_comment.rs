use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A comment hides in the archive.
    ///
    /// # What it does
    /// Looks for comments of members, and for a comment of the archive that has bytes of zip records in it (1 to 8).
    ///
    /// # Why it matters
    /// PyPI refuses comments of members (warehouse `utils/zipfiles.py`), uv an archive's comment that could be another
    /// archive.
    ///
    /// # Example
    /// A second wheel in the comment: some readers find its end record first.
    ///
    /// # Fix
    /// Write the archive without comments.
    pub(super) static RULE: "archive-comment", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members have a comment", "write the archive without comments");
    oddities::tell(facts, found, &[OddityKind::Comment], Severity::Error, plural, fix);
}
