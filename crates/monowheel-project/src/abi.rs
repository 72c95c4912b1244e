//! The ABI tags of a wheel, and the syntax of a list of them: `abi3`, `abi3t`, `cp314t`, `cp310-cp315`, `auto`.

use std::fmt;
use std::str::FromStr;

use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::abi::{Family, PythonVersion, dotted, undotted};
use serde::{Deserialize, Serialize};

/// The oldest CPython that a wheel can be built for.
pub const OLDEST: u8 = 8;
/// The newest one: later versions have no settled ABI yet.
pub(crate) const NEWEST: u8 = 15;
/// The first one with a free-threaded build (PEP 703).
const FIRST_FREE_THREADED: u8 = 13;

/// The ABI of a wheel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Abi {
    /// One of the stable ABIs: one wheel supports every CPython from its floor on.
    Stable(Family),
    /// The ABI of a single minor version, and of one of its two builds.
    Version {
        /// CPython 3.`minor`.
        minor: u8,
        /// Whether it is the build without the GIL (PEP 703).
        free_threaded: bool,
    },
}

/// A version of Python as a configuration and the command line write it: `3.10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Floor(PythonVersion);

impl Floor {
    /// The version.
    #[must_use]
    pub const fn version(self) -> PythonVersion {
        self.0
    }
}

impl From<PythonVersion> for Floor {
    fn from(version: PythonVersion) -> Self {
        Self(version)
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&dotted(self.0))
    }
}

impl From<Floor> for String {
    fn from(floor: Floor) -> Self {
        floor.to_string()
    }
}

impl FromStr for Floor {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let version = undotted(text).filter(|version| version.0 == 3 && dotted(*version) == text);
        version.map(Self).ok_or_else(|| format!("{text:?} is not a version such as \"3.10\""))
    }
}

impl TryFrom<String> for Floor {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse()
    }
}

/// One entry of `abis`, or one `--abi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum AbiChoice {
    /// Everything that the crate can be built for: its stable ABIs and those not covered by them, or else one ABI per
    /// CPython.
    Auto,
    /// This one.
    One(Abi),
    /// Every minor version from the first to the last, both included: `cp310-cp315`.
    Range {
        /// The first minor version.
        first: u8,
        /// The last one.
        last: u8,
        /// Whether the builds without the GIL are meant.
        free_threaded: bool,
    },
}

impl Abi {
    /// CPython 3.14's build without the GIL: the only non-experimental one that no stable ABI covers.
    pub const CP314T: Self = Self::Version { minor: 14, free_threaded: true };

    /// The stable ABI, if it is one.
    #[must_use]
    pub const fn family(self) -> Option<Family> {
        match self {
            Self::Stable(family) => Some(family),
            Self::Version { .. } => None,
        }
    }

    /// Whether a wheel of this ABI, with the floor `floor`, supports an interpreter.
    #[must_use]
    pub fn serves(self, floor: PythonVersion, version: PythonVersion, free_threaded: bool) -> bool {
        match self {
            Self::Stable(Family::Abi3) => version >= floor && !free_threaded,
            Self::Stable(Family::Abi3t) => version >= floor,
            Self::Version { minor, free_threaded: build } => version == (3, minor) && build == free_threaded,
        }
    }

    /// The Python and ABI parts of a wheel's tag.
    #[must_use]
    pub fn tag(self, (major, minor): PythonVersion) -> String {
        match self {
            Self::Stable(Family::Abi3) => format!("cp{major}{minor}-abi3"),
            Self::Stable(Family::Abi3t) => format!("cp{major}{minor}-abi3.abi3t"),
            // The Python tag has no `t`: cp314-cp314t.
            Self::Version { .. } => format!("cp{major}{minor}-{self}"),
        }
    }

    /// The names of all.
    #[must_use]
    pub fn names() -> Vec<String> {
        let versions = |first, free_threaded| {
            (first..=NEWEST).map(move |minor| Self::Version { minor, free_threaded }.to_string())
        };
        Family::ALL
            .iter()
            .map(|family| family.name().to_owned())
            .chain(versions(OLDEST, false))
            .chain(versions(FIRST_FREE_THREADED, true))
            .collect()
    }
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stable(family) => f.pad(family.name()),
            Self::Version { minor, free_threaded } => {
                f.pad(&format!("cp3{minor}{}", if *free_threaded { "t" } else { "" }))
            }
        }
    }
}

impl Serialize for AbiChoice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for AbiChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Auto => f.pad("auto"),
            Self::One(abi) => abi.fmt(f),
            Self::Range { first, last, free_threaded } => {
                let [first, last] = [first, last].map(|minor| Abi::Version { minor, free_threaded });
                f.pad(&format!("{first}-{last}"))
            }
        }
    }
}

impl FromStr for Abi {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(family) = Family::ALL.into_iter().find(|family| family.name() == text) {
            return Ok(Self::Stable(family));
        }
        let version = text.strip_prefix("cp3").and_then(|rest| {
            let digits = rest.strip_suffix('t').unwrap_or(rest);
            let minor: u8 = digits.parse().ok()?;
            let found = Self::Version { minor, free_threaded: rest.ends_with('t') };
            let first = if rest.ends_with('t') { FIRST_FREE_THREADED } else { OLDEST };
            // No sign and no leading zero: the name has one spelling.
            ((first..=NEWEST).contains(&minor) && found.to_string() == text).then_some(found)
        });
        version.ok_or_else(|| unknown(text))
    }
}

impl FromStr for AbiChoice {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let Some((first, last)) = text.split_once('-') else { return text.parse().map(Self::One) };
        let range = |what: String, next: &str| Err(Error::new(ErrorKind::Usage, what).next(next));
        match (first.parse::<Abi>()?, last.parse::<Abi>()?) {
            (Abi::Version { minor: first, free_threaded }, Abi::Version { minor: last, free_threaded: of_last })
                if free_threaded == of_last =>
            {
                if first > last {
                    return range(format!("{text} is an empty range"), "put the older version first: cp310-cp315");
                }
                Ok(Self::Range { first, last, free_threaded })
            }
            _ => range(
                format!("{text} is not a range of one kind of build"),
                "write it like cp310-cp315 or cp313t-cp315t; abi3 and abi3t cannot be part of a range",
            ),
        }
    }
}

fn unknown(text: &str) -> Error {
    let names = Abi::names();
    let near = nearest(&text.to_ascii_lowercase(), names.iter().map(String::as_str).chain(["auto"]));
    let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
    Error::new(ErrorKind::Usage, format!("unknown ABI {text:?}")).next(format!(
        "{near}choose from: abi3, abi3t, auto, cp3{OLDEST} to cp3{NEWEST}, cp3{FIRST_FREE_THREADED}t to cp3{NEWEST}t, or a range such as cp310-cp315"
    ))
}

impl From<Abi> for String {
    fn from(abi: Abi) -> Self {
        abi.to_string()
    }
}

impl TryFrom<String> for Abi {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse().map_err(in_one_line)
    }
}

impl TryFrom<String> for AbiChoice {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        text.parse().map_err(in_one_line)
    }
}

/// For serde, which adds the position itself.
fn in_one_line(error: Error) -> String {
    match error.next_step() {
        Some(next) => format!("{}; {next}", error.what()),
        None => error.what().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for name in Abi::names() {
            assert_eq!(name.parse::<Abi>().unwrap().to_string(), name);
        }
        assert_eq!(Abi::names().len(), 2 + 8 + 3);
        for other in ["", "cp3", "cp37", "cp316", "cp312t", "cp3014", "cp3+9", "cp314tt", "CP314", "py3", "abi4"] {
            assert!(other.parse::<Abi>().is_err(), "{other}");
        }
    }

    #[test]
    fn a_list_can_have_ranges() {
        let range = |first, last, free_threaded| AbiChoice::Range { first, last, free_threaded };
        assert_eq!("cp310-cp315".parse::<AbiChoice>().unwrap(), range(10, 15, false));
        assert_eq!("cp313t-cp315t".parse::<AbiChoice>().unwrap(), range(13, 15, true));
        assert_eq!("auto".parse::<AbiChoice>().unwrap(), AbiChoice::Auto);
        let said = |text: &str| text.parse::<AbiChoice>().unwrap_err().to_string();
        assert!(said("cp315-cp310").contains("cp315-cp310 is an empty range"));
        for mixed in ["cp310-cp315t", "abi3-cp315", "abi3-abi3t"] {
            assert!(said(mixed).contains("not a range of one kind"), "{mixed}");
        }
        assert!(said("cp3.14t").contains("unknown ABI \"cp3.14t\"") && said("cp314T").contains("did you mean cp314t?"));
    }

    #[test]
    fn which_interpreter_a_wheel_serves() {
        let abi3 = Abi::Stable(Family::Abi3);
        assert!(abi3.serves((3, 10), (3, 12), false) && !abi3.serves((3, 10), (3, 12), true));
        assert!(!abi3.serves((3, 10), (3, 9), false));
        assert!(Abi::CP314T.serves((3, 14), (3, 14), true) && !Abi::CP314T.serves((3, 14), (3, 14), false));
        assert!(!Abi::CP314T.serves((3, 14), (3, 15), true));
        assert_eq!(Abi::CP314T.tag((3, 14)), "cp314-cp314t");
    }
}
