use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The end of the archive describes another archive.
    ///
    /// # What it does
    /// Compares the end record, and the one of ZIP64 with its locator, with the directory and with the file.
    ///
    /// # Why it matters
    /// Where the directory begins and how many members it has decides what is installed. PyPI (warehouse
    /// `utils/zipfiles.py`) and uv refuse a file that has two answers.
    ///
    /// # Example
    /// A count of 10 members over a directory of 11.
    ///
    /// # Fix
    /// Write the archive anew.
    pub(super) static RULE: "end-record-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) =
        ("things at the end of the archive are wrong", "write the archive anew with an ordinary zip writer");
    oddities::tell(facts, found, &[OddityKind::EndRecord], Severity::Error, plural, fix);
}
