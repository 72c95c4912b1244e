use monowheel_wheel::abi::{PythonVersion, admits};
use monowheel_wheel::tag::Tag;
use pep440_rs::{Version, VersionSpecifiers};

use crate::facts::Facts;
use crate::finding::{Finding, Severity};
use crate::rule::{Found, rule};

rule! {
    /// `Requires-Python` excludes every Python that the wheel is tagged for.
    ///
    /// # What it does
    /// Lists the minor versions that each tag of the file name supports (`cp312-cp312` that version, `cp39-abi3` and
    /// `py3-none` that one and all later ones) and looks for one that `Requires-Python` allows.
    ///
    /// # Why it matters
    /// No installer ever selects the wheel, because both the tag and the metadata have to match. Users get an older
    /// release, or a build from the sdist.
    ///
    /// # Example
    /// `demo-1.0-cp312-cp312-win_amd64.whl` with `Requires-Python: >=3.13` (astral-sh/uv#4696).
    ///
    /// # Fix
    /// Correct `requires-python` in `[project]`, or build the wheel with a Python that it allows.
    pub(super) static RULE: "requires-python-excludes-tag", Package, Error, One(check);
}

/// Minor versions later than this are not checked.
const LAST: u8 = 40;

/// No minor version has had more releases (3.8 ended with 3.8.20, 2.7 with 2.7.18).
const MOST_PATCHES: u64 = 30;

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    let Some(text) = wheel.metadata.as_ref().and_then(|metadata| metadata.requires_python()) else { return };
    // An invalid specifier is reported by another rule, and installers ignore it.
    let Ok(specifiers) = text.parse::<VersionSpecifiers>() else { return };
    let served: Option<Vec<Vec<PythonVersion>>> = wheel.tags.iter().map(served).collect();
    // An unknown tag may be for any version.
    let Some(served) = served.filter(|served| !served.is_empty()) else { return };
    if served.iter().flatten().any(|version| admits_some(&specifiers, *version)) {
        return;
    }
    let mut tags: Vec<String> = wheel.tags.iter().map(|tag| format!("{}-{}", tag.python, tag.abi)).collect();
    tags.dedup();
    let message = format!("Requires-Python {text} excludes every Python that {} supports", tags.join(" or "));
    found.add(
        Finding::new(Severity::Error, wheel.info("METADATA"), message)
            .fix("correct `requires-python` in [project], or build with a Python that it allows"),
    );
}

/// Whether some release of a minor version is allowed: `==3.11` allows 3.11.0.
fn admits_some(specifiers: &VersionSpecifiers, version: PythonVersion) -> bool {
    let (major, minor) = (u64::from(version.0), u64::from(version.1));
    admits(Some(specifiers), version)
        || (0..=MOST_PATCHES).any(|patch| specifiers.contains(&Version::new([major, minor, patch])))
}

/// The minor versions that a tag supports; `None` if unknown.
fn served(tag: &Tag) -> Option<Vec<PythonVersion>> {
    let one_of = |prefix: &str| {
        let digits = tag.python.strip_prefix(prefix)?;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (major, minor) = digits.split_at(1);
        let major = major.parse().ok()?;
        Some((major, if minor.is_empty() { None } else { Some(minor.parse().ok()?) }))
    };
    let from = |major: u8, first: u8| (first..=first.max(LAST)).map(|minor| (major, minor)).collect();
    match (one_of("cp"), one_of("pp"), one_of("py")) {
        (Some((major, Some(minor))), ..) if tag.family().is_some() => Some(from(major, minor)),
        (Some((major, Some(minor))), ..) | (_, Some((major, Some(minor))), _) => Some(vec![(major, minor)]),
        (.., Some((major, minor))) => Some(from(major, minor.unwrap_or(0))),
        _ => None,
    }
}
