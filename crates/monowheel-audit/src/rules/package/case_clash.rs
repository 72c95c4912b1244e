use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// Two names differ in case only, or in how letters are composed.
    ///
    /// # What it does
    /// Compares the names in lower case, of all alphabets, and in Unicode's composed form (NFC). Folders may be spelled in
    /// two ways, files may not.
    ///
    /// # Why it matters
    /// macOS and Windows take both for one file: the second overwrites the first, and an uninstall misses one.
    ///
    /// # Example
    /// `demo/Utils.py` and `demo/utils.py`.
    ///
    /// # Fix
    /// Rename one of them.
    pub(super) static RULE: "case-clash", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("names are the same on macOS and Windows", "rename one of each two");
    oddities::tell(facts, found, &[OddityKind::CaseClash], Severity::Warning, plural, fix);
}
