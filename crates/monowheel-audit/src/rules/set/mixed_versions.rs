use std::collections::BTreeMap;

use pep440_rs::Version;

use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::set::Set;

rule! {
    /// The wheels of one distribution have different versions.
    ///
    /// # What it does
    /// Compares the versions in the file names of the wheels in a directory, by PEP 440 equality (`1.0` is `1.0.0`).
    ///
    /// # Why it matters
    /// An upload of the directory publishes the old files again, or fails because of them. An install from the
    /// directory selects the highest version that fits, so users of one platform get another version than the rest.
    ///
    /// # Example
    /// `demo-1.0-cp38-abi3-win_amd64.whl` left next to the wheels of 1.1.
    ///
    /// # Fix
    /// Empty the directory before a build, or build the missing wheels.
    pub(super) static RULE: "mixed-versions", Set, Warning, Set(check);
}

fn check(set: &Set, found: &mut Found<'_>) {
    let mut versions: BTreeMap<Result<Version, &str>, Vec<&str>> = BTreeMap::new();
    for wheel in &set.wheels {
        let text = wheel.version.as_deref().unwrap_or_default();
        versions.entry(text.parse().map_err(|_| text)).or_default().push(&wheel.file);
    }
    if versions.len() < 2 {
        return;
    }
    let name = |version: &Result<Version, &str>| version.as_ref().map_or_else(ToString::to_string, Version::to_string);
    let names: Vec<String> = versions.keys().map(name).collect();
    let details = versions.iter().map(|(version, files)| format!("{}: {}", name(version), some_of(files)));
    found.add(
        Finding::new(
            Severity::Warning,
            Place::file(),
            format!("wheels of {} different versions: {}", names.len(), some_of(&names)),
        )
        .details(details)
        .fix("empty the directory before a build"),
    );
}
