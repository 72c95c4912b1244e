use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The archive or a member has a comment.
    ///
    /// # What it does
    /// Looks for comments of members, and for an archive comment that contains the bytes of zip records (1 to 8).
    ///
    /// # Why it matters
    /// PyPI refuses comments of members (warehouse `utils/zipfiles.py`), and uv refuses an archive comment that could
    /// be another archive.
    ///
    /// # Example
    /// A second wheel in the comment: some readers find its end record first.
    ///
    /// # Fix
    /// Write the archive without comments.
    pub(super) static RULE: "archive-comment", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members have a comment", "rebuild the archive without comments");
    oddities::tell(facts, found, &[OddityKind::Comment], Severity::Error, plural, fix);
}
