use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The wheel has no description.
    ///
    /// # What it does
    /// Looks for text after the headers of METADATA, or in a `Description` field.
    ///
    /// # Why it matters
    /// The project's page on the index is empty: "The author of this package has not provided a project description".
    ///
    /// # Example
    /// A pyproject.toml without `readme`.
    ///
    /// # Fix
    /// Set `readme = "README.md"` in `[project]`.
    pub(super) static RULE: "description-missing", Package, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // If the fields end early, another rule reports it.
    let Some(metadata) = wheel.metadata.as_ref().filter(|metadata| metadata.headers.broken.is_empty()) else { return };
    if metadata.description().is_none() {
        found.add(
            Finding::new(Severity::Note, wheel.info("METADATA"), "the metadata has no description")
                .fix("set `readme` in [project] of pyproject.toml"),
        );
    }
}
