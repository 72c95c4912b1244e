//! The Pythons and platforms of a lock: all that a release has wheels for, or fewer.

use std::str::FromStr;

use monowheel_audit::resolve::{Machine, Resolver, interpreters, machines};
use monowheel_audit::set::{Coverage, CoverageRow, Interpreter, Outline, Set};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::abi::undotted;
use serde::{Deserialize, Serialize};

/// The scope of a lock; everything if both lists are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Scope {
    /// Platforms: as in the coverage map, as in wheel tags, without a version (`manylinux_x86_64`), or as in the lab.
    #[serde(default)]
    pub platforms: Vec<String>,
    /// Pythons.
    #[serde(default)]
    pub pythons: Vec<Python>,
}

/// A `CPython` as a person writes it: `3.12`, `3.14t`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Python(pub Interpreter);

impl FromStr for Python {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (version, free_threaded) = text.strip_suffix('t').map_or((text, false), |version| (version, true));
        match undotted(version).filter(|version| (3, 8) <= *version) {
            Some(version) => Ok(Self(Interpreter { version, free_threaded })),
            None => Err(Error::new(ErrorKind::Usage, format!("{text:?} is not a CPython version from 3.8 on"))
                .next("write two numbers, and a t for a free-threaded build: 3.12, 3.14t")),
        }
    }
}

impl TryFrom<String> for Python {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Python> for String {
    fn from(python: Python) -> Self {
        python.0.to_string()
    }
}

impl Scope {
    /// Whether it includes everything.
    #[must_use]
    pub(crate) fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// The options that select it.
    #[must_use]
    pub(crate) fn words(&self) -> Vec<String> {
        let platforms = self.platforms.iter().flat_map(|platform| ["--platform".to_owned(), platform.clone()]);
        let pythons = self.pythons.iter().flat_map(|python| ["--python".to_owned(), python.0.to_string()]);
        platforms.chain(pythons).collect()
    }

    /// The wheels that installers select within this scope; platforms without one are included.
    #[must_use]
    pub(crate) fn coverage(&self, wheels: &[Outline]) -> Coverage {
        self.coverage_on(&self.machines(wheels), wheels)
    }

    /// The same on these machines.
    #[must_use]
    pub(crate) fn coverage_on(&self, machines: &[Machine], wheels: &[Outline]) -> Coverage {
        let pythons = match self.pythons.as_slice() {
            [] => interpreters(),
            some => some.iter().map(|python| python.0.clone()).collect(),
        };
        let resolver = Resolver::new(wheels);
        let choose = |python: &Interpreter, machine| resolver.choose(python, machine).map(|wheel| wheel.file.clone());
        let rows = machines.iter().map(|machine| CoverageRow {
            platform: machine.name(),
            wheels: pythons.iter().map(|python| choose(python, machine)).collect(),
        });
        Coverage { rows: rows.collect(), pythons: pythons.clone() }
    }

    /// The machines in scope: those on which the wheels install, or those that were named.
    #[must_use]
    pub(crate) fn machines(&self, wheels: &[Outline]) -> Vec<Machine> {
        let set = Set { wheels: wheels.to_vec(), ..Set::default() };
        let mut all = machines(&set);
        // Pure Python wheels install where no other wheel does.
        let is_anywhere = wheels.iter().flat_map(|wheel| &wheel.tags).any(|tag| tag.platform == "any");
        if is_anywhere && !all.contains(&Machine::Any) {
            all.push(Machine::Any);
        }
        if self.platforms.is_empty() {
            return all;
        }
        let mut meant: Vec<Machine> = self.platforms.iter().flat_map(|name| named(name, &all)).collect();
        meant.sort();
        meant.dedup();
        meant
    }
}

/// The known machines that a name means; else a machine of exactly that name.
fn named(name: &str, all: &[Machine]) -> Vec<Machine> {
    let among = |fits: &dyn Fn(&Machine) -> bool| -> Vec<Machine> {
        all.iter().filter(|machine| fits(machine)).cloned().collect()
    };
    let known = among(&|machine| machine.name() == name || machine.platform() == name);
    if !known.is_empty() {
        return known;
    }
    let is_without_level = ["manylinux_", "musllinux_", "macosx_"]
        .iter()
        .any(|system| name.strip_prefix(system).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit())));
    if is_without_level {
        let declared = Machine::declared(name);
        let like = among(&|machine| declared.iter().any(|one| one.is_like(machine)));
        return if like.is_empty() { declared } else { like };
    }
    Machine::promised(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wheels(tags: &[&str]) -> Vec<Outline> {
        tags.iter().filter_map(|tag| crate::pin::choose::outline(&format!("x-1-{tag}.whl"), None)).collect()
    }

    fn names(platforms: &[&str], tags: &[&str]) -> Vec<String> {
        let platforms = platforms.iter().map(|&name| name.to_owned()).collect();
        let scope = Scope { platforms, ..Scope::default() };
        scope.machines(&wheels(tags)).iter().map(Machine::name).collect()
    }

    const TAGS: [&str; 5] = [
        "cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "cp38-abi3-manylinux_2_28_x86_64",
        "cp38-abi3-macosx_10_12_universal2",
        "cp38-abi3-win_amd64",
        "py3-none-any",
    ];

    #[test]
    fn a_platform_is_named_in_every_way() {
        assert_eq!(names(&[], &TAGS).len(), 6);
        assert_eq!(names(&["manylinux_2_28_x86_64"], &TAGS), ["manylinux_2_28_x86_64"]);
        // Newer than any of them: it uses the newest one.
        assert_eq!(names(&["manylinux_2_39_x86_64"], &TAGS), ["manylinux_2_39_x86_64"]);
        assert_eq!(names(&["manylinux2014_x86_64"], &TAGS), ["manylinux_2_17_x86_64"]);
        assert_eq!(names(&["manylinux_x86_64"], &TAGS), ["manylinux_2_17_x86_64", "manylinux_2_28_x86_64"]);
        assert_eq!(names(&["linux-x86_64"], &TAGS), ["manylinux_2_17_x86_64", "manylinux_2_28_x86_64"]);
        assert_eq!(names(&["macosx_universal2"], &TAGS), ["macosx_11_0_arm64", "macosx_10_12_x86_64"]);
        assert_eq!(names(&["win-amd64", "win_amd64"], &TAGS), ["win_amd64"]);
        assert_eq!(names(&["any"], &TAGS), ["any"]);
        assert_eq!(names(&["musllinux_x86_64"], &TAGS), ["musllinux_1_2_x86_64"]);
    }

    #[test]
    fn pythons_are_read_or_refused() {
        for text in ["3.8", "3.15", "3.14t"] {
            assert_eq!(text.parse::<Python>().map(String::from).ok().as_deref(), Some(text));
        }
        for wrong in ["", "3", "3.7", "2.7", "t", "3.x", "cp312", "3.12.1"] {
            assert!(wrong.parse::<Python>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_pure_python_serves_the_rest() {
        let coverage = Scope::default().coverage(&wheels(&TAGS));
        let last = coverage.rows.last();
        assert!(last.is_some_and(|row| {
            row.platform == "any" && row.wheels.iter().all(|wheel| wheel.as_deref() == Some("x-1-py3-none-any.whl"))
        }));
    }
}
