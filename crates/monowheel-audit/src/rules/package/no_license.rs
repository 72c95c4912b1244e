//! The rule `no-license`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The metadata does not state a license.
    ///
    /// # What it does
    /// Looks for `License-Expression`, `License`, a `License ::` classifier or a `License-File`.
    ///
    /// # Why it matters
    /// Without a license nobody may use or redistribute the wheel, and many companies reject it by an automatic check.
    ///
    /// # Example
    /// A pyproject.toml without `license`.
    ///
    /// # Fix
    /// Set `license = "MIT"` and `license-files = ["LICENSE*"]` in `[project]`.
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
            Finding::new(Severity::Note, wheel.info("METADATA"), "the metadata does not state a license")
                .fix("set `license` and `license-files` in [project] of pyproject.toml"),
        );
    }
}
