use monowheel_wheel::archive::OddityKind;

use crate::facts::Facts;
use crate::finding::Severity;
use crate::rule::{Found, rule};
use crate::rules::package::oddities;

rule! {
    /// The file is also a tar archive.
    ///
    /// # What it does
    /// Checks whether the first 512 bytes are a tar header, as Python's `tarfile.is_tarfile` does.
    ///
    /// # Why it matters
    /// The contents of the file depend on who opens it. PyPI refuses it (warehouse `forklift/legacy.py`, since
    /// 2026-03).
    ///
    /// # Example
    /// A tar header before the first member, or in its extra field.
    ///
    /// # Fix
    /// Rebuild the archive.
    pub(super) static RULE: "polyglot-archive", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let (plural, fix) = ("reasons make it a tar archive", "rebuild the archive; it must not also be a tar archive");
    oddities::tell(facts, found, &[OddityKind::Polyglot], Severity::Error, plural, fix);
}
