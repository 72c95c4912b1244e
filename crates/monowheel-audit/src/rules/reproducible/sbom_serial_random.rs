//! The rule `sbom-serial-random`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// An SBOM has a random serial number.
    ///
    /// # What it does
    /// Looks for a random UUID (version 4) in CycloneDX's `serialNumber` and SPDX's `documentNamespace`.
    ///
    /// # Why it matters
    /// Every build gives a different number and so a different wheel.
    ///
    /// # Example
    /// `"serialNumber": "urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6"`
    ///
    /// # Fix
    /// Set `SOURCE_DATE_EPOCH`, which makes maturin omit it; the field is optional in CycloneDX.
    pub(super) static RULE: "sbom-serial-random", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for sbom in facts.wheel.iter().flat_map(|wheel| &wheel.sboms) {
        if let Some(serial) = &sbom.serial {
            found.add(
                Finding::new(
                    Severity::Note,
                    Place::member(&sbom.path),
                    format!("has a random serial number: {serial}"),
                )
                .fix("set SOURCE_DATE_EPOCH, which makes maturin omit the number"),
            );
        }
    }
}
