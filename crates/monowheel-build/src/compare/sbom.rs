//! Bills of materials in JSON: compares them value by value, and names the random values.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_error::text::count;
use monowheel_wheel::sbom::random;
use serde_json::Value;

use crate::compare::Kind;
use crate::compare::found::Found;
use crate::compare::text;

/// A larger document is compared as text: parsed, it takes many times its size.
const MOST: usize = 8 << 20;
/// The maximum number of different values that are kept apart.
const MOST_SAID: usize = 1000;

/// Reports the values that differ; `false` when one is not JSON, or is too large.
pub(super) fn compare(a: &str, b: &str, found: &mut Found) -> bool {
    if a.len().max(b.len()) > MOST {
        return false;
    }
    let (Ok(left), Ok(right)) = (serde_json::from_str::<Value>(a), serde_json::from_str::<Value>(b)) else {
        return false;
    };
    let mut walk = Walk::default();
    walk.value(&mut String::new(), &left, &right);
    for (said, (place, number)) in walk.said {
        let more = if number > 1 { format!(" ({number} such values)") } else { String::new() };
        found.add_in(Kind::Sbom, &place, format!("{said}{more}"));
    }
    if walk.beyond > 0 {
        found.add(Kind::Sbom, format!("SBOM: {} more differ", count(walk.beyond, "value")));
    }
    if found.is_empty() {
        found.add(Kind::Sbom, "SBOM has the same values, written differently (whitespace or key order)");
    }
    true
}

/// The reported differences, each once with its first place and its count: dozens of references name one directory.
#[derive(Default)]
struct Walk {
    said: BTreeMap<String, (String, usize)>,
    /// The number of further differences.
    beyond: usize,
}

impl Walk {
    fn say(&mut self, place: &str, cause: String) {
        if self.said.len() >= MOST_SAID && !self.said.contains_key(&cause) {
            self.beyond += 1;
            return;
        }
        let entry = self.said.entry(cause).or_insert_with(|| (place.to_owned(), 0));
        entry.1 += 1;
    }

    /// The depth is limited by `serde_json`, to 128.
    fn value(&mut self, place: &mut String, a: &Value, b: &Value) {
        match (a, b) {
            _ if a == b => {}
            (Value::Object(a), Value::Object(b)) => {
                let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
                for key in keys {
                    let length = place.len();
                    if !place.is_empty() {
                        place.push('.');
                    }
                    place.push_str(key);
                    match (a.get(key), b.get(key)) {
                        (Some(a), Some(b)) => self.value(place, a, b),
                        (a, b) => self.one_side(place, a, b),
                    }
                    place.truncate(length);
                }
            }
            (Value::Array(a), Value::Array(b)) => self.array(place, a, b),
            _ => self.leaf(place, a, b),
        }
    }

    fn array(&mut self, place: &mut String, a: &[Value], b: &[Value]) {
        let sorted = |list: &[Value]| {
            let mut list: Vec<String> = list.iter().map(Value::to_string).collect();
            list.sort_unstable();
            list
        };
        if a.len() == b.len() && sorted(a) == sorted(b) {
            self.say(place, format!("SBOM {place}: the same values are in a different order"));
            return;
        }
        if let (Some(left), Some(right)) = (by_name(a), by_name(b)) {
            let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            for name in names {
                let length = place.len();
                place.push_str(&format!("[{name}]"));
                match (left.get(name), right.get(name)) {
                    (Some(a), Some(b)) => self.value(place, a, b),
                    (a, b) => self.one_side(place, a.copied(), b.copied()),
                }
                place.truncate(length);
            }
            return;
        }
        for index in 0..a.len().max(b.len()) {
            let length = place.len();
            place.push_str(&format!("[{index}]"));
            match (a.get(index), b.get(index)) {
                (Some(a), Some(b)) => self.value(place, a, b),
                (a, b) => self.one_side(place, a, b),
            }
            place.truncate(length);
        }
    }

    fn one_side(&mut self, place: &str, a: Option<&Value>, b: Option<&Value>) {
        let side = if a.is_some() { "A" } else { "B" };
        let value = a.or(b).map(Value::to_string).unwrap_or_default();
        self.say(place, format!("SBOM {place} is only in {side}: {}", text::shown(&value, "").0));
    }

    fn leaf(&mut self, place: &str, a: &Value, b: &Value) {
        let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (a, b) = (plain(a), plain(b));
        if let Some((a, b)) = file_reference(&a).zip(file_reference(&b)).filter(|(a, b)| a != b) {
            self.say(place, format!("SBOM path+file:// reference names {a} and {b}: the build directory"));
            return;
        }
        let why = match place {
            "serialNumber" | "documentNamespace" if random(&a).is_some() && random(&b).is_some() => {
                ": it is random in every build"
            }
            "metadata.timestamp" | "creationInfo.created" => ": the time of the build",
            _ => "",
        };
        let (a, b) = text::shown(&a, &b);
        self.say(place, format!("SBOM {place} is {a} in A and {b} in B{why}"));
    }
}

/// The values of a list by an identifying name, if each has a unique one. A name that contains a directory is
/// identified by the rest: `path+file:///home/a/x#demo@1.0`.
fn by_name(list: &[Value]) -> Option<BTreeMap<String, &Value>> {
    let mut named = BTreeMap::new();
    for value in list {
        let name = ["bom-ref", "ref", "SPDXID", "name"].iter().find_map(|key| value.get(key)?.as_str())?;
        let name = match file_reference(name) {
            Some(_) => name.rsplit('#').next().unwrap_or(name),
            None => name,
        };
        if named.insert(text::shown(name, "").0, value).is_some() {
            return None;
        }
    }
    Some(named)
}

/// The directory that `path+file:///home/a/x#0.1.0` or `…?download_url=file:///home/a/x` names.
fn file_reference(text: &str) -> Option<&str> {
    let (_, path) = text.split_once("file://")?;
    path.split(['#', '?', '&', ' ']).next().filter(|path| path.starts_with('/'))
}
