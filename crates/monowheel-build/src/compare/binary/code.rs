//! Code sections: by function if there are symbols, else by position.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_error::text::count;

use crate::compare::binary::image::{Image, Symbol};
use crate::compare::binary::sections::Sides;
use crate::compare::binary::symbols;
use crate::compare::found::Found;
use crate::compare::{Kind, bytes, same};

/// If no sizes are known, functions are assumed to extend to the next one only if they are not longer on average.
const DENSE: usize = 4096;

/// Reports the functions that differ.
pub(super) fn compare(sides: &Sides<'_>, found: &mut Found) {
    let (a, b) = sides.bytes();
    let (in_a, in_b) = sides.numbers;
    let before = found.total();
    if covers(sides.a, in_a, a.len()) && covers(sides.b, in_b, b.len()) {
        by_name(sides, found);
        if found.total() > before {
            return;
        }
        if a.len() != b.len() {
            let cause = format!(
                "`{}` has the same functions at different offsets: {} in A and {} in B",
                sides.name,
                bytes(a.len()),
                bytes(b.len())
            );
            found.add_in(Kind::Code, &sides.name, cause);
            return;
        }
    }
    let first = same::first(a, b).unwrap_or(a.len().min(b.len()));
    let at = place(sides, first);
    if a.len() == b.len() {
        by_place(sides, a, b, found);
    } else {
        let cause = format!(
            "`{}` has {} in A and {} in B; they first differ at {at}",
            sides.name,
            bytes(a.len()),
            bytes(b.len())
        );
        found.add_in(Kind::Code, &sides.name, cause);
    }
}

/// Whether the symbols cover most of the functions. If they overlap in a way that no compiler produces, they are
/// ignored: each would have to be compared in full.
fn covers(image: &Image<'_>, section: usize, size: usize) -> bool {
    /// Aliases of one place count once, so that real files have hardly more than one.
    const MOST_TIMES: usize = 4;
    let symbols = image.symbols_of(section);
    let sum = |sized: bool| {
        let symbols = symbols.iter().filter(|symbol| symbol.sized || !sized);
        symbols.fold(0_usize, |sum, symbol| sum.saturating_add(symbol.size))
    };
    let dense = sum(true) > size / 2 || symbols.len().saturating_mul(DENSE) > size;
    dense && sum(false) <= size.saturating_mul(MOST_TIMES)
}

/// `.text+0x1234`, with the symbol before it, as in A.
fn place(sides: &Sides<'_>, offset: usize) -> String {
    let near = sides.a.symbol_at(sides.numbers.0, offset);
    let near = near.map(|symbol| format!(" ({:#x} behind `{}`)", offset - symbol.offset, symbols::shown(symbol.name)));
    format!("{}+{offset:#x}{}", sides.name, near.unwrap_or_default())
}

fn by_name(sides: &Sides<'_>, found: &mut Found) {
    fn functions<'a>(image: &'a Image<'a>, section: usize) -> BTreeMap<String, Vec<&'a Symbol<'a>>> {
        let mut functions: BTreeMap<String, Vec<&Symbol<'_>>> = BTreeMap::new();
        for symbol in image.symbols_of(section) {
            functions.entry(symbols::stable(symbol.name)).or_default().push(symbol);
        }
        functions
    }
    let (left, right) = (functions(sides.a, sides.numbers.0), functions(sides.b, sides.numbers.1));
    let (a, b) = sides.bytes();
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let none = Vec::new();
    for name in names {
        let (left, right) = (left.get(name).unwrap_or(&none), right.get(name).unwrap_or(&none));
        for index in 0..left.len().max(right.len()) {
            let part = |bytes: &'_ [u8], symbol: &Symbol<'_>| {
                bytes.get(symbol.offset..symbol.offset + symbol.size).unwrap_or_default().to_vec()
            };
            let (symbol, how) = match (left.get(index), right.get(index)) {
                (Some(in_a), Some(in_b)) => {
                    let (a, b) = (part(a, in_a), part(b, in_b));
                    if a == b {
                        continue;
                    }
                    let how = if a.len() == b.len() {
                        format!("differs in {}", bytes(same::count(&a, &b)))
                    } else {
                        format!("has {} in A and {} in B", bytes(a.len()), bytes(b.len()))
                    };
                    (in_a, how)
                }
                (Some(symbol), None) => (symbol, format!("({}) is only in A", bytes(symbol.size))),
                (None, Some(symbol)) => (symbol, format!("({}) is only in B", bytes(symbol.size))),
                (None, None) => continue,
            };
            function(sides, symbol, &how, found);
        }
    }
}

fn function(sides: &Sides<'_>, symbol: &Symbol<'_>, how: &str, found: &mut Found) {
    if found.is_full(Kind::Code) {
        found.skip(Kind::Code);
        return;
    }
    let raw = String::from_utf8_lossy(symbol.name);
    let shown = symbols::shown(symbol.name);
    let cause = format!("function `{shown}` (symbol, {}+{:#x}) {how}", sides.name, symbol.offset);
    found.add_symbol(Kind::Code, &sides.name, &raw, cause);
}

/// Both have the same length: the runs that differ, by the function that contains them if known.
fn by_place(sides: &Sides<'_>, a: &[u8], b: &[u8], found: &mut Found) {
    let runs = same::runs(a, b);
    let dense = covers(sides.a, sides.numbers.0, a.len());
    let mut functions: BTreeMap<usize, (&Symbol<'_>, usize)> = BTreeMap::new();
    let mut others = Vec::new();
    for run in &runs {
        let differing = same::count(a.get(run.clone()).unwrap_or_default(), b.get(run.clone()).unwrap_or_default());
        let symbol = sides.a.symbol_at(sides.numbers.0, run.start);
        let inside = |symbol: &&Symbol<'_>| (symbol.sized || dense) && run.start < symbol.offset + symbol.size;
        match symbol.filter(inside) {
            Some(symbol) => functions.entry(symbol.offset).or_insert((symbol, 0)).1 += differing,
            None => others.push((run.start, differing)),
        }
    }
    for (symbol, differing) in functions.into_values() {
        function(sides, symbol, &format!("differs in {}", bytes(differing)), found);
    }
    if let Some((first, _)) = others.first() {
        let sum = others.iter().map(|(_, differing)| differing).sum();
        let cause = format!(
            "`{}` differs in {} in {}, first at {}",
            sides.name,
            bytes(sum),
            count(others.len(), "place"),
            place(sides, *first)
        );
        found.add_in(Kind::Code, &sides.name, cause);
    }
}
