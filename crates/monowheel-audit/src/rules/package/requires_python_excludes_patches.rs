use monowheel_wheel::abi::PythonVersion;
use pep440_rs::{Operator, Version, VersionSpecifier, VersionSpecifiers};

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// `Requires-Python` allows the first release of a minor version of Python, and not the later ones.
    ///
    /// # What it does
    /// Looks for `<=3.12` and `==3.11` in `Requires-Python`. A version without a third number is that of the first
    /// release (PEP 440): `<=3.12` allows 3.12.0 and excludes 3.12.1. `==3.9.7` allows only that release.
    ///
    /// # Why it matters
    /// Hardly anybody has the first release. Installers then pick an older version of the project, or fail with
    /// *requires a different Python: 3.12.7 not in '<=3.12'*.
    ///
    /// # Example
    /// `Requires-Python: >=3.9,<=3.12`
    ///
    /// # Fix
    /// Write `<3.13` for `<=3.12`, and `==3.11.*` for `==3.11`. Better still, state no upper limit.
    pub(super) static RULE: "requires-python-excludes-patches", Package, Warning, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(text) = wheel.metadata.as_ref().and_then(|metadata| metadata.requires_python()) else { return };
    let Ok(specifiers) = text.parse::<VersionSpecifiers>() else { return };
    for specifier in specifiers.iter() {
        if let Some(instead) = only_patch(specifier) {
            let message = format!("Requires-Python {text} allows only Python {}", specifier.version());
            let fix = format!("write `{instead}` instead of `{specifier}` in `requires-python`");
            found.add(Finding::new(Severity::Warning, wheel.info("METADATA"), message).fix(fix));
        }
        let Some((major, minor)) = first_of(specifier) else { continue };
        let release = |patch| Version::new([u64::from(major), u64::from(minor), patch]);
        // Another clause excludes the version anyway, or the later releases on purpose.
        if !specifiers.contains(&release(0)) || specifiers.contains(&release(1)) {
            continue;
        }
        let instead = match specifier.operator() {
            Operator::LessThanEqual => format!("<{major}.{}", u16::from(minor) + 1),
            _ => format!("=={major}.{minor}.*"),
        };
        let message =
            format!("Requires-Python {text} allows Python {major}.{minor}.0 but not {major}.{minor}.1 and later");
        found.add(
            Finding::new(Severity::Warning, wheel.info("METADATA"), message)
                .fix(format!("write `{instead}` instead of `{specifier}` in `requires-python`")),
        );
    }
}

/// What to write for a clause that allows a single patch release.
fn only_patch(specifier: &VersionSpecifier) -> Option<String> {
    let is_exact = matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual);
    match specifier.version().release() {
        [major, minor, _] if is_exact => Some(format!("=={major}.{minor}.*")),
        _ => None,
    }
}

/// The minor version whose first release is the last that a clause allows.
fn first_of(specifier: &VersionSpecifier) -> Option<PythonVersion> {
    if !matches!(specifier.operator(), Operator::LessThanEqual | Operator::Equal) {
        return None;
    }
    let release = specifier.version().release();
    let [major, minor] = release[..] else { return None };
    Some((u8::try_from(major).ok()?, u8::try_from(minor).ok()?))
}
