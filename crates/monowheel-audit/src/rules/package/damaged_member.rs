use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member's data does not match the central directory.
    ///
    /// # What it does
    /// Inflates every member and compares its length and CRC.
    ///
    /// # Why it matters
    /// No installer accepts it: zipfile and uv report a bad CRC. uv also refuses bytes after the end of a deflate
    /// stream.
    ///
    /// # Example
    /// A wheel that was truncated, patched in place or copied in text mode.
    ///
    /// # Fix
    /// Build the wheel again, or download it again and compare its hash with the index's.
    pub(super) static RULE: "damaged-member", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members are damaged", "build or download the wheel again, and compare its hash");
    oddities::tell(facts, found, &[OddityKind::BadCrc, OddityKind::BadData], Severity::Error, plural, fix);
}
