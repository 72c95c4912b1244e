//! The rule `filename-malformed`.

use std::str::FromStr as _;

use monowheel_wheel::entry_points::is_identifier;

use crate::facts::Facts;
use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The file name is not a valid wheel file name.
    ///
    /// # What it does
    /// Checks the file name as `packaging.utils.parse_wheel_filename` does (packaging 26.3):
    /// `name-version[-build]-python-abi-platform.whl`, a PEP 440 version, no `__` in the name, and Python tags that are
    /// identifiers.
    ///
    /// # Why it matters
    /// The index refuses the file and pip does not install it: both read the name, version and tags from the file name.
    ///
    /// # Example
    /// `demo-1.x-cp38-abi3-win_amd64.whl`: `1.x` is not a version.
    ///
    /// # Fix
    /// Let the build backend name the file; do not rename it by hand.
    pub(super) static RULE: "filename-malformed", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let why = match &wheel.name {
        None => Some("it is not `name-version[-build]-python-abi-platform.whl`".to_owned()),
        Some(name) if name.name.contains("__") => Some("the name contains `__`".to_owned()),
        Some(name) if pep440_rs::Version::from_str(&name.version).is_err() => {
            Some(format!("{:?} is not a PEP 440 version", name.version))
        }
        Some(_) => wheel
            .tags
            .iter()
            .find(|tag| !is_identifier(&tag.python) || tag.abi.is_empty() || tag.platform.is_empty())
            .map(|tag| format!("{:?} is not a tag", tag.to_string())),
    };
    if let Some(why) = why {
        found.add(
            Finding::new(Severity::Error, Place::file(), format!("the file name is malformed: {why}"))
                .fix("let the build backend name the file; do not rename it by hand"),
        );
    }
}
