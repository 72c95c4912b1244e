//! The rule `sbom-absolute-path`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// An SBOM contains paths of the machine that built the wheel.
    ///
    /// # What it does
    /// Looks for absolute paths and `file:///` URLs in every string of the SBOM.
    ///
    /// # Why it matters
    /// A build in another directory gives a different wheel, and the paths reveal the names of users and machines.
    ///
    /// # Example
    /// `"bom-ref": "path+file:///home/jane/demo#0.1.0"`, as cargo-cyclonedx and maturin write it; `SOURCE_DATE_EPOCH`
    /// does not help.
    ///
    /// # Fix
    /// Build in a fixed directory, or rewrite the references after the build.
    pub(super) static RULE: "sbom-absolute-path", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for sbom in facts.wheel.iter().flat_map(|wheel| &wheel.sboms) {
        if !sbom.paths.is_empty() {
            found.add(
                Finding::new(
                    Severity::Note,
                    Place::member(&sbom.path),
                    format!("contains paths of the build machine: {}", some_of(&sbom.paths)),
                )
                .details(&sbom.paths)
                .fix("build in a fixed directory, or rewrite the references after the build"),
            );
        }
    }
}
