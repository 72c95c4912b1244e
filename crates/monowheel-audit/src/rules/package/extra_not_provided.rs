use std::collections::{BTreeMap, BTreeSet};

use monowheel_wheel::names::normalized_name;
use monowheel_wheel::requirement::Requirement;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// A requirement belongs to an extra that the wheel does not provide.
    ///
    /// # What it does
    /// Compares the extras in the markers of `Requires-Dist`, and those of the project itself that it requires
    /// (`demo[gpu]`), with `Provides-Extra`, all normalized.
    ///
    /// # Why it matters
    /// The requirement can never be installed: `pip install demo[gpu]` reports *demo 1.0 does not provide the extra
    /// 'gpu'* and installs the package without it.
    ///
    /// # Example
    /// `Requires-Dist: cupy; extra == "gpu"` without `Provides-Extra: gpu`.
    ///
    /// # Fix
    /// Declare the extra in `[project.optional-dependencies]`; the build backend then writes both fields.
    pub(super) static RULE: "extra-not-provided", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let provided: BTreeSet<String> =
        metadata.headers.all("Provides-Extra").map(|extra| normalized_name(extra.trim())).collect();
    let mut missing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for text in metadata.headers.all("Requires-Dist") {
        let Ok(requirement) = Requirement::parse(text) else { continue };
        let own = metadata.name().is_some_and(|name| normalized_name(name) == normalized_name(requirement.name));
        let of_own = if own { requirement.extras } else { Vec::new() };
        for extra in requirement.extras_asked.into_iter().chain(of_own) {
            let extra = normalized_name(extra);
            if !provided.contains(&extra) {
                missing.entry(extra).or_default().push(text);
            }
        }
    }
    if !missing.is_empty() {
        let names: Vec<&str> = missing.keys().map(String::as_str).collect();
        let message = format!("requirements for extras without a Provides-Extra: {}", some_of(&names));
        found.add(
            Finding::new(Severity::Warning, wheel.info("METADATA"), message)
                .details(missing.values().flatten().copied())
                .fix("declare the extras in `[project.optional-dependencies]`"),
        );
    }
}
