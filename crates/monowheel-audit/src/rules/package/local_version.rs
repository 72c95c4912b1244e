//! The rule `local-version`.

use std::str::FromStr as _;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The version has a local part, which PyPI refuses.
    ///
    /// # What it does
    /// Looks for a `+` in METADATA's `Version`.
    ///
    /// # Why it matters
    /// PyPI refuses local versions (PEP 440 reserves them for rebuilds by others). A private index accepts them.
    ///
    /// # Example
    /// `1.0+cu121`, or `1.0.dev3+g1a2b3c4` from a version derived from git.
    ///
    /// # Fix
    /// Tag the commit, or disable the local part (`local_scheme = "no-local-version"` in setuptools-scm). Ignore this
    /// rule for a private index.
    pub(super) static RULE: "local-version", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(text) = wheel.metadata.as_ref().and_then(|metadata| metadata.version()) else { return };
    if pep440_rs::Version::from_str(text).is_ok_and(|version| version.is_local()) {
        found.add(
            Finding::new(
                Severity::Error,
                wheel.info("METADATA"),
                format!("the version {text} has a local part, which PyPI refuses"),
            )
            .fix("release from a tagged commit, or disable the local part of the version"),
        );
    }
}
