use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// Two names differ only in case or in Unicode composition.
    ///
    /// # What it does
    /// Compares the names in lower case (of all alphabets) and in Unicode's composed form (NFC). Directories may be
    /// spelled in two ways, files may not.
    ///
    /// # Why it matters
    /// On macOS and Windows both are the same file: the second overwrites the first, and an uninstall misses one.
    ///
    /// # Example
    /// `demo/Utils.py` and `demo/utils.py`.
    ///
    /// # Fix
    /// Rename one of them.
    pub(super) static RULE: "case-clash", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("names are the same on macOS and Windows", "rename one of each pair");
    oddities::tell(facts, found, &[OddityKind::CaseClash], Severity::Warning, plural, fix);
}
