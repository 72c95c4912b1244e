//! The rule `sbom-timestamp`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// An SBOM contains its creation time.
    ///
    /// # What it does
    /// Looks for CycloneDX's `metadata.timestamp`. `created` in SPDX is required and ignored.
    ///
    /// # Why it matters
    /// Unless the time is `SOURCE_DATE_EPOCH`, which cannot be recognized, every build gives a different wheel.
    ///
    /// # Example
    /// `"timestamp": "2026-03-14T15:09:26.535897Z"`
    ///
    /// # Fix
    /// Set `SOURCE_DATE_EPOCH`, which makes maturin omit it.
    pub(super) static RULE: "sbom-timestamp", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for sbom in facts.wheel.iter().flat_map(|wheel| &wheel.sboms) {
        let is_optional = sbom.format.as_deref().is_some_and(|format| format.starts_with("CycloneDX"));
        if let Some(time) = sbom.timestamp.as_ref().filter(|_| is_optional) {
            found.add(
                Finding::new(Severity::Note, Place::member(&sbom.path), format!("contains its creation time {time}"))
                    .fix("set SOURCE_DATE_EPOCH, which makes maturin omit the time"),
            );
        }
    }
}
