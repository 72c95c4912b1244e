use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// Two members share bytes of the archive.
    ///
    /// # What it does
    /// Lays out the members by the offsets and lengths in the central directory and in their local headers. Members
    /// that overlap are not read.
    ///
    /// # Why it matters
    /// Overlaps are used for zip bombs that unpack to petabytes and for names with two meanings. PyPI and current
    /// versions of zipfile refuse them.
    ///
    /// # Example
    /// A thousand names for one member. An offset that points into another member's data.
    ///
    /// # Fix
    /// Rebuild the archive.
    pub(super) static RULE: "overlapping-members", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members share bytes with others", "rebuild the archive with a standard zip writer");
    oddities::tell(facts, found, &[OddityKind::Overlap], Severity::Error, plural, fix);
}
