//! The rule `wheel-file-malformed`.

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// The WHEEL file cannot be parsed, or contains invalid values.
    ///
    /// # What it does
    /// Checks `Wheel-Version` (1.0 is the only version), `Root-Is-Purelib` (`true` or `false`), the presence of `Tag`,
    /// and `Build`, which has to match the build number in the file name.
    ///
    /// # Why it matters
    /// pip and uv refuse a wheel without a `Wheel-Version`, or with one above 1. Without `Root-Is-Purelib` they assume
    /// `false`. Without `Tag` a check of the installed environment (`pip check`) has nothing to compare.
    ///
    /// # Example
    /// `Wheel-Version: 2.0`
    ///
    /// # Fix
    /// Let the build backend write WHEEL; edit it with `wheel tags`.
    pub(super) static RULE: "wheel-file-malformed", Package, Error, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(file) = &wheel.wheel_file else { return };
    let mut say = |severity, message: String| {
        found.add(
            Finding::new(severity, wheel.info("WHEEL"), message)
                .fix("let the build backend write WHEEL, and change tags with `wheel tags`"),
        );
    };
    if file.headers.not_utf8 {
        say(Severity::Error, "WHEEL is not UTF-8".to_owned());
    }
    match file.wheel_version() {
        None => say(Severity::Error, "WHEEL has no Wheel-Version".to_owned()),
        Some(text) => match numbers(text).as_deref() {
            None => say(Severity::Error, format!("Wheel-Version {text:?} is not a version")),
            Some([major, ..]) if *major > 1 => {
                say(Severity::Error, format!("Wheel-Version {text} is not supported by any installer"));
            }
            Some([1, 0]) => {}
            Some(_) => say(Severity::Warning, format!("Wheel-Version is {text}; 1.0 is the only version")),
        },
    }
    match file.headers.first("Root-Is-Purelib") {
        Some(value) if file.root_is_purelib().is_none() => {
            say(Severity::Warning, format!("Root-Is-Purelib {value:?} is neither true nor false"));
        }
        None => say(Severity::Warning, "WHEEL has no Root-Is-Purelib".to_owned()),
        Some(_) => {}
    }
    if file.tags().next().is_none() {
        say(Severity::Warning, "WHEEL has no Tag".to_owned());
    }
    let named = wheel.name.as_ref().and_then(|name| name.build.as_deref());
    if let Some(build) = file.build().filter(|build| wheel.name.is_some() && named != Some(*build)) {
        let named = named.unwrap_or("none");
        say(Severity::Warning, format!("WHEEL has the build number {build:?}, the file name has {named}"));
    }
}

fn numbers(version: &str) -> Option<Vec<u32>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}
