use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member is packed in a way that installers do not read.
    ///
    /// # What it does
    /// Takes stored and deflated members only, neither encrypted nor from a version of the format above 6.3.
    ///
    /// # Why it matters
    /// PyPI refuses everything else, and no other method is read by every installer.
    ///
    /// # Example
    /// LZMA or Zstandard, which make a smaller wheel that only new installers read.
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
