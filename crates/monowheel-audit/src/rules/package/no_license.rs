//! The rule `no-license`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// Nothing in the metadata says under which license the wheel may be used.
    ///
    /// # What it does
    /// Looks for `License-Expression`, `License`, a `License ::` classifier or a `License-File`.
    ///
    /// # Why it matters
    /// Without a license nobody may use or pass on the wheel; many companies refuse it by an automatic check.
    ///
    /// # Example
    /// A pyproject.toml without `license`.
    ///
    /// # Fix
    /// `license = "MIT"` and `license-files = ["LICENSE*"]` in `[project]`.
    pub(super) static RULE: "no-license", Package, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let is_said = metadata.license_expression().is_some()
        || metadata.license().is_some_and(|license| license != "UNKNOWN")
        || metadata.classifiers().any(|name| name.starts_with("License ::"))
        || metadata.license_files().next().is_some();
    if !is_said {
        found.add(
            Finding::new(Severity::Note, wheel.info("METADATA"), "the metadata names no license")
                .fix("Write `license` and `license-files` into [project] of pyproject.toml."),
        );
    }
}
