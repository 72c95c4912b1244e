//! The rule `local-version`.

use std::str::FromStr as _;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The version has a local part, which the public index refuses.
    ///
    /// # What it does
    /// Looks for a `+` part in METADATA's `Version`.
    ///
    /// # Why it matters
    /// PyPI refuses local versions (PEP 440 reserves them for rebuilds by others). A private index takes them.
    ///
    /// # Example
    /// `1.0+cu121`, or `1.0.dev3+g1a2b3c4` from a version taken from git.
    ///
    /// # Fix
    /// Tag the commit, or switch off the local part (`local_scheme = "no-local-version"` for setuptools-scm); ignore
    /// this rule for a private index.
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
                format!("the version {text} has a local part, which the public index refuses"),
            )
            .fix("Release from a tagged commit, or switch off the local part of the version."),
        );
    }
}
