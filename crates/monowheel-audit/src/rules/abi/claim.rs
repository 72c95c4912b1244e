//! The ABI promised for a binary: by the tags of its wheel, or else by its own name.

use monowheel_wheel::abi::{self, Family, Marker, PythonLibrary, PythonVersion, Suffix};
use monowheel_wheel::binary::{Format, Slice};
use pep440_rs::VersionSpecifiers;

use crate::facts::{BinaryFacts, Facts, Role};
use crate::finding::Severity;

/// A promise to use only the stable ABI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// Builds with the GIL are promised.
    pub(super) abi3: bool,
    /// Free-threaded builds are promised.
    pub(super) abi3t: bool,
    /// The oldest version that any of the tags promises; `None` for a bare binary without a stated version.
    pub(super) floor: Option<PythonVersion>,
    /// The highest severity of breaking it: an error only if an installer relies on the promise and Python loads the
    /// file.
    pub(super) worst: Severity,
}

/// Every slice of a binary that is promised to use only the stable ABI, with the promise.
pub(super) fn claimed(facts: &Facts) -> impl Iterator<Item = (&BinaryFacts, &Slice, Claim)> {
    let tags = Claim::of_tags(facts);
    facts.slices().filter_map(move |(binary, slice)| Some((binary, slice, Claim::of(facts, &tags, binary)?)))
}

impl Claim {
    /// The promise of the wheel's tags; neither family for a bare binary.
    fn of_tags(facts: &Facts) -> Self {
        let mut claim = Self { abi3: false, abi3t: false, floor: None, worst: Severity::Error };
        for tag in facts.tags() {
            let Some(family) = tag.family() else { continue };
            claim.add(family);
            claim.floor = match (claim.floor, tag.cpython()) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        claim
    }

    /// The promise for `binary`; `None` when it is for one version of Python, or is a program.
    fn of(facts: &Facts, tags: &Self, binary: &BinaryFacts) -> Option<Self> {
        let suffix = suffix(binary);
        if binary.role == Role::Program || matches!(&suffix, Some(Suffix { marker: Marker::Version { .. }, .. })) {
            return None;
        }
        let mut claim = tags.clone();
        if claim.abi3 || claim.abi3t {
            if binary.role == Role::Library {
                claim.worst = Severity::Warning;
            }
            return Some(claim);
        }
        claim.add(binary.named_family().or_else(|| imported_family(facts, binary))?);
        if facts.wheel.is_some() {
            // The wheel is installed for one version only, whatever its file says.
            claim.worst = Severity::Warning;
            claim.floor = facts.tags().iter().filter_map(monowheel_wheel::tag::Tag::cpython).min();
        } else {
            claim.floor = facts.stated_floor;
        }
        Some(claim)
    }

    fn add(&mut self, family: Family) {
        match family {
            Family::Abi3 => self.abi3 = true,
            Family::Abi3t => self.abi3t = true,
        }
    }

    /// `CPython 3.8 and later`, for messages.
    pub(super) fn promised(&self) -> String {
        let build = if self.abi3t && !self.abi3 { "free-threaded " } else { "" };
        match self.floor {
            Some(floor) => format!("{build}CPython {} and later", abi::dotted(floor)),
            None => format!("every {build}CPython"),
        }
    }
}

/// A bare `.pyd` names no family; the DLL that it loads does.
fn imported_family(facts: &Facts, binary: &BinaryFacts) -> Option<Family> {
    if facts.wheel.is_some() || binary.binary.format != Format::Pe {
        return None;
    }
    let libraries = binary.binary.slices.iter().flat_map(|slice| &slice.libraries);
    libraries.filter_map(|library| PythonLibrary::parse(&library.name)).find_map(|library| match library {
        PythonLibrary::Stable { free_threaded: false, .. } => Some(Family::Abi3),
        PythonLibrary::Stable { free_threaded: true, .. } => Some(Family::Abi3t),
        _ => None,
    })
}

/// The suffix after an extension's name, if some interpreter could look for it.
pub(super) fn suffix(binary: &BinaryFacts) -> Option<Suffix> {
    let Role::Extension { suffix, .. } = &binary.role else { return None };
    Suffix::parse(suffix)
}

/// The wheel's `Requires-Python`; `None` if it is missing or cannot be parsed.
pub(super) fn requires_python(facts: &Facts) -> Option<VersionSpecifiers> {
    facts.wheel.as_ref()?.requires_python()
}
