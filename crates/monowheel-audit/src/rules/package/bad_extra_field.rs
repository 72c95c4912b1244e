use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member's extra fields are malformed.
    ///
    /// # What it does
    /// Reads the extra fields of the directory and of each local header: none may be cut short or there twice, one of
    /// ZIP64 has just the numbers that the record asks for, and a second name (Info-ZIP's Unicode path) is the first.
    ///
    /// # Why it matters
    /// Such fields decide how long a member is and what it is called. PyPI (warehouse `utils/zipfiles.py`), uv and
    /// zipfile refuse what they cannot read, each in other cases.
    ///
    /// # Example
    /// A ZIP64 field of 8 bytes in the header of a deflated member.
    ///
    /// # Fix
    /// Write the archive anew with an ordinary zip writer.
    pub(super) static RULE: "bad-extra-field", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members have malformed extra fields", "write the archive anew with an ordinary zip writer");
    oddities::tell(facts, found, &[OddityKind::BadExtra], Severity::Error, plural, fix);
}
