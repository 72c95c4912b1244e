//! One compatibility tag, `python-abi-platform` (PEP 425).

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::abi::{self, Family, PythonVersion};
use crate::platform::PlatformTag;

/// A single tag, not a compressed set.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag {
    /// `cp38`, `py3`.
    pub python: String,
    /// `abi3`, `abi3t`, `cp314t`, `none`.
    pub abi: String,
    /// `win_amd64`, `any`.
    pub platform: String,
}

impl Tag {
    /// Parses `python-abi-platform`.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-').map(str::to_owned);
        let parsed = Self { python: parts.next()?, abi: parts.next()?, platform: parts.next()? };
        parts.next().is_none().then_some(parsed)
    }

    /// The `CPython` version of the Python tag, `None` for `py3` and other implementations.
    #[must_use]
    pub fn cpython(&self) -> Option<PythonVersion> {
        abi::cpython_of_tag(&self.python)
    }

    /// The stable ABI in the tag, if any.
    #[must_use]
    pub fn family(&self) -> Option<Family> {
        Family::ALL.into_iter().find(|family| family.name() == self.abi)
    }

    /// The platform of the tag.
    #[must_use]
    pub fn platform(&self) -> PlatformTag {
        PlatformTag::parse(&self.platform)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.python, self.abi, self.platform)
    }
}

impl Serialize for Tag {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Tag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a compatibility tag"))
    }
}
