//! The wheel of a release that an installer selects: tags in the order of `packaging` 26.3 (PEP 425, 600, 656, 803),
//! `Requires-Python` of each wheel, then the build tag, as pip sorts its candidates.

mod machine;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use pep440_rs::{Version, VersionSpecifiers};

pub use machine::Machine;

use monowheel_wheel::abi::{PythonVersion, admits, cpython_of_tag};
use monowheel_wheel::tag::Tag;

use crate::set::{Coverage, CoverageRow, Interpreter, Outline, Set};

/// The interpreters of the resolution map: CPython 3.8 to 3.15, and the free-threaded builds that are
/// officially supported (PEP 779).
#[must_use]
pub fn interpreters() -> Vec<Interpreter> {
    let gil = (8..=15).map(|minor| Interpreter { version: (3, minor), free_threaded: false });
    gil.chain([14, 15].map(|minor| Interpreter { version: (3, minor), free_threaded: true })).collect()
}

/// The machines on which the wheels install, and those of the declared targets, in the order of the map. A wheel with
/// several tags for one kind of machine counts for the oldest, since it supports the newer ones too.
#[must_use]
pub fn machines(set: &Set) -> Vec<Machine> {
    let promises =
        set.wheels.iter().map(|wheel| wheel.tags.iter().map(|tag| tag.platform.to_ascii_lowercase()).collect());
    let promises: BTreeSet<BTreeSet<String>> = promises.collect();
    let mut machines = Vec::new();
    for platforms in promises.iter().filter(|platforms| !platforms.is_empty()) {
        let mut of_wheel: Vec<Machine> = platforms.iter().flat_map(|platform| Machine::promised(platform)).collect();
        of_wheel.sort();
        of_wheel.dedup_by(|newer, older| newer.is_like(older));
        machines.append(&mut of_wheel);
    }
    let has_tags = promises.iter().any(|platforms| !platforms.is_empty());
    machines.extend(set.declared.iter().flatten().flat_map(|target| Machine::declared(target)));
    machines.sort();
    machines.dedup();
    if machines.is_empty() && has_tags {
        machines.push(Machine::Any);
    }
    machines
}

/// The resolution map of a release.
#[must_use]
pub fn coverage(set: &Set) -> Coverage {
    let pythons = interpreters();
    let resolver = Resolver::new(&set.wheels);
    let rows = machines(set).into_iter().map(|machine| CoverageRow {
        platform: machine.name(),
        wheels: pythons
            .iter()
            .map(|python| resolver.choose(python, &machine).map(|wheel| wheel.file.clone()))
            .collect(),
    });
    Coverage { rows: rows.collect(), pythons: pythons.clone() }
}

/// Wheels prepared for selection.
pub struct Resolver<'a> {
    candidates: Vec<Candidate<'a>>,
}

struct Candidate<'a> {
    wheel: &'a Outline,
    /// `None`, the lowest, if it is not a version.
    version: Option<Version>,
    build: Build<'a>,
    /// `None` allows every Python. pip ignores a value that it cannot parse.
    requires: Option<VersionSpecifiers>,
    /// Lower case.
    tags: Vec<Tag>,
}

/// The sort key of a build tag: none first, then by number (its digits, shorter first), then by the rest.
type Build<'a> = Option<(usize, &'a str, &'a str)>;

/// The rank of a tag, lower is better: the kind of tag, its age, its platform.
type Rank = (u8, u8, u32);

impl<'a> Resolver<'a> {
    /// Reads the wheels' versions and requirements once.
    #[must_use]
    pub fn new(wheels: &'a [Outline]) -> Self {
        let candidates = wheels.iter().map(|wheel| Candidate {
            wheel,
            version: wheel.version.as_deref().and_then(|version| version.parse().ok()),
            build: wheel.build.as_deref().map(build),
            requires: wheel.requires_python.as_deref().and_then(|text| text.trim().parse().ok()),
            tags: wheel.tags.iter().map(lower).collect(),
        });
        Self { candidates: candidates.collect() }
    }

    /// The wheel that an installer selects: the highest version (a pre-release only if there is no other), then the
    /// best tag, then the highest build tag (pip's `CandidateEvaluator`). The first of equals.
    #[must_use]
    pub fn choose(&self, python: &Interpreter, machine: &Machine) -> Option<&'a Outline> {
        let mut best: Option<(&Candidate<'a>, _)> = None;
        for candidate in &self.candidates {
            let Some(rank) = candidate.rank(python, machine) else { continue };
            let is_final = candidate.version.as_ref().is_some_and(|version| !version.any_prerelease());
            let key = (is_final, &candidate.version, Reverse(rank), candidate.build);
            if best.as_ref().is_none_or(|(_, known)| key > *known) {
                best = Some((candidate, key));
            }
        }
        best.map(|(candidate, _)| candidate.wheel)
    }
}

impl Candidate<'_> {
    /// The rank of its best tag; `None` if it does not install.
    fn rank(&self, python: &Interpreter, machine: &Machine) -> Option<Rank> {
        let rank = self.tags.iter().filter_map(|tag| rank(tag, python, machine)).min()?;
        admits(self.requires.as_ref(), python.version).then_some(rank)
    }
}

/// The rank of a tag for an interpreter on a machine (`packaging.tags.cpython_tags`, `compatible_tags`).
#[must_use]
pub(crate) fn rank(tag: &Tag, python: &Interpreter, machine: &Machine) -> Option<Rank> {
    if !machine.has_python(python.version, python.free_threaded) {
        return None;
    }
    let (major, minor) = python.version;
    let cpython = tag.cpython().filter(|version| is_spelled(&tag.python, *version));
    let is_own = cpython == Some(python.version);
    if tag.platform == "any" {
        return match tag.abi.as_str() {
            "none" if is_own => Some((5, 0, 0)),
            "none" => Some((6, python_age(&tag.python, python.version)?, 0)),
            _ => None,
        };
    }
    let platform = || machine.rank(&tag.platform);
    // A free-threaded build does not accept abi3, and one with the GIL does not accept abi3t (PEP 803).
    let stable = if python.free_threaded { "abi3t" } else { "abi3" };
    match tag.abi.as_str() {
        "none" if is_own => Some((2, 0, platform()?)),
        "none" => Some((4, python_age(&tag.python, python.version)?, platform()?)),
        abi if abi == stable => {
            let version = cpython.filter(|version| ((major, 2)..=(major, minor)).contains(version))?;
            let age = minor - version.1;
            Some((if age == 0 { 1 } else { 3 }, age, platform()?))
        }
        abi if is_own => {
            let free_threaded = if python.free_threaded { "t" } else { "" };
            (abi.strip_suffix(free_threaded) == Some(tag.python.as_str())).then(platform)?.map(|rank| (0, 0, rank))
        }
        _ => None,
    }
}

/// The position of `py315`, `py3`, `py314`, … `py30` in the order of preference.
fn python_age(tag: &str, (major, minor): PythonVersion) -> Option<u8> {
    let digits = tag.strip_prefix("py")?;
    if digits == major.to_string() {
        return Some(1);
    }
    let version =
        cpython_of_tag(&format!("cp{digits}")).filter(|version| is_spelled(&format!("cp{digits}"), *version))?;
    match (version.0 == major).then(|| minor.checked_sub(version.1)).flatten()? {
        0 => Some(0),
        age => age.checked_add(1),
    }
}

/// Whether a tag spells the version as interpreters do: `cp38`, not `cp3` or `cp308`.
fn is_spelled(tag: &str, (major, minor): PythonVersion) -> bool {
    tag.strip_prefix("cp").is_some_and(|digits| digits == format!("{major}{minor}"))
}

fn lower(tag: &Tag) -> Tag {
    let lower = str::to_ascii_lowercase;
    Tag { python: lower(&tag.python), abi: lower(&tag.abi), platform: lower(&tag.platform) }
}

/// `007b` sorts as 7, then `b`.
fn build(text: &str) -> (usize, &str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let number = number.trim_start_matches('0');
    (number.len(), number, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GIL: Interpreter = Interpreter { version: (3, 15), free_threaded: false };
    const FREE: Interpreter = Interpreter { version: (3, 15), free_threaded: true };

    fn takes(tag: &str, python: &Interpreter, platform: &str) -> bool {
        let machine = Machine::promised(platform).remove(0);
        Tag::parse(tag).is_some_and(|tag| rank(&tag, python, &machine).is_some())
    }

    #[test]
    fn families() {
        let linux = "manylinux_2_17_x86_64";
        let takes = |tag: &str, python| takes(&format!("{tag}-{linux}"), python, linux);
        assert!(takes("cp38-abi3", &GIL) && takes("cp315-abi3", &GIL) && !takes("cp316-abi3", &GIL));
        assert!(!takes("cp38-abi3", &FREE) && takes("cp315-abi3t", &FREE) && !takes("cp315-abi3t", &GIL));
        assert!(takes("cp315-cp315t", &FREE) && !takes("cp315-cp315", &FREE) && !takes("cp315-cp315t", &GIL));
        assert!(takes("py3-none", &FREE) && takes("py38-none", &GIL) && takes("cp315-none", &GIL));
        assert!(!takes("cp38-none", &GIL) && !takes("py4-none", &GIL) && !takes("cp31-abi3", &GIL));
        assert!(!takes("cp3-abi3", &GIL) && !takes("cp308-abi3", &GIL) && !takes("py308-none", &GIL));
        let old = Interpreter { version: (3, 14), free_threaded: true };
        assert!(!takes("cp315-abi3t", &old) && takes("cp314-cp314t", &old));
    }

    #[test]
    fn order_of_preference() {
        let machine = Machine::promised("manylinux_2_28_x86_64").remove(0);
        let ranked = [
            "cp315-cp315-linux_x86_64",
            "cp315-cp315-manylinux_2_28_x86_64",
            "cp315-cp315-manylinux_2_17_x86_64",
            "cp315-cp315-manylinux2014_x86_64",
            "cp315-abi3-manylinux1_x86_64",
            "cp315-none-manylinux_2_28_x86_64",
            "cp314-abi3-manylinux_2_28_x86_64",
            "cp38-abi3-manylinux_2_28_x86_64",
            "py315-none-manylinux_2_28_x86_64",
            "py3-none-manylinux_2_28_x86_64",
            "py314-none-manylinux_2_28_x86_64",
            "py30-none-manylinux_2_28_x86_64",
            "cp315-none-any",
            "py315-none-any",
            "py3-none-any",
            "py38-none-any",
        ];
        let ranks: Vec<Option<Rank>> = ranked.iter().map(|tag| rank(&Tag::parse(tag)?, &GIL, &machine)).collect();
        assert!(ranks.iter().all(Option::is_some), "{ranks:?}");
        assert!(ranks.is_sorted() && ranks.windows(2).all(|pair| pair[0] < pair[1]), "{ranks:?}");
    }

    #[test]
    fn build_tags_sort_by_number() {
        let mut builds = [Some(build("10")), Some(build("9z")), None, Some(build("9")), Some(build("009a"))];
        builds.sort_unstable();
        assert_eq!(
            builds.map(|build| build.map_or("-".to_owned(), |(_, n, rest)| format!("{n}{rest}"))),
            ["-", "9", "9a", "9z", "10"]
        );
    }
}
