use std::collections::BTreeSet;

use pep440_rs::Version;

use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};
use crate::set::Set;

rule! {
    /// A release has wheels but no sdist.
    ///
    /// # What it does
    /// If there are several wheels, looks for an sdist of the same version next to them. A single wheel is not a
    /// release, and wheels read from elsewhere than a directory are ignored.
    ///
    /// # Why it matters
    /// Platforms without a wheel get nothing, and distributions that build from source have to look elsewhere. On PyPI
    /// an sdist cannot be added to a release that is older than 14 days.
    ///
    /// # Example
    /// A `dist/` with six wheels of 1.0 and `demo-0.9.tar.gz`.
    ///
    /// # Fix
    /// Run `monowheel build`, which builds one, or `maturin sdist`, or `python -m build --sdist`.
    pub(super) static RULE: "sdist-missing", Set, Note, Set(check);
}

fn check(set: &Set, found: &mut Found<'_>) {
    let is_folder = set.wheels.iter().all(|wheel| !wheel.place.contains("://"));
    if set.wheels.len() < 2 || !is_folder {
        return;
    }
    let sdists: BTreeSet<Version> = set.sdists.iter().filter_map(|sdist| version(sdist)).collect();
    let versions = set.wheels.iter().filter_map(|wheel| wheel.version.as_deref()?.parse().ok());
    let missing: BTreeSet<Version> = versions.filter(|version| !sdists.contains(version)).collect();
    if missing.is_empty() {
        return;
    }
    let names: Vec<String> = missing.iter().map(Version::to_string).collect();
    found.add(
        Finding::new(Severity::Note, Place::file(), format!("no sdist for {} {}", set.name, some_of(&names)))
            .fix("add one: `maturin sdist` or `python -m build --sdist`"),
    );
}

/// The version in the name of an sdist.
fn version(sdist: &str) -> Option<Version> {
    let stem = sdist.strip_suffix(".tar.gz").or_else(|| sdist.strip_suffix(".zip"))?;
    stem.rsplit_once('-')?.1.parse().ok()
}
