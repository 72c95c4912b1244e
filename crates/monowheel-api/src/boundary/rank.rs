//! The conversions of a project by their cost, with cheaper ways.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cost::Cost;
use super::{Calls, TypeRow, cheaper};
use crate::read::source::{Use, Way};

/// The size for which costs are compared.
pub const SIZE: u64 = 1_000;

/// The part of a cost that a cheaper way may have.
const CLEARLY: f64 = 0.9;

/// The conversions of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Ranking {
    /// The number of elements that costs are for.
    pub size: u64,
    /// Conversions whose cost was measured, the dearest first.
    pub ranked: Vec<Ranked>,
    /// Those of types that were not measured, in the order of their names.
    pub unknown: Vec<Ranked>,
}

/// One conversion, and where the project does it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// The Rust type.
    #[serde(rename = "type")]
    pub ty: String,
    /// Its direction.
    pub way: Way,
    /// Where it is done: the parameter or function in Python, and the file and line.
    pub places: Vec<(String, String)>,
    /// The type that was measured, if it is another that costs the same.
    pub measured_as: Option<String>,
    /// Nanoseconds for [`Ranking::size`] elements, or for one value.
    pub nanoseconds: Option<f64>,
    /// Cheaper ways, the cheapest first.
    pub cheaper: Vec<Cheaper>,
}

/// A cheaper way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cheaper {
    /// The type to use.
    pub instead: String,
    /// What changes with it.
    pub but: String,
    /// The page that says so.
    pub source: String,
    /// Nanoseconds of it; none if this `PyO3` with this floor does not have it.
    pub nanoseconds: Option<f64>,
}

/// Ranks the conversions of a project by what was measured.
#[must_use]
pub fn rank(uses: &[Use], calls: &Calls) -> Ranking {
    let mut by_type: BTreeMap<(&str, Way), Vec<(String, String)>> = BTreeMap::new();
    for one in uses {
        by_type.entry((&one.ty, one.way)).or_default().push((one.of.clone(), one.place.clone()));
    }
    let mut ranking = Ranking { size: SIZE, ..Ranking::default() };
    for ((ty, way), places) in by_type {
        let found = measured(ty, way, calls);
        let (measured_as, nanoseconds) = match found {
            Some((row, cost)) => ((plain(&row.ty) != plain(ty)).then(|| row.ty.clone()), Some(cost.of(SIZE))),
            None => (None, None),
        };
        let known = measured_as.as_deref().unwrap_or(ty);
        let cheaper = nanoseconds.map(|own| cheaper_ways(known, way, own, calls)).unwrap_or_default();
        let ranked = Ranked { ty: ty.to_owned(), way, places, measured_as, nanoseconds, cheaper };
        if ranked.nanoseconds.is_some() { &mut ranking.ranked } else { &mut ranking.unknown }.push(ranked);
    }
    let cost = |one: &Ranked| one.nanoseconds.unwrap_or_default();
    ranking.ranked.sort_by(|one, two| cost(two).total_cmp(&cost(one)));
    ranking
}

/// The ways that clearly cost less than `own` nanoseconds, or that do not exist here.
fn cheaper_ways(ty: &str, way: Way, own: f64, calls: &Calls) -> Vec<Cheaper> {
    let mut found: Vec<Cheaper> = Vec::new();
    for advice in cheaper::of(ty, way) {
        let cost = row(advice.instead, calls).and_then(|row| cost(row, way)).map(|cost| cost.of(SIZE));
        if cost.is_none_or(|cost| cost < own * CLEARLY) {
            found.push(Cheaper {
                instead: advice.instead.to_owned(),
                but: advice.but.to_owned(),
                source: advice.source.to_owned(),
                nanoseconds: cost,
            });
        }
    }
    let cost = |one: &Cheaper| one.nanoseconds.unwrap_or(f64::INFINITY);
    found.sort_by(|one, two| cost(one).total_cmp(&cost(two)));
    found
}

/// The row for a type: its own, or that of a type which is converted alike.
fn measured<'a>(ty: &str, way: Way, calls: &'a Calls) -> Option<(&'a TypeRow, &'a Cost)> {
    let optional = ty.strip_prefix("Option<").and_then(|inner| inner.strip_suffix('>'));
    // Each of these is one check of the type.
    let checked = ty.starts_with("Bound<").then_some("Bound<PyAny>");
    let names = [Some(ty), optional].into_iter().flatten().flat_map(|name| [name.to_owned(), alike(name)]);
    let names = names.chain(checked.map(str::to_owned));
    names.filter_map(|name| row(&name, calls)).find_map(|row| Some((row, cost(row, way)?)))
}

fn row<'a>(ty: &str, calls: &'a Calls) -> Option<&'a TypeRow> {
    calls.types.iter().find(|row| plain(&row.ty) == plain(ty))
}

const fn cost(row: &TypeRow, way: Way) -> Option<&Cost> {
    match way {
        Way::Argument => row.argument.as_ref(),
        Way::Result => row.result.as_ref(),
    }
}

/// A name without what does not matter: blanks, and the length of an array.
fn plain(ty: &str) -> String {
    let name: String = ty.split_whitespace().collect();
    match name.split_once(';') {
        Some((item, _)) => format!("{item};N]"),
        None => name,
    }
}

/// The type with all integers as `i64` and all floats as `f64`; `u8` stays, since sequences of it are bytes.
fn alike(ty: &str) -> String {
    let mut found = String::new();
    for part in ty.split_inclusive(|c: char| !c.is_alphanumeric()) {
        let name = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        let end = &part[name.len()..];
        found += match name {
            "i8" | "i16" | "i32" | "isize" | "u16" | "u32" | "u64" | "usize" => "i64",
            "f32" => "f64",
            name => name,
        };
        found += end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::row;
    use super::*;

    fn used(ty: &str, way: Way) -> Use {
        Use { ty: ty.to_owned(), way, of: "f(a)".to_owned(), place: "src/lib.rs:1".to_owned() }
    }

    fn calls() -> Calls {
        let types = vec![
            row("Vec<u8>", 30.0, 0.02),
            row("&[u8]", 5.0, 0.0),
            row("Vec<i64>", 50.0, 10.0),
            row("[i64; 3]", 60.0, 0.0),
            row("Bound<PyAny>", 3.0, 0.0),
            row("Bound<PyList>", 4.0, 0.0),
        ];
        Calls { types, ..Calls::default() }
    }

    #[test]
    fn the_dearest_comes_first_and_what_is_not_known_is_said() {
        let uses = [
            used("Vec<u8>", Way::Argument),
            used("Vec<u32>", Way::Argument),
            used("Vec<u8>", Way::Argument),
            used("Vec<Order>", Way::Argument),
            used("Option<Vec<i64>>", Way::Result),
            used("Bound<PyModule>", Way::Argument),
            used("[i32; N]", Way::Argument),
        ];
        let found = rank(&uses, &calls());
        let ranked: Vec<(&str, usize, Option<&str>)> =
            found.ranked.iter().map(|one| (one.ty.as_str(), one.places.len(), one.measured_as.as_deref())).collect();
        assert_eq!(
            ranked,
            [
                ("Option<Vec<i64>>", 1, Some("Vec<i64>")),
                ("Vec<u32>", 1, Some("Vec<i64>")),
                ("[i32; N]", 1, Some("[i64; 3]")),
                ("Vec<u8>", 2, None),
                ("Bound<PyModule>", 1, Some("Bound<PyAny>")),
            ]
        );
        assert_eq!(found.unknown.iter().map(|one| one.ty.as_str()).collect::<Vec<_>>(), ["Vec<Order>"]);
    }

    #[test]
    fn a_cheaper_way_is_one_that_was_measured_or_that_this_floor_does_not_have() {
        let found = rank(&[used("Vec<u8>", Way::Argument)], &calls());
        let ways: Vec<(&str, bool)> =
            found.ranked[0].cheaper.iter().map(|one| (one.instead.as_str(), one.nanoseconds.is_some())).collect();
        assert_eq!(ways, [("&[u8]", true), ("PyBackedBytes", false)]);
        let slower = Calls { types: vec![row("Vec<u8>", 1.0, 0.0), row("&[u8]", 5.0, 0.0)], ..Calls::default() };
        let found = rank(&[used("Vec<u8>", Way::Argument)], &slower);
        assert!(found.ranked[0].cheaper.iter().all(|one| one.instead != "&[u8]"));
    }
}
