//! The rule `filename-not-normalized`.

use std::str::FromStr as _;

use monowheel_wheel::names::wheel_name;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The name or the version in the file name is not normalized.
    ///
    /// # What it does
    /// Compares the name with its normalized form (lower case, runs of `-_.` as one `_`: PEP 503, binary distribution
    /// format) and the version with its normalized PEP 440 form.
    ///
    /// # Why it matters
    /// The index refuses a file whose name is not normalized (warehouse: "should contain the normalized project name").
    /// It accepts a version that is not (`1.00`), but the files of one release are then spelled in several ways.
    ///
    /// # Example
    /// `Demo.Tool-1.0-py3-none-any.whl` instead of `demo_tool-1.0-py3-none-any.whl`.
    ///
    /// # Fix
    /// Build with a recent backend (setuptools 75.8, maturin 1.8 and later normalize), and write the version in its
    /// normalized form.
    pub(super) static RULE: "filename-not-normalized", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(name) = facts.wheel.as_ref().and_then(|wheel| wheel.name.as_ref()) else { return };
    let normal = wheel_name(&name.name);
    if normal != name.name {
        found.add(
            Finding::new(
                Severity::Error,
                Place::file(),
                format!("the file name begins with {:?}, but the index requires {normal:?}", name.name),
            )
            .fix("build with a recent version of the build backend, which normalizes the name"),
        );
    }
    let normal = pep440_rs::Version::from_str(&name.version).map(|version| version.to_string());
    if let Some(normal) = normal.ok().filter(|normal| *normal != name.version) {
        found.add(
            Finding::new(
                Severity::Warning,
                Place::file(),
                format!("the file name has the version {:?}, whose normalized form is {normal:?}", name.version),
            )
            .fix("write the version in its normalized form in pyproject.toml or Cargo.toml"),
        );
    }
}
