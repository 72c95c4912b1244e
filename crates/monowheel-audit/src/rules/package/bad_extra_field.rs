use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// A member's extra fields are malformed.
    ///
    /// # What it does
    /// Reads the extra fields of the central directory and of each local header. None may be truncated or repeated, a
    /// ZIP64 field must hold exactly the values that its record calls for, and an alternative name (Info-ZIP's Unicode
    /// path) must equal the member's name.
    ///
    /// # Why it matters
    /// These fields decide how long a member is and what it is called. PyPI (warehouse `utils/zipfiles.py`), uv and
    /// zipfile refuse fields that they cannot read, each in different cases.
    ///
    /// # Example
    /// A ZIP64 field of 8 bytes in the header of a deflated member.
    ///
    /// # Fix
    /// Rebuild the archive with a standard zip writer.
    pub(super) static RULE: "bad-extra-field", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("members have malformed extra fields", "rebuild the archive with a standard zip writer");
    oddities::tell(facts, found, &[OddityKind::BadExtra], Severity::Error, plural, fix);
}
