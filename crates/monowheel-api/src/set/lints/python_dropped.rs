//! `python-dropped`

use std::collections::BTreeMap;

use crate::diff::{Found, Level, Lint};
use crate::set::Sets;
use crate::set::lints::requires_python_raised::admitted;

/// The lint.
pub(super) const LINT: Lint = Lint {
    id: "python-dropped",
    summary: "No wheel is for a Python any more that Requires-Python still allows.",
    whom: "Everyone with that Python: pip compiles the sdist, or fails.",
    example: ["demo-1.0-cp38-abi3-win_amd64.whl", "demo-2.0-cp310-abi3-win_amd64.whl"],
    level: Level::Major,
};

pub(crate) fn check(sets: &Sets<'_>, found: &mut Found) {
    // Where Requires-Python refuses it, pip installs the last release that supports it.
    let is_allowed = |python: &str| {
        let version = python.strip_prefix("CPython ").or_else(|| python.strip_prefix("PyPy "));
        let Some((major, minor)) = version.and_then(|version| version.split_once('.')) else { return true };
        match (major.parse(), minor.parse()) {
            (Ok(major), Ok(minor)) => admitted(sets.new, (major, minor)) && admitted(sets.old, (major, minor)),
            _ => true,
        }
    };
    let mut dropped: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut shared = 0_usize;
    for (name, old) in &sets.old_coverage.platforms {
        let Some(new) = sets.new_coverage.platforms.get(name) else { continue };
        shared += 1;
        for python in old.pythons.iter().filter(|python| !new.pythons.contains(*python) && is_allowed(python)) {
            dropped.entry(python).or_default().push(name);
        }
    }
    for (python, platforms) in dropped {
        let what = match platforms.len() == shared {
            true => "no wheel is for it any more".to_owned(),
            false => format!("no wheel is for it any more on {}", platforms.join(", ")),
        };
        found.add(&LINT, python, what);
    }
}

#[cfg(test)]
mod tests {
    use crate::set::lints::tests::{found, wheels, with};

    #[test]
    fn fires_and_does_not_fire() {
        assert!(
            found(&wheels(&["cp38-abi3-manylinux_2_17_x86_64"]), &wheels(&["cp310-abi3-manylinux_2_17_x86_64"]))
                .contains(&"python-dropped")
        );
        assert!(
            found(&wheels(&["cp312-cp312-win_amd64", "cp313-cp313-win_amd64"]), &wheels(&["cp313-cp313-win_amd64"]))
                .contains(&"python-dropped")
        );
        assert!(
            found(&wheels(&["pp310-pypy310_pp73-win_amd64", "cp38-abi3-win_amd64"]), &wheels(&["cp38-abi3-win_amd64"]))
                .contains(&"python-dropped")
        );
        assert!(
            !found(&wheels(&["cp38-abi3-manylinux_2_17_x86_64"]), &wheels(&["cp37-abi3-manylinux_2_17_x86_64"]))
                .contains(&"python-dropped")
        );
        assert!(
            !found(&wheels(&["cp312-cp312-win_amd64"]), &wheels(&["cp38-abi3-win_amd64"])).contains(&"python-dropped")
        );
        assert!(
            !found(
                &with(&["cp38-abi3-win_amd64"], |facts| facts.requires_python = Some(">=3.8".to_owned())),
                &with(&["cp39-abi3-win_amd64"], |facts| facts.requires_python = Some(">=3.9".to_owned()))
            )
            .contains(&"python-dropped")
        );
    }
}
