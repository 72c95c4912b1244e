use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// Two members share bytes.
    ///
    /// # What it does
    /// Lays the members out by the offsets and lengths of the directory and of their own headers. Those that overlap
    /// are not read.
    ///
    /// # Why it matters
    /// So are bombs made that unpack to petabytes, and names that mean two things. PyPI refuses them, and so
    /// does a current zipfile.
    ///
    /// # Example
    /// A thousand names for one member. An offset that points into another member's data.
    ///
    /// # Fix
    /// Write the archive anew.
    pub(super) static RULE: "overlapping-members", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members share bytes with others", "write the archive anew with an ordinary zip writer");
    oddities::tell(facts, found, &[OddityKind::Overlap], Severity::Error, plural, fix);
}
