//! Crates that are there more than once: in several versions, or built several times.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::size::crates::CrateSize;
use crate::size::dist::BinarySize;
use crate::size::sbom::Versions;

/// A crate that is there more than once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    /// Its name as in symbols.
    pub name: String,
    /// The versions that the bills of materials list.
    pub versions: Vec<String>,
    /// How many crates of this name the symbols of one binary tell apart; 0 where they do not.
    pub copies: usize,
    /// Bytes of all of them in that binary; `None` without symbols.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
}

/// The duplicates of a wheel. Where a binary has symbols, only crates count that are in it: bills of materials list what
/// was used while building too.
pub(super) fn find(binaries: &[BinarySize], versions: &Versions) -> Vec<Duplicate> {
    let parts = || binaries.iter().flat_map(|binary| &binary.parts);
    let mut all: BTreeMap<String, Duplicate> = BTreeMap::new();
    for part in parts() {
        let mut named: BTreeMap<&str, Vec<&CrateSize>> = BTreeMap::new();
        for one in part.crates.iter().filter(|one| !one.name.starts_with('(')) {
            named.entry(&one.name).or_default().push(one);
        }
        for (name, crates) in named {
            let versions: Vec<String> =
                versions.get(name).map(|listed| listed.versions.iter().cloned().collect()).unwrap_or_default();
            let copies: BTreeSet<&str> =
                crates.iter().map(|one| one.copy.as_str()).filter(|copy| !copy.is_empty()).collect();
            // Legacy names do not tell two crates of one name apart: there the bills of materials are believed.
            let is_twice = if copies.is_empty() { versions.len() > 1 } else { copies.len() > 1 };
            if !is_twice {
                continue;
            }
            let bytes = crates.iter().map(|one| one.bytes).fold(0, u64::saturating_add);
            let found = Duplicate { name: name.to_owned(), versions, copies: copies.len(), bytes: Some(bytes) };
            let known = all.entry(name.to_owned()).or_insert_with(|| found.clone());
            if known.bytes < found.bytes {
                *known = found;
            }
        }
    }
    if parts().all(|part| part.crates.is_empty()) {
        for (name, listed) in versions.iter().filter(|(_, listed)| listed.versions.len() > 1) {
            let versions = listed.versions.iter().cloned().collect();
            all.insert(name.clone(), Duplicate { name: name.clone(), versions, copies: 0, bytes: None });
        }
    }
    let mut all: Vec<Duplicate> = all.into_values().collect();
    all.sort_by(|a, b| (b.bytes, &a.name).cmp(&(a.bytes, &b.name)));
    all
}
