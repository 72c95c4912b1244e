//! Paths of build machines that are in only one of two binaries.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use crate::compare::Kind;
use crate::compare::binary::sections::Sides;
use crate::compare::found::Found;
use monowheel_wheel::binary::paths::absolute::{self, AbsolutePath, PathKind};

/// Beyond this number, paths in one section are not distinguished; debug information of a large library has as many.
const MOST: usize = 1 << 16;

/// The origin of the bytes.
pub(super) struct Place {
    /// The section's name.
    pub(super) name: String,
    /// The start of the bytes, in A and in B.
    pub(super) starts: (u64, u64),
    /// Whether no loader reads them.
    pub(super) is_debug: bool,
}

impl Place {
    pub(super) fn of(sides: &Sides<'_>) -> Self {
        Self { name: sides.name.clone(), starts: sides.addresses(), is_debug: sides.name.contains("debug") }
    }
}

/// The positions of the paths that are in only one of them.
#[derive(Debug, Default)]
pub(super) struct Only {
    pub(super) a: Vec<Range<usize>>,
    pub(super) b: Vec<Range<usize>>,
}

impl Only {
    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.a.is_empty() && self.b.is_empty()
    }

    /// Whether a run of bytes of A is inside one of its paths.
    pub(super) fn covers(&self, run: &Range<usize>) -> bool {
        let covers = |ranges: &[Range<usize>]| {
            let place = ranges.partition_point(|range| range.end < run.end);
            ranges.get(place).is_some_and(|range| range.start <= run.start && run.end <= range.end)
        };
        covers(&self.a) || covers(&self.b)
    }
}

/// Reports the paths that are in only one; paths that name the same file are paired.
pub(super) fn compare(place: &Place, a: &[u8], b: &[u8], found: &mut Found) -> Only {
    let (left, right) = (absolute::find(a, MOST), absolute::find(b, MOST));
    if left.len() == MOST || right.len() == MOST {
        return Only::default();
    }
    let texts = |paths: &[AbsolutePath]| -> BTreeSet<String> { paths.iter().map(|path| path.text.clone()).collect() };
    let (in_a, in_b) = (texts(&left), texts(&right));
    let only = |paths: Vec<AbsolutePath>, others: &BTreeSet<String>| -> Vec<AbsolutePath> {
        paths.into_iter().filter(|path| !others.contains(&path.text)).collect()
    };
    let (left, right) = (only(left, &in_b), only(right, &in_a));
    tell(place, &left, &right, found);
    let ranges = |paths: Vec<AbsolutePath>| paths.into_iter().map(|path| path.range).collect();
    Only { a: ranges(left), b: ranges(right) }
}

/// A path of A, and the corresponding one of B.
type Both<'a> = (Option<&'a AbsolutePath>, Option<&'a AbsolutePath>);

fn tell(place: &Place, left: &[AbsolutePath], right: &[AbsolutePath], found: &mut Found) {
    let mut waiting: BTreeMap<&str, VecDeque<&AbsolutePath>> = BTreeMap::new();
    for path in right {
        waiting.entry(tail(path)).or_default().push_back(path);
    }
    // Paths with the same tail under two directories are one difference: the first of them, and the others' names.
    let mut groups: BTreeMap<(PathKind, &str, &str), (Both<'_>, BTreeSet<&str>)> = BTreeMap::new();
    let mut pairs: Vec<Both<'_>> = Vec::new();
    for path in left {
        pairs.push((Some(path), waiting.get_mut(tail(path)).and_then(VecDeque::pop_front)));
    }
    pairs.extend(waiting.into_values().flatten().map(|path| (None, Some(path))));
    for (a, b) in pairs {
        let Some(one) = a.or(b) else { continue };
        let (in_a, in_b) = match (a, b) {
            (Some(a), Some(b)) => heads(&a.text, &b.text),
            (Some(_), None) => ("+", ""),
            _ => ("", "+"),
        };
        let group = groups.entry((one.kind, in_a, in_b)).or_insert(((a, b), BTreeSet::new()));
        group.1.insert(&one.text);
    }
    let (from_a, from_b) = place.starts;
    let name = &place.name;
    for ((kind, ..), (first, texts)) in groups {
        let what = if place.is_debug {
            "debug information"
        } else if texts.iter().all(|text| text.ends_with(".rs")) {
            "a panic message"
        } else {
            "a path"
        };
        let why = format!("({what}; {})", kind.words());
        let more = match texts.len() {
            0 | 1 => String::new(),
            2 => ", and one more like it".to_owned(),
            number => format!(", and {} more like it", number - 1),
        };
        let at = |path: &AbsolutePath, from: u64| from + path.range.start as u64;
        let cause = match first {
            (Some(a), Some(b)) => {
                format!(
                    "`{name}` at {:#x} holds the path {} in A and {} in B{more} {why}",
                    at(a, from_a),
                    a.text,
                    b.text
                )
            }
            (Some(a), None) => {
                format!("`{name}` at {:#x} holds the path {} only in A{more} {why}", at(a, from_a), a.text)
            }
            (None, Some(b)) => {
                format!("`{name}` at {:#x} holds the path {} only in B{more} {why}", at(b, from_b), b.text)
            }
            (None, None) => continue,
        };
        found.add_in(Kind::Path, name, cause);
    }
}

/// The prefixes of both before their common suffix, which begins with a slash.
fn heads<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let same = a.bytes().rev().zip(b.bytes().rev()).take_while(|(a, b)| a == b).count();
    let shared = a.get(a.len() - same..).unwrap_or_default();
    let shared = shared.find(['/', '\\']).map_or(0, |slash| shared.len() - slash);
    (a.get(..a.len() - shared).unwrap_or(a), b.get(..b.len() - shared).unwrap_or(b))
}

/// The part that is the same in two builds: after the directory that the machine chose.
fn tail(path: &AbsolutePath) -> &str {
    let text = path.text.as_str();
    let behind = |mark: &str| text.split_once(mark).map(|(_, tail)| tail);
    let crates = behind("/registry/src/").or_else(|| behind("\\registry\\src\\"));
    // The index has a separate directory, named by a hash.
    let behind_index = crates.and_then(|tail| tail.split_once(['/', '\\'])).map(|(_, tail)| tail);
    let behind_library = behind("/library/").or_else(|| behind("\\library\\"));
    behind_index
        .or_else(|| behind("/git/checkouts/"))
        .or(behind_library.filter(|_| matches!(path.kind, PathKind::RustSource | PathKind::Renamed)))
        .unwrap_or_else(|| text.rsplit(['/', '\\']).next().unwrap_or(text))
}
