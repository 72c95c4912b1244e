use std::collections::BTreeSet;

use monowheel_wheel::abi::exports::KNOWN;
use monowheel_wheel::abi::{Family, PythonVersion, admits, ranges};
use monowheel_wheel::tag::Tag;
use pep440_rs::VersionSpecifiers;

use crate::finding::{Finding, Place, Severity};
use crate::rule::{Found, rule};
use crate::set::{Outline, Set};

rule! {
    /// `Requires-Python` allows Python versions below the floor of every wheel.
    ///
    /// # What it does
    /// For a release with wheels for the stable ABI, compares the lowest version that any of its wheels supports with
    /// `Requires-Python`. A sibling wheel for the older versions satisfies the rule (`coverage-gap` reports platforms
    /// without one). A single wheel, whose siblings may be elsewhere, gets a note.
    ///
    /// # Why it matters
    /// On those versions pip considers the release compatible, finds no wheel and builds the sdist, which needs a
    /// compiler. Without an sdist it installs an older release or fails.
    ///
    /// # Example
    /// `Requires-Python: >=3.8` in `demo-1.0-cp311-abi3-win_amd64.whl`, and no other wheel.
    ///
    /// # Fix
    /// Raise `requires-python` in `pyproject.toml` to the floor, or ship wheels for the older versions.
    pub(super) static RULE: "requires-python-below-floor", Abi, Warning, Set(check);
}

fn check(set: &Set, found: &mut Found<'_>) {
    let is_stable = |wheel: &&Outline| wheel.tags.iter().any(|tag| tag.family().is_some());
    let releases: BTreeSet<(&str, &str)> = set
        .wheels
        .iter()
        .filter(is_stable)
        .filter_map(|wheel| Some((wheel.version.as_deref()?, wheel.requires_python.as_deref()?)))
        .collect();
    for (version, requires) in releases {
        let Ok(specifiers) = requires.parse::<VersionSpecifiers>() else { continue };
        let siblings: Vec<&Outline> =
            set.wheels.iter().filter(|wheel| wheel.version.as_deref() == Some(version)).collect();
        let Some(floor) = siblings.iter().flat_map(|wheel| &wheel.tags).filter_map(oldest).min() else { continue };
        let below = (*KNOWN.start()..floor.1).map(|minor| (3, minor));
        let admitted: Vec<PythonVersion> = below.filter(|version| admits(Some(&specifiers), *version)).collect();
        if admitted.is_empty() {
            continue;
        }
        let then = if set.sdists.is_empty() { "" } else { "; pip builds the sdist there" };
        let message = format!(
            "Requires-Python {requires} allows CPython {}, for which there is no wheel{then}",
            ranges(&admitted)
        );
        let severity = if siblings.len() > 1 { Severity::Warning } else { Severity::Note };
        found.add(
            Finding::new(severity, Place::file(), message)
                .fix("raise requires-python to the floor of the wheels, or add wheels for the older versions"),
        );
    }
}

/// The lowest version with the GIL that a tag supports; `py3` supports all.
fn oldest(tag: &Tag) -> Option<PythonVersion> {
    match tag.cpython() {
        Some(_) if tag.family() == Some(Family::Abi3t) || tag.abi.ends_with('t') => None,
        Some(version) => Some(version),
        None if tag.python.starts_with("py") => Some((3, 0)),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(wheels: &[(&str, &str)], sdists: &[&str]) -> Vec<(Severity, String)> {
        let wheels = wheels.iter().map(|(tag, requires)| Outline {
            version: Some("1.0".to_owned()),
            tags: monowheel_wheel::filename::expand(tag).iter().filter_map(|tag| Tag::parse(tag)).collect(),
            requires_python: Some((*requires).to_owned()),
            ..Outline::default()
        });
        let set = Set {
            wheels: wheels.collect(),
            sdists: sdists.iter().map(|sdist| (*sdist).to_owned()).collect(),
            ..Set::default()
        };
        let mut findings = Vec::new();
        check(&set, &mut Found::new(&RULE, &mut findings));
        findings.into_iter().map(|finding| (finding.severity, finding.message)).collect()
    }

    #[test]
    fn a_lone_wheel_gets_a_note() {
        let said = said(&[("cp311-abi3-win_amd64", ">=3.8")], &["demo-1.0.tar.gz"]);
        assert_eq!(
            said,
            [(
                Severity::Note,
                "Requires-Python >=3.8 allows CPython 3.8 to 3.10, for which there is no wheel; pip builds the sdist there"
                    .to_owned()
            )]
        );
    }

    #[test]
    fn a_sibling_covers_the_older_versions() {
        let new = ("cp311-abi3-macosx_11_0_arm64", ">=3.8");
        let universal = "cp38-abi3-macosx_10_12_universal2.macosx_10_12_x86_64.macosx_11_0_arm64";
        assert_eq!(said(&[new, (universal, ">=3.8")], &[]), []);
        // `coverage-gap` reports macOS.
        assert_eq!(said(&[new, ("cp38-abi3-win_amd64", ">=3.8")], &[]), []);
        let exact = ["cp38-cp38", "cp39-cp39", "cp310-cp310"].map(|tag| format!("{tag}-macosx_11_0_arm64"));
        let mut wheels: Vec<(&str, &str)> = exact.iter().map(|tag| (tag.as_str(), ">=3.8")).collect();
        wheels.push(new);
        assert_eq!(said(&wheels, &[]), []);
        assert_eq!(said(&[new, ("py3-none-any", ">=3.8")], &[]), []);
        // A free-threaded sibling covers no build with the GIL.
        let free_threaded = ("cp38-abi3t-macosx_11_0_arm64", ">=3.11");
        assert_eq!(said(&[new, free_threaded], &[])[0].0, Severity::Warning);
    }

    #[test]
    fn the_floor_itself_is_fine() {
        assert_eq!(said(&[("cp38-abi3-win_amd64", ">=3.8"), ("cp315-abi3.abi3t-win_amd64", ">=3.8")], &[]), []);
        assert_eq!(said(&[("cp311-abi3-win_amd64", ">=3.11")], &[]), []);
        assert_eq!(said(&[("cp311-abi3-win_amd64", "nonsense")], &[]), []);
        assert_eq!(said(&[("cp311-cp311-win_amd64", ">=3.8")], &[]), []);
    }
}
