//! `requires-python-raised`

use std::str::FromStr as _;

use monowheel_wheel::abi::{PythonVersion, admits, ranges};
use pep440_rs::VersionSpecifiers;

use crate::diff::{Found, Level, Lint};
use crate::set::Facts;
use crate::set::Sets;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "requires-python-raised",
    summary: "Requires-Python refuses a Python that it allowed.",
    whom: "Everyone with that Python: pip installs the last release before it.",
    example: [">=3.8", ">=3.10"],
    level: Level::Minor,
};

/// Whether the metadata allows a Python.
pub(super) fn admitted(facts: &Facts, version: PythonVersion) -> bool {
    let specifiers = facts.requires_python.as_deref().and_then(|text| VersionSpecifiers::from_str(text).ok());
    admits(specifiers.as_ref(), version)
}

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    let all = (6..=20).map(|minor| (3, minor));
    let gone: Vec<PythonVersion> =
        all.filter(|version| admitted(sets.old, *version) && !admitted(sets.new, *version)).collect();
    if !gone.is_empty() {
        let shown = |facts: &Facts| facts.requires_python.clone().unwrap_or_else(|| "any Python".to_owned());
        let what = format!("it is {}, and was {}: {} refused", shown(sets.new), shown(sets.old), ranges(&gone));
        found.add(&LINT, "Requires-Python", what);
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, with};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(
                &with(&[], |facts| facts.requires_python = Some(">=3.8".to_owned())),
                &with(&[], |facts| facts.requires_python = Some(">=3.9".to_owned()))
            )
            .contains(&"requires-python-raised")
        );
        assert!(
            !found(
                &with(&[], |facts| facts.requires_python = Some(">=3.9".to_owned())),
                &with(&[], |facts| facts.requires_python = Some(">=3.8".to_owned()))
            )
            .contains(&"requires-python-raised")
        );
        assert!(
            !found(
                &with(&[], |facts| facts.requires_python = Some(">=3.8.1".to_owned())),
                &with(&[], |facts| facts.requires_python = Some(">=3.8".to_owned()))
            )
            .contains(&"requires-python-raised")
        );
    }
}
