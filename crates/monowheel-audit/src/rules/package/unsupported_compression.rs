use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member uses compression that installers do not support.
    ///
    /// # What it does
    /// Accepts only stored and deflated members that are not encrypted and need zip format version 6.3 or lower.
    ///
    /// # Why it matters
    /// PyPI refuses everything else, and no other method is supported by every installer.
    ///
    /// # Example
    /// LZMA or Zstandard, which give a smaller wheel that only new installers can read.
    ///
    /// # Fix
    /// Deflate or store the members.
    pub(super) static RULE: "unsupported-compression", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("members are neither stored nor deflated", "store or deflate every member, without a password");
    oddities::tell(facts, found, &[OddityKind::Method], Severity::Error, plural, fix);
}
