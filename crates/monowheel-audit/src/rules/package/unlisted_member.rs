use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member is in the file and not in the directory.
    ///
    /// # What it does
    /// Looks at what follows each member's data.
    ///
    /// # Why it matters
    /// Who reads the archive as a stream installs it, who reads the directory does not. PyPI and uv refuse the file.
    ///
    /// # Example
    /// A member that a tool deleted from the directory only.
    ///
    /// # Fix
    /// Write the archive anew.
    pub(super) static RULE: "unlisted-member", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members are followed by one that the directory does not name", "write the archive anew");
    oddities::tell(facts, found, &[OddityKind::UnknownRecord], Severity::Error, plural, fix);
}
