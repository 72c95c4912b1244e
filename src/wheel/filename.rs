//! Wheel file names and compatibility tags (binary distribution format; PEP 425).

use std::collections::BTreeSet;
use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// The parts of `name-version[-build]-python-abi-platform.whl`.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Parses a file name (no folder).
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when it is no wheel's name.
    pub fn parse(file: &str) -> Result<Self> {
        let bad = || {
            Error::new(ErrorKind::Format, format!("{file:?} is not the file name of a wheel"))
                .next("name-version[-build]-python-abi-platform.whl")
        };
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

/// Every single tag of a compressed set: `cp315-abi3.abi3t-win32` has two.
#[must_use]
pub fn expand(tag: &str) -> BTreeSet<String> {
    let mut parts = tag.splitn(3, '-').map(|part| part.split('.').collect::<Vec<_>>());
    let (pythons, abis, platforms) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let mut tags = BTreeSet::new();
    for python in &pythons {
        for abi in &abis {
            tags.extend(platforms.iter().map(|platform| format!("{python}-{abi}-{platform}")));
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_compressed_set_expands() {
        let tags: Vec<String> = expand("cp315-abi3.abi3t-a.b").into_iter().collect();
        assert_eq!(tags, ["cp315-abi3-a", "cp315-abi3-b", "cp315-abi3t-a", "cp315-abi3t-b"]);
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
        fn any_text_is_parsed_or_refused(text in "\\PC{0,40}") {
            if let Ok(name) = WheelName::parse(&text) {
                prop_assert_eq!(name.to_string(), text);
            }
        }
    }
}
