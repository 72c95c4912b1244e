//! Data sections: paths first, then texts, then the variable that contains the bytes.

use std::collections::BTreeSet;
use std::ops::Range;

use monowheel_error::text::count;

use crate::compare::binary::sections::Sides;
use crate::compare::binary::{paths, symbols};
use crate::compare::found::Found;
use crate::compare::{Kind, bytes, same, text};

/// Fewer characters than this do not count as a text.
const TEXT: usize = 6;
/// Texts that are reported individually.
const TEXTS: usize = 20;

/// Reports the data that differ.
pub(super) fn compare(sides: &Sides<'_>, found: &mut Found) {
    let (a, b) = sides.bytes();
    let name = &sides.name;
    let only = paths::compare(&paths::Place::of(sides), a, b, found);
    if a.len() == b.len() {
        by_place(sides, a, b, &only, found);
        return;
    }
    let before = found.total();
    if only.is_empty() {
        texts(sides, a, b, found);
    }
    let follows = !only.is_empty() || found.total() > before;
    let first = same::first(a, b).unwrap_or(a.len().min(b.len())) as u64 + sides.addresses().0;
    let cause =
        format!("`{name}` has {} in A and {} in B; they first differ at {first:#x}", bytes(a.len()), bytes(b.len()));
    found.add_following(Kind::Data, name, follows, cause);
}

/// Both have the same length: the runs that differ.
fn by_place(sides: &Sides<'_>, a: &[u8], b: &[u8], only: &paths::Only, found: &mut Found) {
    let start = sides.addresses().0;
    let mut others: Vec<(&Range<usize>, usize)> = Vec::new();
    let runs = same::runs(a, b);
    let mut until = 0;
    for run in runs.iter().filter(|run| !only.covers(run)) {
        if run.end <= until {
            // It is in a text that was reported.
            continue;
        }
        if let Some((end, in_a, in_b)) = text_around(a, b, run) {
            until = end;
            if found.is_full(Kind::Data) {
                found.skip(Kind::Data);
                continue;
            }
            let at = start + run.start as u64;
            let cause = format!("`{}` at {at:#x} holds the text `{in_a}` in A and `{in_b}` in B", sides.name);
            found.add_in(Kind::Data, &sides.name, cause);
        } else {
            let differing = same::count(a.get(run.clone()).unwrap_or_default(), b.get(run.clone()).unwrap_or_default());
            others.push((run, differing));
        }
    }
    let Some((first, _)) = others.first() else { return };
    let sum: usize = others.iter().map(|(_, differing)| differing).sum();
    let near = sides.a.symbol_at(sides.numbers.0, first.start);
    let near = near.filter(|symbol| symbol.sized && first.start < symbol.offset + symbol.size);
    let of = near.map(|symbol| format!(" (in `{}`)", symbols::shown(symbol.name))).unwrap_or_default();
    let at = start + first.start as u64;
    let places = count(others.len(), "place");
    let cause = format!("`{}` differs in {} in {places}, first at {at:#x}{of}", sides.name, bytes(sum));
    // Addresses in the data follow from the paths before them, if those have different lengths.
    match near {
        Some(symbol) => {
            found.add_symbol(Kind::Data, &sides.name, &String::from_utf8_lossy(symbol.name), cause);
        }
        None => found.add_in(Kind::Data, &sides.name, cause),
    }
}

/// The text that contains a run, if it is a text in both: its end, and the texts.
fn text_around(a: &[u8], b: &[u8], run: &Range<usize>) -> Option<(usize, String, String)> {
    /// How many bytes are examined on each side.
    const AROUND: usize = 60;
    let both = |index: usize| {
        a.get(index).is_some_and(|byte| is_text(*byte)) && b.get(index).is_some_and(|byte| is_text(*byte))
    };
    if !run.clone().all(both) {
        return None;
    }
    let start = (run.start.saturating_sub(AROUND)..run.start)
        .rev()
        .take_while(|index| both(*index))
        .last()
        .unwrap_or(run.start);
    let end = (run.end..run.end.saturating_add(AROUND))
        .take_while(|index| both(*index))
        .last()
        .map_or(run.end, |last| last + 1);
    if end - start < TEXT {
        return None;
    }
    let part = |bytes: &[u8]| String::from_utf8_lossy(bytes.get(start..end).unwrap_or_default()).into_owned();
    let (in_a, in_b) = text::shown(&part(a), &part(b));
    Some((end, in_a, in_b))
}

/// The texts that are in only one of two sections of different lengths.
fn texts(sides: &Sides<'_>, a: &[u8], b: &[u8], found: &mut Found) {
    let all = |bytes: &[u8]| -> BTreeSet<String> {
        let parts = bytes.split(|byte| !is_text(*byte)).filter(|part| part.len() >= TEXT);
        parts.map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    };
    let (left, right) = (all(a), all(b));
    let (only_a, only_b): (Vec<_>, Vec<_>) = (left.difference(&right).collect(), right.difference(&left).collect());
    if only_a.len().max(only_b.len()) > TEXTS {
        return;
    }
    for index in 0..only_a.len().max(only_b.len()) {
        let name = &sides.name;
        let cause = match (only_a.get(index), only_b.get(index)) {
            (Some(a), Some(b)) => {
                let (a, b) = text::shown(a, b);
                format!("`{name}` holds the text `{a}` in A and `{b}` in B")
            }
            (Some(text), None) => format!("`{name}` holds the text `{}` only in A", text::shown(text, "").0),
            (None, Some(text)) => format!("`{name}` holds the text `{}` only in B", text::shown(text, "").0),
            (None, None) => continue,
        };
        found.add_in(Kind::Data, name, cause);
    }
}

const fn is_text(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' '
}
