//! The rule `sbom-absolute-path`.

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// An SBOM names folders of the machine that built the wheel.
    ///
    /// # What it does
    /// Looks for absolute paths and `file:///` addresses in every text of the SBOM.
    ///
    /// # Why it matters
    /// A build in another folder gives another wheel, and the paths tell the names of users and machines.
    ///
    /// # Example
    /// `"bom-ref": "path+file:///home/jane/demo#0.1.0"`, as cargo-cyclonedx and maturin write it; `SOURCE_DATE_EPOCH` does
    /// not help.
    ///
    /// # Fix
    /// Build in a fixed folder, or rewrite the references after the build.
    pub(super) static RULE: "sbom-absolute-path", Reproducible, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    for sbom in facts.wheel.iter().flat_map(|wheel| &wheel.sboms) {
        if !sbom.paths.is_empty() {
            found.add(
                Finding::new(
                    Severity::Note,
                    Place::member(&sbom.path),
                    format!("it names folders of the build machine: {}", some_of(&sbom.paths)),
                )
                .details(&sbom.paths)
                .fix("Build in a fixed folder, or rewrite the references after the build."),
            );
        }
    }
}
