//! The least next version for a change, and whether a version is one.
//!
//! Before 1.0, `SemVer` promises nothing; in practice, as cargo and most projects on the index do it, `0.Y` takes the
//! place of the major version, and `0.Y.Z` that of the minor.

use std::str::FromStr as _;

use pep440_rs::Version;

use crate::diff::Level;

/// The least version after `old` that may have changes of this level; none if `old` is not a version.
#[must_use]
pub fn least(old: &str, level: Level) -> Option<String> {
    let version = Version::from_str(old).ok()?;
    // A pre-release promises nothing to its own final release.
    if version.any_prerelease() {
        let final_release: Vec<String> = version.release().iter().map(ToString::to_string).collect();
        return Some(final_release.join("."));
    }
    let part = |index: usize| version.release().get(index).copied().unwrap_or(0);
    let (major, minor, patch) = (part(0), part(1), part(2));
    let next = match (level, major) {
        (Level::Major, 0) => [0, minor + 1, 0],
        (Level::Major, _) => [major + 1, 0, 0],
        (Level::Minor, 1..) => [major, minor + 1, 0],
        (Level::Minor | Level::Patch, _) => [major, minor, patch + 1],
    };
    Some(next.map(|part| part.to_string()).join("."))
}

/// Whether `new` is at least the version that a change of this level after `old` needs; none if one of them is not a
/// version.
#[must_use]
pub fn is_enough(old: &str, new: &str, level: Level) -> Option<bool> {
    let needed = Version::from_str(&least(old, level)?).ok()?;
    let new = Version::from_str(new).ok()?;
    // `2.0rc1` announces what 2.0 changes.
    let release = |version: &Version| {
        let mut parts: Vec<u64> = version.release().to_vec();
        parts.resize(4, 0);
        (version.epoch(), parts)
    };
    Some(
        release(&new) >= release(&needed)
            || (level == Level::Patch && Version::from_str(old).is_ok_and(|old| new >= old)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_next_version() {
        let all =
            |old: &str| [Level::Patch, Level::Minor, Level::Major].map(|level| least(old, level).unwrap_or_default());
        assert_eq!(all("1.2.3"), ["1.2.4", "1.3.0", "2.0.0"]);
        assert_eq!(all("0.2.3"), ["0.2.4", "0.2.4", "0.3.0"]);
        assert_eq!(all("2024.1"), ["2024.1.1", "2024.2.0", "2025.0.0"]);
        assert_eq!(all("2.0rc1"), ["2.0", "2.0", "2.0"]);
        assert_eq!(least("nonsense", Level::Major), None);
    }

    #[test]
    fn enough_or_not() {
        for (old, new, level, expected) in [
            ("1.2.3", "1.2.4", Level::Major, Some(false)),
            ("1.2.3", "2.0.0rc1", Level::Major, Some(true)),
            ("1.2.3", "1.3", Level::Minor, Some(true)),
            ("0.2.3", "0.2.4", Level::Major, Some(false)),
            ("0.2.3", "0.3.0", Level::Major, Some(true)),
            ("1.2.3", "1.2.3", Level::Patch, Some(true)),
            ("1.2.3", "1.2.3", Level::Minor, Some(false)),
            ("x", "1.0", Level::Patch, None),
        ] {
            assert_eq!(is_enough(old, new, level), expected, "{old} {new} {level:?}");
        }
    }
}
