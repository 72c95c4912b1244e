use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member is in the file but not in the central directory.
    ///
    /// # What it does
    /// Checks the bytes that follow each member's data.
    ///
    /// # Why it matters
    /// A reader that streams the archive installs the member, one that reads the central directory does not. PyPI and
    /// uv refuse the file.
    ///
    /// # Example
    /// A member that a tool deleted from the central directory only.
    ///
    /// # Fix
    /// Rebuild the archive.
    pub(super) static RULE: "unlisted-member", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members are followed by one that the central directory does not list", "rebuild the archive");
    oddities::tell(facts, found, &[OddityKind::UnknownRecord], Severity::Error, plural, fix);
}
