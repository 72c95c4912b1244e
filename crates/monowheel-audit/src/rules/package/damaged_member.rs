use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member's bytes are not what the directory says.
    ///
    /// # What it does
    /// Inflates every member and compares its length and CRC.
    ///
    /// # Why it matters
    /// No installer takes it: zipfile reports a bad CRC, uv too. Bytes behind the end of a deflate stream are refused by
    /// uv.
    ///
    /// # Example
    /// A wheel that was cut, patched in place or copied in text mode.
    ///
    /// # Fix
    /// Build the wheel again, or fetch it again and compare its hash with the index's.
    pub(super) static RULE: "damaged-member", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members are damaged", "build or fetch the wheel again, and compare its hash");
    oddities::tell(facts, found, &[OddityKind::BadCrc, OddityKind::BadData], Severity::Error, plural, fix);
}
