//! Finds where the linker put the atoms of the objects.
//!
//! zig and Apple's linkers write a debug map into the library's symbols: `N_OSO` names an object that has DWARF, and the
//! `N_FUN`s that follow have the name, address and size of each of its functions. Without it, names have to do: a name
//! that one object defines, or that the linker resolved to the first that defines it.

use std::collections::{HashMap, HashSet};

use object::macho;

use super::Damage;
use super::atoms::{Atom, AtomMap};
use super::budget::{Budget, ITEM};
use super::input::{Key, Object};
use super::macho::{Macho, Symbol};

/// No library has code above it.
const HIGHEST: u64 = 1 << 48;

/// The functions of one object in the debug map.
#[derive(Debug)]
struct Group<'a> {
    key: Key,
    functions: Vec<Function<'a>>,
}

#[derive(Debug)]
struct Function<'a> {
    name: &'a [u8],
    target: u64,
    size: u64,
}

/// An atom of an object, before it is known where it is.
#[derive(Debug)]
struct Part<'a> {
    start: u64,
    size: u64,
    symbols: Vec<&'a Symbol<'a>>,
}

/// Where each part of an object is, and the size that the debug map has.
type Targets = Vec<Option<(u64, u64)>>;

/// The atoms of each object that are in the library.
pub(super) fn maps<'a>(
    library: &'a Macho<'a>,
    objects: &'a [Object<'a>],
    budget: &mut Budget,
) -> Result<Vec<AtomMap>, Damage> {
    let parts: Vec<Vec<Part<'_>>> = objects.iter().map(|object| parts(&object.file)).collect();
    let named: Vec<HashMap<&[u8], usize>> = parts.iter().map(|parts| names(parts)).collect();
    let mut targets: Vec<Targets> = parts.iter().map(|parts| vec![None; parts.len()]).collect();
    let mut place = |object: usize, part: usize, target: u64, size: u64| {
        if let Some(slot) = targets.get_mut(object).and_then(|slots| slots.get_mut(part)) {
            slot.get_or_insert((target, size));
        }
    };
    let claimed = from_map(library, objects, &named, budget, &mut place)?;
    from_names(library, &parts, &claimed, budget, &mut place)?;
    Ok(fitted(library, &parts, &targets))
}

/// Places what the debug map has. The result is the addresses that it has, also of objects that are not an input.
fn from_map(
    library: &Macho<'_>,
    objects: &[Object<'_>],
    named: &[HashMap<&[u8], usize>],
    budget: &mut Budget,
    place: &mut impl FnMut(usize, usize, u64, u64),
) -> Result<HashSet<u64>, Damage> {
    let mut known: HashMap<&Key, Vec<usize>> = HashMap::new();
    for (index, object) in objects.iter().enumerate() {
        known.entry(&object.key).or_default().push(index);
    }
    let groups = groups(library);
    let mut claimed = HashSet::new();
    if !groups.iter().any(|group| known.contains_key(&group.key)) {
        // The inputs have other names than the linker saw.
        return Ok(claimed);
    }
    let mut used = HashSet::new();
    for group in &groups {
        claimed.extend(group.functions.iter().map(|function| function.target));
        // Members of an archive can have the same name.
        let mut best: Option<(usize, usize)> = None;
        for object in known.get(&group.key).into_iter().flatten().filter(|object| !used.contains(*object)) {
            budget.spend(ITEM + group.functions.len())?;
            let Some(names) = named.get(*object) else { continue };
            let count = group.functions.iter().filter(|function| names.contains_key(function.name)).count();
            if best.is_none_or(|(most, _)| count > most) {
                best = Some((count, *object));
            }
        }
        let Some((_, object)) = best else { continue };
        used.insert(object);
        for function in &group.functions {
            if let Some(part) = named.get(object).and_then(|names| names.get(function.name)) {
                place(object, *part, function.target, function.size);
            }
        }
    }
    Ok(claimed)
}

/// Places what only has a name: there is one such symbol in the library, and it is clear which object it is from.
fn from_names(
    library: &Macho<'_>,
    parts: &[Vec<Part<'_>>],
    claimed: &HashSet<u64>,
    budget: &mut Budget,
    place: &mut impl FnMut(usize, usize, u64, u64),
) -> Result<(), Damage> {
    // The first definition of a name: its object, its part, whether all objects share it, and whether it is the only one.
    let mut defined: HashMap<&[u8], (usize, usize, bool, bool)> = HashMap::new();
    for (object, parts) in parts.iter().enumerate() {
        for (part, own) in parts.iter().enumerate() {
            for symbol in &own.symbols {
                budget.spend(ITEM)?;
                defined.entry(symbol.name).and_modify(|first| first.3 = false).or_insert((
                    object,
                    part,
                    symbol.is_external(),
                    true,
                ));
            }
        }
    }
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    for symbol in library.symbols.iter().filter(|symbol| symbol.is_placed()) {
        *seen.entry(symbol.name).or_default() += 1;
    }
    for symbol in library.symbols.iter().filter(|symbol| symbol.is_placed() && !claimed.contains(&symbol.value)) {
        let Some((object, part, is_shared, is_only)) = defined.get(symbol.name) else { continue };
        if seen.get(symbol.name) == Some(&1) && (*is_shared || *is_only) {
            place(*object, *part, symbol.value, u64::MAX);
        }
    }
    Ok(())
}

/// The maps, without what is outside of the library's code, and without overlaps.
fn fitted(library: &Macho<'_>, parts: &[Vec<Part<'_>>], targets: &[Targets]) -> Vec<AtomMap> {
    let mut starts: Vec<u64> = targets.iter().flatten().flatten().map(|(target, _)| *target).collect();
    starts.sort_unstable();
    let code: Vec<(u64, u64)> = library
        .sections()
        .filter(|section| section.is_code)
        .map(|section| (section.address, section.address.saturating_add(section.size).min(HIGHEST)))
        .take(255)
        .collect();
    let fit = |part: &Part<'_>, (target, size): (u64, u64)| {
        let (_, end) = code.iter().find(|(start, end)| (*start..*end).contains(&target))?;
        let next = starts.get(starts.partition_point(|start| *start <= target)).unwrap_or(end);
        Some(Atom { start: part.start, size: part.size.min(size).min(next.min(end) - target), target })
    };
    let map = |(parts, targets): (&Vec<Part<'_>>, &Targets)| {
        AtomMap::new(parts.iter().zip(targets).filter_map(|(part, target)| fit(part, (*target)?)).collect())
    };
    parts.iter().zip(targets).map(map).collect()
}

/// The debug map.
fn groups<'a>(library: &Macho<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for symbol in library.symbols.iter().filter(|symbol| symbol.is_stab()) {
        match macho::SymbolStab(symbol.kind) {
            macho::N_OSO => groups.push(Group { key: Key::of_map(symbol.name), functions: Vec::new() }),
            macho::N_FUN => {
                let Some(group) = groups.last_mut() else { continue };
                if symbol.section != 0 {
                    group.functions.push(Function { name: symbol.name, target: symbol.value, size: u64::MAX });
                } else if let Some(function) = group.functions.last_mut() {
                    // The second of a pair has the size of the first.
                    function.size = symbol.value;
                }
            }
            _ => {}
        }
    }
    groups
}

/// The parts of an object's code.
fn parts<'a>(file: &'a Macho<'a>) -> Vec<Part<'a>> {
    let mut starts: Vec<&Symbol<'_>> = file.symbols.iter().filter(|symbol| symbol.is_start()).collect();
    starts.sort_by_key(|symbol| (symbol.section, symbol.value));
    let mut parts = Vec::new();
    for symbols in starts.chunk_by(|one, other| (one.section, one.value) == (other.section, other.value)) {
        let Some(first) = symbols.first() else { continue };
        let Some(section) = file.section(usize::from(first.section)) else { continue };
        let Some(end) = section.address.checked_add(section.size).filter(|end| *end <= HIGHEST) else { continue };
        if section.is_code && (section.address..end).contains(&first.value) {
            parts.push(Part { start: first.value, size: end - first.value, symbols: symbols.to_vec() });
        }
    }
    // Sections of an object do not overlap, so a part ends at the latest where the next begins.
    parts.sort_by_key(|part| part.start);
    let next: Vec<u64> = parts.iter().skip(1).map(|part| part.start).collect();
    for (part, next) in parts.iter_mut().zip(next) {
        part.size = part.size.min(next - part.start);
    }
    parts
}

/// The parts by the names of their symbols; the first if several have the same.
fn names<'a>(parts: &[Part<'a>]) -> HashMap<&'a [u8], usize> {
    let mut names = HashMap::new();
    for (index, part) in parts.iter().enumerate() {
        for symbol in &part.symbols {
            names.entry(symbol.name).or_insert(index);
        }
    }
    names
}
