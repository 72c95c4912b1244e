//! The difference to another file by cause: crates that are new, gone, of another version; sections; members.
//!
//! Both files are divided into the same kinds of atoms, whose sums are those of the files: what the causes say is all of
//! the difference, and nothing twice.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::size::binary::{Part, Symbols};
use crate::size::dist::{BinarySize, DistSize};
use crate::size::pairing::stable_path;

/// The difference to another file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The other file's name.
    pub against: String,
    /// Bytes that the file has more (or, below 0, fewer) than the other.
    pub bytes: i64,
    /// The same for all members when inflated.
    pub unpacked: i64,
    /// What made that difference (when inflated), the largest first. Their sum is `unpacked`.
    pub causes: Vec<Cause>,
    /// Crates that are new, gone or of another version by the bills of materials, where no bytes of theirs are known.
    pub listed: Vec<String>,
}

/// A cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cause {
    /// Bytes more or fewer.
    pub bytes: i64,
    /// What it is.
    pub of: CauseOf,
    /// The crate, the section or the member.
    pub name: String,
    /// The member that it is in; `None` when it is one itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// That in words: `regex-automata 0.4.9 is new`.
    pub what: String,
}

/// What a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CauseOf {
    /// A crate, or all code of another language.
    Crate,
    /// A section of a binary.
    Section,
    /// What of a binary is in no section.
    Headers,
    /// A member.
    Member,
}

/// What is counted: the member's stable path, what it is, its name.
type Key = (String, CauseOf, String);

/// An atom of one file.
#[derive(Default)]
struct Atom {
    bytes: u64,
    /// The member's own path.
    member: String,
    /// The version of a crate, and its own name.
    version: Option<String>,
    package: Option<String>,
}

impl Change {
    /// The difference of `file` to `other`.
    #[must_use]
    pub fn of(file: &DistSize, other: &DistSize) -> Self {
        let (now, before) = (atoms(file, other), atoms(other, file));
        let mut causes = Vec::new();
        for (key, atom) in &now {
            let bytes = delta(atom.bytes, before.get(key).map_or(0, |other| other.bytes));
            causes.push(Cause::of(key, Some(atom), before.get(key), bytes));
        }
        for (key, atom) in before.iter().filter(|(key, _)| !now.contains_key(*key)) {
            causes.push(Cause::of(key, None, Some(atom), delta(0, atom.bytes)));
        }
        causes.retain(|cause| cause.bytes != 0);
        causes.sort_by(|a, b| (b.bytes.unsigned_abs(), &a.what).cmp(&(a.bytes.unsigned_abs(), &b.what)));
        Self {
            against: other.file.clone(),
            bytes: delta(file.bytes, other.bytes),
            unpacked: delta(file.unpacked, other.unpacked),
            listed: listed(file, other, &causes),
            causes,
        }
    }
}

impl Cause {
    fn of((_, of, name): &Key, now: Option<&Atom>, before: Option<&Atom>, bytes: i64) -> Self {
        let member = now.or(before).map(|atom| atom.member.clone()).unwrap_or_default();
        let shown = match of {
            CauseOf::Crate => {
                let package = |atom: Option<&Atom>| atom.and_then(|atom| atom.package.clone());
                package(now).or_else(|| package(before)).unwrap_or_else(|| name.clone())
            }
            CauseOf::Section => format!("section {name}"),
            CauseOf::Headers => "headers and tables".to_owned(),
            CauseOf::Member => member.clone(),
        };
        let version = |atom: Option<&Atom>| atom.and_then(|atom| atom.version.clone());
        let with = |version: Option<String>| version.map_or_else(|| shown.clone(), |it| format!("{shown} {it}"));
        let is_plural = *of == CauseOf::Headers;
        let what = match (now, before) {
            (Some(_), None) => format!("{} {} new", with(version(now)), if is_plural { "are" } else { "is" }),
            (None, _) => format!("{} {} gone", with(version(before)), if is_plural { "are" } else { "is" }),
            (Some(_), Some(_)) => match (version(before), version(now)) {
                (Some(old), Some(new)) if old != new => format!("{shown} {old} -> {new}"),
                (_, new) => format!("{} {}", with(new), if bytes > 0 { "grew" } else { "shrank" }),
            },
        };
        let member = (*of != CauseOf::Member).then_some(member);
        Self { bytes, of: *of, name: if *of == CauseOf::Member { shown } else { name.clone() }, member, what }
    }
}

/// The atoms of a file. A binary is divided by crate where the other file's has symbols too, else by section.
fn atoms(file: &DistSize, other: &DistSize) -> BTreeMap<Key, Atom> {
    let others: BTreeMap<String, &BinarySize> =
        other.binaries.iter().map(|binary| (stable_path(&binary.path), binary)).collect();
    let binaries: BTreeMap<&str, &BinarySize> =
        file.binaries.iter().map(|binary| (binary.path.as_str(), binary)).collect();
    let mut atoms = BTreeMap::new();
    for member in &file.members {
        let stable = stable_path(&member.path);
        let twin = others.get(&stable);
        match binaries.get(member.path.as_str()) {
            Some(binary) if twin.is_none_or(|twin| is_known(binary) && is_known(twin)) && is_known(binary) => {
                let by_crate = has_symbols(binary) && twin.is_none_or(|twin| has_symbols(twin));
                for part in &binary.parts {
                    add_part(part, &stable, &member.path, by_crate, &mut atoms);
                }
            }
            _ => add(&mut atoms, (stable, CauseOf::Member, String::new()), member.bytes, &member.path),
        }
    }
    atoms
}

/// Whether anything of it is known but its size.
fn is_known(binary: &BinarySize) -> bool {
    binary.parts.iter().all(|part| !part.sections.is_empty())
}

fn has_symbols(binary: &BinarySize) -> bool {
    binary.parts.iter().all(|part| part.symbols == Symbols::Present)
}

fn add_part(part: &Part, stable: &str, path: &str, by_crate: bool, atoms: &mut BTreeMap<Key, Atom>) {
    for one in part.crates.iter().filter(|_| by_crate) {
        let key = (stable.to_owned(), CauseOf::Crate, one.name.clone());
        add(atoms, key.clone(), one.bytes, path);
        if let Some(atom) = atoms.get_mut(&key) {
            atom.version = atom.version.take().or_else(|| one.version.clone());
            atom.package = atom.package.take().or_else(|| one.package.clone());
        }
    }
    for section in &part.sections {
        // Those are the crates.
        if !(by_crate && matches!(section.holds, "code" | "data")) {
            let key = (stable.to_owned(), CauseOf::Section, section.name.clone());
            add(atoms, key, section.bytes, path);
        }
    }
    add(atoms, (stable.to_owned(), CauseOf::Headers, String::new()), part.outside, path);
}

fn add(atoms: &mut BTreeMap<Key, Atom>, key: Key, bytes: u64, path: &str) {
    let atom = atoms.entry(key).or_default();
    atom.bytes = atom.bytes.saturating_add(bytes);
    path.clone_into(&mut atom.member);
}

/// What the bills of materials say of crates that no cause names.
fn listed(file: &DistSize, other: &DistSize, causes: &[Cause]) -> Vec<String> {
    let is_named =
        |name: &str| causes.iter().any(|cause| cause.of == CauseOf::Crate && cause.name == name.replace('-', "_"));
    let (now, before) = (&file.crate_versions, &other.crate_versions);
    // A wheel without a bill of materials would seem to have no crates.
    if now.is_empty() || before.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (name, versions) in now.iter().filter(|(name, _)| !is_named(name)) {
        match before.get(name) {
            None => all.push(format!("{name} {} is new", versions.join(", "))),
            Some(old) if old != versions => all.push(format!("{name} {} -> {}", old.join(", "), versions.join(", "))),
            Some(_) => {}
        }
    }
    let gone = before.iter().filter(|(name, _)| !now.contains_key(*name) && !is_named(name));
    all.extend(gone.map(|(name, versions)| format!("{name} {} is gone", versions.join(", "))));
    all
}

fn delta(now: u64, before: u64) -> i64 {
    let of = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    of(now) - of(before)
}
