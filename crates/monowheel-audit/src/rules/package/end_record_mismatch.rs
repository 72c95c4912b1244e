use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The end record of the archive does not match its contents.
    ///
    /// # What it does
    /// Compares the end record, and the ZIP64 end record with its locator, with the central directory and the file.
    ///
    /// # Why it matters
    /// The offset and the member count in these records decide what is installed. PyPI (warehouse `utils/zipfiles.py`)
    /// and uv refuse an ambiguous file.
    ///
    /// # Example
    /// A count of 10 members for a directory of 11.
    ///
    /// # Fix
    /// Rebuild the archive.
    pub(super) static RULE: "end-record-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("mismatches in the end records of the archive", "rebuild the archive with a standard zip writer");
    oddities::tell(facts, found, &[OddityKind::EndRecord], Severity::Error, plural, fix);
}
