use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The file is a tar archive too.
    ///
    /// # What it does
    /// Asks whether the first 512 bytes are a tar header, as Python's `tarfile.is_tarfile` does.
    ///
    /// # Why it matters
    /// What the file holds depends on who opens it. PyPI refuses it (warehouse `forklift/legacy.py`, since 2026-03).
    ///
    /// # Example
    /// A tar header before the first member, or in its extra field.
    ///
    /// # Fix
    /// Write the archive anew.
    pub(super) static RULE: "polyglot-archive", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("reasons make it a tar archive", "write the archive anew; it may not be a tar archive too");
    oddities::tell(facts, found, &[OddityKind::Polyglot], Severity::Error, plural, fix);
}
