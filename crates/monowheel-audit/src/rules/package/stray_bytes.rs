use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// Bytes of the file belong to nothing.
    ///
    /// # What it does
    /// Accounts for every byte: before the first member, between two of them, before the directory, and after the end.
    ///
    /// # Why it matters
    /// PyPI refuses the file (warehouse `utils/zipfiles.py`). What stands there may be a second archive, which another
    /// reader takes for the real one.
    ///
    /// # Example
    /// A shell script in front, a second wheel behind, a signature between the members and the directory.
    ///
    /// # Fix
    /// Write the archive anew.
    pub(super) static RULE: "stray-bytes", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = (
        "places have bytes that belong to nothing",
        "write the archive anew; nothing may stand before, between or behind its records",
    );
    oddities::tell(facts, found, &[OddityKind::StrayBytes], Severity::Error, plural, fix);
}
