//! The rule `requirement-malformed`.

use monowheel_wheel::requirement::Requirement;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A `Requires-Dist` is not a valid dependency specifier.
    ///
    /// # What it does
    /// Parses every `Requires-Dist`, `Provides-Dist` and `Obsoletes-Dist` (dependency specifiers specification).
    ///
    /// # Why it matters
    /// pip ("has invalid metadata") and uv do not install the wheel, and the index refuses it.
    ///
    /// # Example
    /// `Requires-Dist: numpy >= 1.x`
    ///
    /// # Fix
    /// Correct `dependencies` in pyproject.toml.
    pub(super) static RULE: "requirement-malformed", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let mut malformed = Vec::new();
    let mut direct = Vec::new();
    for field in ["Requires-Dist", "Provides-Dist", "Obsoletes-Dist"] {
        for value in metadata.headers.all(field) {
            match Requirement::parse(value.trim()) {
                Err(why) => malformed.push(format!("{field} {value:?}: {why}")),
                Ok(requirement) if requirement.url.is_some() => direct.push(requirement.name),
                Ok(_) => {}
            }
        }
    }
    if !malformed.is_empty() {
        found.add(
            Finding::new(Severity::Error, wheel.info("METADATA"), format!("malformed: {}", some_of(&malformed)))
                .details(malformed)
                .fix("correct `dependencies` in pyproject.toml"),
        );
    }
    if !direct.is_empty() {
        let message = format!("requirements by URL, which the index refuses: {}", some_of(&direct));
        found.add(
            Finding::new(Severity::Error, wheel.info("METADATA"), message)
                .details(direct)
                .fix("require a released version by name"),
        );
    }
}
