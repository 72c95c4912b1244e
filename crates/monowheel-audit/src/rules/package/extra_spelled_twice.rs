use std::collections::{BTreeMap, BTreeSet};

use monowheel_wheel::names::normalized_name;

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// One extra is declared under two spellings.
    ///
    /// # What it does
    /// Compares the values of `Provides-Extra` after normalization. A line that repeats another one exactly is harmless.
    ///
    /// # Why it matters
    /// Names of extras are compared in normalized form, so that `adhoc_ssl` and `adhoc-ssl` are one extra, and PEP 685
    /// forbids to write both. Current installers install the requirements of both; pip before 23.3 compared the names
    /// as they are written, and installed those of one (pypa/pip#11649).
    ///
    /// # Example
    /// `Provides-Extra: adhoc_ssl` and `Provides-Extra: adhoc-ssl`.
    ///
    /// # Fix
    /// Keep one spelling, best the normalized one, with the requirements of both.
    pub(super) static RULE: "extra-spelled-twice", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = &wheel.metadata else { return };
    let mut spellings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for extra in metadata.headers.all("Provides-Extra").map(str::trim) {
        spellings.entry(normalized_name(extra)).or_default().insert(extra);
    }
    spellings.retain(|_, spelled| spelled.len() > 1);
    if spellings.is_empty() {
        return;
    }
    let names: Vec<&str> = spellings.keys().map(String::as_str).collect();
    let message = format!("extras with several spellings: {}", some_of(&names));
    found.add(
        Finding::new(Severity::Warning, wheel.info("METADATA"), message)
            .details(spellings.values().flatten().map(|extra| format!("Provides-Extra: {extra}")))
            .fix("keep one spelling in `[project.optional-dependencies]`, with the requirements of both"),
    );
}
