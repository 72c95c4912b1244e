use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The wheel unpacks to far more than it is.
    ///
    /// # What it does
    /// Compares what the members inflate to with the size of the file: over 64 MiB and more than 50 times is too much,
    /// and so is over 2 GiB for one member and 8 GiB for all. What is too much is not inflated.
    ///
    /// # Why it matters
    /// PyPI refuses the first (warehouse `forklift/legacy.py`). The others fill the disk of who installs them.
    ///
    /// # Example
    /// A table of zeros: 100 MiB that deflate to 100 KiB.
    ///
    /// # Fix
    /// Generate such data at the first use, or store it in a format that is compact by itself.
    pub(super) static RULE: "compression-bomb", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("members inflate to too much", "generate such data at the first use, or ship them in a compact form");
    oddities::tell(facts, found, &[OddityKind::Bomb], Severity::Error, plural, fix);
}
