use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// Some bytes of the file belong to no zip record.
    ///
    /// # What it does
    /// Accounts for every byte: before the first member, between members, before the central directory, and after the
    /// end.
    ///
    /// # Why it matters
    /// PyPI refuses the file (warehouse `utils/zipfiles.py`). The bytes may be a second archive, which another reader
    /// takes for the real one.
    ///
    /// # Example
    /// A shell script in front, a second wheel at the end, a signature between the members and the central directory.
    ///
    /// # Fix
    /// Rebuild the archive.
    pub(super) static RULE: "stray-bytes", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = (
        "places have bytes that belong to no zip record",
        "rebuild the archive; nothing may be before, between or after its records",
    );
    oddities::tell(facts, found, &[OddityKind::StrayBytes], Severity::Error, plural, fix);
}
