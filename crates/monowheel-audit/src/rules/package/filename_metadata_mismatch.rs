//! The rule `filename-metadata-mismatch`.

use monowheel_wheel::filename::same_version;
use monowheel_wheel::names::normalized_name;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The name or version in METADATA does not match the file name.
    ///
    /// # What it does
    /// Compares `Name` (normalized) and `Version` (by PEP 440 equality) with the file name.
    ///
    /// # Why it matters
    /// The index refuses the file. pip discards a wheel with another name ("has inconsistent name"), uv one with
    /// another version ("does not match filename").
    ///
    /// # Example
    /// `demo-1.0-py3-none-any.whl` with `Version: 1.1`.
    ///
    /// # Fix
    /// Rebuild the wheel; do not rename a wheel to give it another version.
    pub(super) static RULE: "filename-metadata-mismatch", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let (Some(name), Some(metadata)) = (&wheel.name, &wheel.metadata) else { return };
    let mut say = |what: &str, theirs: &str, ours: &str| {
        let message = format!("METADATA has the {what} {theirs:?}, the file name has {ours:?}");
        found.add(
            Finding::new(Severity::Error, wheel.info("METADATA"), message)
                .fix("rebuild the wheel; do not rename it to give it another name or version"),
        );
    };
    if let Some(theirs) = metadata.name().filter(|theirs| normalized_name(theirs) != normalized_name(&name.name)) {
        say("name", theirs, &name.name);
    }
    let differs = |theirs: &&str| same_version(theirs, &name.version) == Some(false);
    if let Some(theirs) = metadata.version().filter(differs) {
        say("version", theirs, &name.version);
    }
}
