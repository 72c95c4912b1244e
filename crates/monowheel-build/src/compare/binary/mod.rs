//! Two binaries of one format: by architecture, then by section, down to the symbol.
//!
//! Fields that a linker writes differently each time (time stamps, UUIDs, signatures) are reported first, by name, and
//! zeroed in both; other differences are reported by section, and those outside all sections by
//! the headers around it.

mod code;
mod comment;
mod data;
mod facts;
mod fields;
mod gaps;
mod image;
mod paths;
mod sections;
mod symbols;

use std::collections::{BTreeMap, BTreeSet};

use monowheel_wheel::binary::{Binary, Slice};
use object::FileKind;
use object::read::macho::{FatArch, MachOFatFile32, MachOFatFile64};

use crate::compare::binary::image::Image;
use crate::compare::found::Found;
use crate::compare::{Kind, content};

/// The parts that are executed: everything else in a binary may follow from one of these.
const CONTENT: [Kind; 5] = [Kind::Presence, Kind::Path, Kind::Linking, Kind::Code, Kind::Data];

/// Reports the differences between two binaries; `false` if one is not a binary.
pub(super) fn compare(a: &[u8], b: &[u8], found: &mut Found) -> bool {
    if !Binary::is_one(a) || !Binary::is_one(b) {
        return false;
    }
    if family(a) != family(b) {
        found.add(Kind::Linking, format!("it is {} in A and {} in B", family(a), family(b)));
        return true;
    }
    match (fat(a), fat(b)) {
        (None, None) => slice(a, b, found),
        (Some(a), Some(b)) => slices(&a, &b, found),
        (one, _) => {
            let side = if one.is_some() { "A" } else { "B" };
            found.add(Kind::Presence, format!("it has several architectures (a fat file) only in {side}"));
        }
    }
    true
}

fn family(bytes: &[u8]) -> &'static str {
    match FileKind::parse(bytes) {
        Ok(FileKind::Elf32 | FileKind::Elf64) => "ELF",
        Ok(FileKind::Pe32 | FileKind::Pe64) => "PE",
        _ if bytes.starts_with(b"\0asm") => "WebAssembly",
        _ => "Mach-O",
    }
}

/// The slices of a fat file by their processor; `None` if it is not a fat file, or damaged.
fn fat(bytes: &[u8]) -> Option<BTreeMap<String, &[u8]>> {
    fn of<'a, Fat: FatArch>(arches: &[Fat], bytes: &'a [u8]) -> Option<BTreeMap<String, &'a [u8]>> {
        let mut slices = BTreeMap::new();
        for arch in arches {
            let name = match arch.architecture() {
                object::Architecture::X86_64 => "x86_64".to_owned(),
                object::Architecture::Aarch64 => "arm64".to_owned(),
                _ => "slice".to_owned(),
            };
            let kind = (arch.cputype().0, arch.cpusubtype().0);
            // A second slice for a processor is named by its numbers.
            let name = if slices.contains_key(&name) || name == "slice" { format!("{name} {kind:x?}") } else { name };
            slices.insert(name, arch.data(bytes).ok()?);
        }
        // Slices that share bytes would be compared many times.
        let sum = slices.values().fold(0_usize, |sum, slice| sum.saturating_add(slice.len()));
        (sum <= bytes.len()).then_some(slices)
    }
    match FileKind::parse(bytes) {
        Ok(FileKind::MachOFat32) => of(MachOFatFile32::parse(bytes).ok()?.arches(), bytes),
        Ok(FileKind::MachOFat64) => of(MachOFatFile64::parse(bytes).ok()?.arches(), bytes),
        _ => None,
    }
}

fn slices(a: &BTreeMap<String, &[u8]>, b: &BTreeMap<String, &[u8]>, found: &mut Found) {
    let names: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    for name in names {
        match (a.get(name), b.get(name)) {
            (Some(left), Some(right)) => {
                found.in_slice(Some(name.clone()));
                slice(left, right, found);
                found.in_slice(None);
            }
            (left, _) => {
                let side = if left.is_some() { "A" } else { "B" };
                found.add_in(Kind::Presence, name, format!("the slice {name} is only in {side}"));
            }
        }
    }
    if found.is_empty() {
        found.add(
            Kind::Layout,
            "its slices are the same, but at different offsets in the fat file or in a different order",
        );
    }
}

/// Two binaries of one architecture.
fn slice(a: &[u8], b: &[u8], found: &mut Found) {
    if a == b {
        return;
    }
    let before = found.total();
    let (Some(left), Some(right)) = (Image::read(a), Image::read(b)) else {
        // WebAssembly has no image: its reader's facts, and then the bytes.
        if let (Some(a), Some(b)) = (facts(a), facts(b)) {
            facts::compare(&a, &b, found);
        }
        if found.total() == before {
            content::any(a, b, found);
        }
        return;
    };
    if left.architecture != right.architecture {
        found.add(Kind::Linking, format!("it is for {:?} in A and {:?} in B", left.architecture, right.architecture));
        return;
    }
    let facts = (facts(a), facts(b));
    if let (Some(a), Some(b)) = &facts {
        facts::compare(a, b, found);
    }
    let mut pair = sections::Pair::of(&left, &right);
    pair.content(found);
    symbols::compare(&left, &right, found);
    // Differences after this one are an effect of it, if there was any.
    let follows = found.number(&CONTENT) > 0;
    pair.rest(follows, found);
    fields::compare(&left, &right, follows, found);
    gaps::compare(&left, &right, follows || found.total() > before, found);
    fields::signatures(&left, &right, &facts, found.total() > before, found);
    if found.total() == before {
        content::any(a, b, found);
    }
}

/// The facts from the audit's readers; `None` if they reject it.
fn facts(bytes: &[u8]) -> Option<Slice> {
    Binary::read(bytes).ok()?.slices.into_iter().next()
}
