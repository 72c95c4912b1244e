//! The rule `sbom-unreadable`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// A file in `sboms/` is not a readable SBOM.
    ///
    /// # What it does
    /// Reads every file below `.dist-info/sboms/`: CycloneDX and SPDX as JSON. CycloneDX as XML and SPDX as tag-value
    /// are only recognized.
    ///
    /// # Why it matters
    /// PEP 770 reserves the directory for SBOMs. Scanners that cannot read one report the wheel as if it bundled
    /// nothing.
    ///
    /// # Example
    /// A truncated `demo.cyclonedx.json`.
    ///
    /// # Fix
    /// Write it with a tool (maturin, auditwheel, cyclonedx-py), and keep other files out of the directory.
    pub(super) static RULE: "sbom-unreadable", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for sbom in facts.wheel.iter().flat_map(|wheel| &wheel.sboms) {
        let why = match (&sbom.unreadable, &sbom.format) {
            (Some(why), _) => why.as_str(),
            (None, None) => "it is neither CycloneDX nor SPDX",
            (None, Some(_)) => continue,
        };
        found.add(
            Finding::new(Severity::Warning, Place::member(&sbom.path), format!("the SBOM cannot be read: {why}"))
                .fix("write SBOMs with a tool, and keep other files out of sboms/"),
        );
    }
}
