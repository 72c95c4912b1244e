//! The rule `license-expression-invalid`.

use monowheel_wheel::license::check_expression;

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// `License-Expression` is not a valid SPDX expression.
    ///
    /// # What it does
    /// Parses it with SPDX's list of licenses and exceptions (3.27, as in packaging 26.3); `LicenseRef-…` stands for
    /// any other license.
    ///
    /// # Why it matters
    /// The index refuses the file (PEP 639).
    ///
    /// # Example
    /// `MIT/Apache-2.0` instead of `MIT OR Apache-2.0`.
    ///
    /// # Fix
    /// Correct `license` in pyproject.toml.
    pub(super) static RULE: "license-expression-invalid", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(value) = wheel.metadata.as_ref().and_then(|metadata| metadata.license_expression()) else { return };
    if let Err(why) = check_expression(value) {
        found.add(
            Finding::new(
                Severity::Error,
                wheel.info("METADATA"),
                format!("License-Expression {value:?} is not a valid SPDX expression: {why}"),
            )
            .fix("correct `license` in pyproject.toml: `MIT OR Apache-2.0`, `LicenseRef-Proprietary`"),
        );
    }
}
