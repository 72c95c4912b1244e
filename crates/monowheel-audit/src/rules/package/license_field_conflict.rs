//! The rule `license-field-conflict`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// `License-Expression` is used together with fields that it replaces.
    ///
    /// # What it does
    /// Looks for `License`, and for classifiers that begin with `License ::`, together with `License-Expression`.
    ///
    /// # Why it matters
    /// The index refuses `License` and `License-Expression` together. The classifiers are only a note: the index still
    /// accepts them, but PEP 639 deprecates them, setuptools refuses to build such a project, and two statements can
    /// contradict each other.
    ///
    /// # Example
    /// `License-Expression: MIT` and `Classifier: License :: OSI Approved :: MIT License`
    ///
    /// # Fix
    /// Keep `license = "MIT"` in pyproject.toml and remove the classifiers.
    pub(super) static RULE: "license-field-conflict", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(metadata) = wheel.metadata.as_ref().filter(|metadata| metadata.license_expression().is_some()) else {
        return;
    };
    let mut say = |severity, message: String, fix: &str| {
        found.add(Finding::new(severity, wheel.info("METADATA"), message).fix(fix));
    };
    if metadata.license().is_some() {
        let message = "METADATA has both License and License-Expression".to_owned();
        say(
            Severity::Error,
            message,
            "keep `license = \"EXPRESSION\"` in pyproject.toml, and update the build backend",
        );
    }
    let classifiers: Vec<&str> = metadata.classifiers().filter(|name| name.starts_with("License ::")).collect();
    if !classifiers.is_empty() {
        let message = format!("License-Expression replaces {}", some_of(&classifiers));
        say(Severity::Note, message, "remove the license classifiers from pyproject.toml");
    }
}
