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

use crate::compare::binary::image::Image;
use crate::compare::found::Found;
use crate::compare::{Kind, content};
use crate::image::fat;
use crate::symbols::folder;

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
    // Only differences in code are named by line tables: their symbols are not in the wheel.
    let tables = found.tables();
    let tables = (folder::of_binary(a, &tables.a), folder::of_binary(b, &tables.b));
    let named = (
        tables.0.as_deref().and_then(|tables| Image::with_symbols_of(a, tables)),
        tables.1.as_deref().and_then(|tables| Image::with_symbols_of(b, tables)),
    );
    let (one, other) = match &named {
        (Some(one), Some(other)) => (one, other),
        _ => (&left, &right),
    };
    let mut pair = sections::Pair::of(one, other);
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
