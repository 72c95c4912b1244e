//! The rule `requires-python-not-floor`.

use std::cmp::Ordering;

use monowheel_manifest::pyo3::Support;
use monowheel_wheel::abi::exports::KNOWN;
use monowheel_wheel::abi::{admits, dotted};
use pep440_rs::VersionSpecifiers;

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::source::Source;

rule! {
    /// `requires-python` and the floor of the stable ABI are different versions.
    ///
    /// # What it does
    /// Compares the lowest Python that `requires-python` allows with the abi3 feature of PyO3 that the wheel is built
    /// with: a warning if it allows older ones, a note if the floor is older than any allowed version.
    ///
    /// # Why it matters
    /// On a Python below the floor, pip considers the release compatible, finds no wheel, and builds the sdist. A floor
    /// below `requires-python` costs speed and API without benefit.
    ///
    /// # Example
    /// `requires-python = ">=3.8"` and `abi3-py39`.
    ///
    /// # Fix
    /// Set `requires-python = ">=3.9"`, or use `abi3-py38`.
    pub(super) static RULE: "requires-python-not-floor", Source, Warning, Source(check);
}

fn check(source: &Source, found: &mut Found<'_>) {
    let Some(package) = &source.package else { return };
    let bindings = source.crates.iter().filter(|krate| krate.is_cdylib).map(|krate| &krate.binding);
    let Some((binding, floor)) = bindings.into_iter().find_map(|binding| Some((binding, binding.floor()?))) else {
        return;
    };
    let Some(text) = &package.requires_python else { return };
    let Ok(specifiers) = text.parse::<VersionSpecifiers>() else { return };
    let Some(lowest) = KNOWN.map(|minor| (3, minor)).find(|version| admits(Some(&specifiers), *version)) else {
        return;
    };
    let (severity, then) = match lowest.cmp(&floor) {
        Ordering::Less => (Severity::Warning, "below the floor there is no wheel"),
        Ordering::Greater => (Severity::Note, "a higher floor gives more API and faster calls"),
        Ordering::Equal => return,
    };
    let message = format!(
        "requires-python {text} begins at {}, but the wheel's floor is {}: {then}",
        dotted(lowest),
        dotted(floor)
    );
    let mut fix = format!("set requires-python = \">={}\"", dotted(floor));
    let (oldest, newest) = Support::of_version(binding.version.unwrap_or_default()).abi3;
    if (oldest..=newest).contains(&lowest.1) {
        fix += &format!(", or use the feature abi3-py{}{}", lowest.0, lowest.1);
    }
    found.add(Finding::new(severity, Place::member(&package.path), message).fix(fix));
}
