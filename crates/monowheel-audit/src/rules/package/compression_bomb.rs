use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The archive is a decompression bomb.
    ///
    /// # What it does
    /// Compares the uncompressed size of the members with the size of the file. More than 64 MiB and 50 times the file
    /// is too much, and so is over 2 GiB for one member or 8 GiB in total. Members beyond these limits are not
    /// inflated.
    ///
    /// # Why it matters
    /// PyPI refuses the first (warehouse `forklift/legacy.py`). The others fill the user's disk.
    ///
    /// # Example
    /// A table of zeros: 100 MiB that deflate to 100 KiB.
    ///
    /// # Fix
    /// Generate such data on first use, or store it in a compact format.
    pub(super) static RULE: "compression-bomb", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("members inflate beyond the limits", "generate such data on first use, or ship it in a compact format");
    oddities::tell(facts, found, &[OddityKind::Bomb], Severity::Error, plural, fix);
}
