//! The rule `metadata-missing-field`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// METADATA does not have a required field.
    ///
    /// # What it does
    /// Looks for `Metadata-Version`, `Name` and `Version`. A line that is not a field ends the fields (see
    /// `metadata-malformed`), so everything after it is missing too.
    ///
    /// # Why it matters
    /// Without `Name` or `Version` pip fails with a traceback and uv refuses the wheel. The index requires all three.
    ///
    /// # Example
    /// A METADATA that begins with an empty line: all of it becomes the description.
    ///
    /// # Fix
    /// Build the wheel with a build backend; do not edit METADATA by hand.
    pub(super) static RULE: "metadata-missing-field", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let required = ["Metadata-Version", "Name", "Version"];
    let missing: Vec<&str> = required.into_iter().filter(|name| metadata.value(name).is_none()).collect();
    if !missing.is_empty() {
        found.add(
            Finding::new(Severity::Error, wheel.info("METADATA"), format!("METADATA has no {}", some_of(&missing)))
                .fix("build the wheel with a build backend; do not edit METADATA by hand"),
        );
    }
}
