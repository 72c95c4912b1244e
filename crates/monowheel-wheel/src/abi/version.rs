//! Minor versions of Python.

use pep440_rs::{Version, VersionSpecifiers};

/// A minor version of Python 3, as `(3, minor)`.
pub type PythonVersion = (u8, u8);

/// `3.8`.
#[must_use]
pub fn dotted((major, minor): PythonVersion) -> String {
    format!("{major}.{minor}")
}

/// The inverse: `3.8` is `(3, 8)`.
#[must_use]
pub fn undotted(text: &str) -> Option<PythonVersion> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// The version of a Python tag: `cp38` is `(3, 8)`, `cp310` is `(3, 10)`; `None` for `py3` and other
/// implementations.
#[must_use]
pub fn cpython_of_tag(python: &str) -> Option<PythonVersion> {
    let digits = python.strip_prefix("cp")?;
    let (major, minor) = digits.split_at_checked(1)?;
    // `cp3` has no minor version: the first 3.
    let minor = if minor.is_empty() { 0 } else { minor.parse().ok()? };
    Some((major.parse().ok()?, minor))
}

/// A display list of versions: `3.6 to 3.8, 3.10`. They must be in order.
#[must_use]
pub fn ranges(versions: &[PythonVersion]) -> String {
    let runs = versions.chunk_by(|a, b| a.0 == b.0 && a.1.checked_add(1) == Some(b.1));
    let texts = runs.map(|run| match run {
        [] => String::new(),
        [one] => dotted(*one),
        [first, .., last] if run.len() == 2 => format!("{}, {}", dotted(*first), dotted(*last)),
        [first, .., last] => format!("{} to {}", dotted(*first), dotted(*last)),
    });
    texts.collect::<Vec<_>>().join(", ")
}

/// Whether `Requires-Python` admits some release of `version`; without one, every version is admitted.
#[must_use]
pub fn admits(requires_python: Option<&VersionSpecifiers>, (major, minor): PythonVersion) -> bool {
    // A late patch release stands for all: a bound within a minor version (`>=3.8.1`) admits it.
    let late = [u64::from(major), u64::from(minor), 99];
    requires_python.is_none_or(|specifiers| specifiers.contains(&Version::new(late)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_tags() {
        assert_eq!(cpython_of_tag("cp38"), Some((3, 8)));
        assert_eq!(cpython_of_tag("cp315"), Some((3, 15)));
        assert_eq!(cpython_of_tag("cp3"), Some((3, 0)));
        for other in ["py3", "cp", "cpx", "pp39", "cp3x", "cpé1"] {
            assert_eq!(cpython_of_tag(other), None, "{other}");
        }
    }

    #[test]
    fn dots() {
        assert_eq!(undotted(&dotted((3, 15))), Some((3, 15)));
        for other in ["", "3", "3.x", "3.8.1", "3.999"] {
            assert_eq!(undotted(other), None, "{other}");
        }
    }

    #[test]
    fn ranges_for_people() {
        assert_eq!(ranges(&[(3, 6), (3, 7), (3, 8), (3, 10)]), "3.6 to 3.8, 3.10");
        assert_eq!(ranges(&[(3, 8), (3, 9)]), "3.8, 3.9");
        assert_eq!(ranges(&[]), "");
    }

    #[test]
    fn requires_python() {
        let admitted = |text: &str, minor| {
            text.parse::<VersionSpecifiers>().is_ok_and(|specifiers| admits(Some(&specifiers), (3, minor)))
        };
        assert!(admitted(">=3.8", 8) && !admitted(">=3.8", 7));
        assert!(admitted(">=3.8.1", 8) && admitted(">=3.6, !=3.7.*", 8) && !admitted(">=3.6, !=3.7.*", 7));
        assert!(admits(None, (3, 2)));
    }
}
