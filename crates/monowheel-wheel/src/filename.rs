//! Wheel file names and compatibility tags (binary distribution format; PEP 425).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr as _;

use monowheel_error::{Error, ErrorKind, Result};

/// The parts of `name-version[-build]-python-abi-platform.whl`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct WheelName {
    /// The distribution's name, escaped as in the file name.
    pub name: String,
    /// The version, escaped as in the file name.
    pub version: String,
    /// The build tag.
    pub build: Option<String>,
    /// The compressed tag set, `python-abi-platform`.
    pub tag: String,
}

impl WheelName {
    /// Parses a file name (no directory).
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when it is not a wheel's name.
    pub fn parse(file: &str) -> Result<Self> {
        let bad = || {
            Error::new(ErrorKind::Format, format!("{file:?} is not the file name of a wheel"))
                .next("name it like name-version[-build]-python-abi-platform.whl")
        };
        // No file system has longer names, and a compressed tag set expands to the product of its parts.
        if file.len() > 255 {
            return Err(bad());
        }
        let stem = file.strip_suffix(".whl").ok_or_else(bad)?;
        let parts: Vec<&str> = stem.split('-').collect();
        let is_word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "._+!".contains(c));
        if !parts.iter().all(is_word) {
            return Err(bad());
        }
        let (name, version, build, tag) = match parts.as_slice() {
            [name, version, tag @ ..] if tag.len() == 3 => (name, version, None, tag),
            [name, version, build, tag @ ..] if tag.len() == 3 && build.starts_with(|c: char| c.is_ascii_digit()) => {
                (name, version, Some(build), tag)
            }
            _ => return Err(bad()),
        };
        Ok(Self {
            name: (*name).to_owned(),
            version: (*version).to_owned(),
            build: build.map(|build| (*build).to_owned()),
            tag: tag.join("-"),
        })
    }
}

impl fmt::Display for WheelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.name, self.version)?;
        if let Some(build) = &self.build {
            write!(f, "-{build}")?;
        }
        write!(f, "-{}.whl", self.tag)
    }
}

/// Whether two versions are equal (PEP 440: `1.0` is `1.00`); `None` if one is not a version.
#[must_use]
pub fn same_version(a: &str, b: &str) -> Option<bool> {
    Some(pep440_rs::Version::from_str(a).ok()? == pep440_rs::Version::from_str(b).ok()?)
}

/// No meaningful set has more tags than this; a name of 255 bytes could produce 70,000.
pub const MOST_TAGS: usize = 1_000;

/// Every single tag of a compressed set: `cp315-abi3.abi3t-win32` has two. A set that would exceed the
/// limit is left as it is: one tag, which matches nothing.
#[must_use]
pub fn expand(tag: &str) -> BTreeSet<String> {
    let parts: Vec<Vec<&str>> = tag.splitn(3, '-').map(|part| part.split('.').collect()).collect();
    let [pythons, abis, platforms] = parts.as_slice() else { return BTreeSet::new() };
    let count = pythons.len().saturating_mul(abis.len()).saturating_mul(platforms.len());
    if count > MOST_TAGS {
        return BTreeSet::from([tag.to_owned()]);
    }
    let mut tags = BTreeSet::new();
    for python in pythons {
        for abi in abis {
            tags.extend(platforms.iter().map(|platform| format!("{python}-{abi}-{platform}")));
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_compressed_set_expands() {
        let tags: Vec<String> = expand("cp315-abi3.abi3t-a.b").into_iter().collect();
        assert_eq!(tags, ["cp315-abi3-a", "cp315-abi3-b", "cp315-abi3t-a", "cp315-abi3t-b"]);
    }

    #[test]
    fn versions_compare_as_pep_440_says() {
        assert_eq!(same_version("1.0", "1.0.0"), Some(true));
        assert_eq!(same_version("1.0rc1", "1.0-rc.1"), Some(true));
        assert_eq!(same_version("1.0", "1.0.post1"), Some(false));
        assert_eq!(same_version("1.x", "1.0"), None);
    }

    #[test]
    fn a_set_that_multiplies_beyond_measure_is_not_expanded() {
        let many = vec!["a"; 100_000].join(".");
        assert_eq!(expand(&format!("{many}-{many}-{many}")).len(), 1);
        assert!(expand("cp38-abi3").is_empty());
    }

    #[test]
    fn a_build_tag_begins_with_a_digit() {
        assert!(WheelName::parse("x-1-1a-py3-none-any.whl").is_ok_and(|name| name.build.as_deref() == Some("1a")));
        assert!(WheelName::parse("x-1-a1-py3-none-any.whl").is_err());
    }

    proptest! {
        #[test]
        fn names_survive(name in "[A-Za-z0-9_]{1,9}", version in "[0-9][0-9.a-z]{0,5}", tag in "[a-z0-9.]{1,8}-[a-z0-9.]{1,8}-[a-z0-9_.]{1,20}") {
            let file = format!("{name}-{version}-{tag}.whl");
            let parsed = WheelName::parse(&file).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(parsed.to_string(), file);
        }

        #[test]
        fn each_single_tag_is_there_once(sets in proptest::collection::vec(proptest::collection::btree_set("[a-z0-9_]{1,6}", 1..4), 3)) {
            let parts: Vec<String> = sets.iter().map(|set| set.iter().cloned().collect::<Vec<_>>().join(".")).collect();
            let tags = expand(&parts.join("-"));
            prop_assert_eq!(tags.len(), sets.iter().map(std::collections::BTreeSet::len).product::<usize>());
            for tag in tags {
                let single: Vec<&str> = tag.split('-').collect();
                prop_assert!(single.iter().zip(&sets).all(|(part, set)| set.contains(*part)));
            }
        }

        #[test]
        fn any_text_is_parsed_or_refused(text in "\\PC{0,40}") {
            if let Ok(name) = WheelName::parse(&text) {
                prop_assert_eq!(name.to_string(), text);
            }
        }
    }
}
