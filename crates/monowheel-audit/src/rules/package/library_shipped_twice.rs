use std::collections::BTreeMap;

use crate::facts::{Facts, Role};
use crate::finding::{Finding, Place, Severity, some_of};
use crate::rule::{Found, rule};

rule! {
    /// The wheel contains identical copies of a library.
    ///
    /// # What it does
    /// Compares the hashes of all shared libraries. Extension modules are ignored: a wheel may contain one for several
    /// interpreters.
    ///
    /// # Why it matters
    /// A zip file does not preserve symbolic links: the links of a Unix library (`libx.so`, `libx.so.1`) become copies,
    /// each of which is downloaded and installed. If two of the names are loaded, the process has two libraries with
    /// separate state.
    ///
    /// # Example
    /// triton 3.9.0 has `libcupti.so`, `libcupti.so.12` and `libcupti.so.2025.1.1`: 36 MB three times.
    ///
    /// # Fix
    /// Ship the file under the name that is loaded (the soname) and leave the others out.
    pub(super) static RULE: "library-shipped-twice", Package, Note, One(check);
}

fn check(facts: &Facts, found: &mut Found<'_>) {
    let Some(wheel) = &facts.wheel else { return };
    // A single binary cannot be a duplicate, and most wheels have only one.
    if facts.binaries.len() < 2 {
        return;
    }
    let hashes: BTreeMap<&str, [u8; 32]> =
        wheel.members.iter().filter_map(|member| Some((member.path.as_str(), member.sha256?))).collect();
    let mut copies: BTreeMap<[u8; 32], Vec<(&str, u64)>> = BTreeMap::new();
    // A module for several interpreters may be the same file under several names.
    for binary in facts.binaries.iter().filter(|binary| binary.role == Role::Library) {
        if let Some(hash) = hashes.get(binary.path.as_str()) {
            copies.entry(*hash).or_default().push((&binary.path, binary.size));
        }
    }
    for mut same in copies.into_values().filter(|same| same.len() > 1) {
        same.sort_unstable();
        let paths: Vec<&str> = same.iter().map(|(path, _)| *path).collect();
        let size = monowheel_error::text::bytes(same.first().map_or(0, |(_, size)| *size));
        let message = format!("{} copies of one library of {size}: {}", paths.len(), some_of(&paths));
        found.add(
            Finding::new(Severity::Note, Place::member(paths[0]), message)
                .details(paths)
                .fix("ship it only under the name that is loaded"),
        );
    }
}
