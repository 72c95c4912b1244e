//! The rule `requires-python-malformed`.

use monowheel_wheel::requirement::check_specifiers;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// `Requires-Python` is not a valid list of version specifiers.
    ///
    /// # What it does
    /// Parses it as PEP 440 requires: `>=3.8`, `>=3.8,!=3.9.*`.
    ///
    /// # Why it matters
    /// The index refuses the file and uv does not install it. pip ignores the field with a warning and installs the
    /// wheel into any Python.
    ///
    /// # Example
    /// `Requires-Python: >=3.8.*`
    ///
    /// # Fix
    /// Set `requires-python = ">=3.8"` in pyproject.toml.
    pub(super) static RULE: "requires-python-malformed", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(value) = wheel.metadata.as_ref().and_then(|metadata| metadata.requires_python()) else { return };
    if let Err(why) = check_specifiers(value) {
        found.add(
            Finding::new(
                Severity::Error,
                wheel.info("METADATA"),
                format!("Requires-Python {value:?} is malformed: {why}"),
            )
            .fix("set `requires-python = \">=3.8\"` in pyproject.toml"),
        );
    }
}
