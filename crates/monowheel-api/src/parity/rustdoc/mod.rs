//! The items of a crate that other crates reach, as rustdoc's JSON has them: those of macros too, which the source does not
//! show.
//!
//! The format is not stable. This reads format 57 (Rust 1.95 to 1.97), and others as far as they have the same parts, under
//! these names or earlier ones.

mod format;

use std::collections::{BTreeMap, HashMap, VecDeque};

use monowheel_audit::source::public::PublicKind;
use monowheel_error::{Error, ErrorKind, Result};

use crate::parity::reachable::{RustItem, within};
use crate::parity::rustdoc::format::{Crate, Enum, Id, Item, Items, Kinds, Struct, StructKind, Union, Use};
use crate::surface::Note;

/// Re-exports of re-exports that are followed.
const MOST_STEPS: usize = 16;

/// The public items of a crate.
#[derive(Debug)]
pub struct Documented {
    /// The name of the crate.
    pub name: String,
    /// The version of the format.
    pub format: u32,
    /// Its items, by path.
    pub items: Vec<RustItem>,
    /// What could not be followed.
    pub notes: Vec<Note>,
}

/// Reads the JSON of rustdoc, the content of the file at `path`.
///
/// # Errors
/// [`ErrorKind::Format`] if it is something else, or in a format without the parts that are needed.
pub fn read(path: &str, text: &str) -> Result<Documented> {
    const NEXT: &str =
        "write it with `cargo rustdoc -p CRATE --lib -- -Z unstable-options --output-format json` of a nightly Rust";
    let wrong = |what: String| Error::new(ErrorKind::Format, what).at(path).next(NEXT);
    let read: Crate =
        serde_json::from_str(text).map_err(|error| wrong(format!("this is not the JSON of rustdoc: {error}")))?;
    let name = read.index.get(&read.root).and_then(|root| root.name.clone());
    let name = name.ok_or_else(|| wrong("this JSON of rustdoc has no root".to_owned()))?;
    let mut walk = Walk { index: &read.index, reached: HashMap::new(), notes: Vec::new() };
    walk.from(&read.root);
    let (items, notes) = walk.ended();
    Ok(Documented { name, format: read.format_version, items, notes })
}

struct Walk<'a> {
    index: &'a HashMap<Id, Item>,
    /// The shortest path of each item.
    reached: HashMap<&'a Id, String>,
    notes: Vec<Note>,
}

impl<'a> Walk<'a> {
    /// Everything that users reach from a module.
    fn from(&mut self, root: &'a Id) {
        let mut waiting = VecDeque::from([(root, String::new())]);
        // Under a longer path, a module has nothing that is not known by a shorter one.
        let mut shortest: HashMap<&Id, (usize, usize)> = HashMap::new();
        while let Some((module, prefix)) = waiting.pop_front() {
            let Some(Kinds { module: Some(Items { items }), .. }) = self.index.get(module).map(|item| &item.inner.0)
            else {
                continue;
            };
            if shortest.get(module).is_some_and(|known| *known <= length(&prefix)) {
                continue;
            }
            shortest.insert(module, length(&prefix));
            for id in items {
                let Some(item) = self.index.get(id).filter(|item| item.is_public()) else { continue };
                match (&item.inner.0.reexport, &item.name) {
                    (Some(of), _) => match of.id.as_ref().filter(|id| self.index.contains_key(id)) {
                        Some(target) if of.is_glob => waiting.push_back((target, prefix.clone())),
                        Some(target) => self.reach(target, within(&prefix, &of.name), &mut waiting),
                        None => self.foreign(item, of),
                    },
                    (None, Some(name)) => self.reach(id, within(&prefix, name), &mut waiting),
                    (None, None) => {}
                }
            }
        }
    }

    fn reach(&mut self, id: &'a Id, path: String, waiting: &mut VecDeque<(&'a Id, String)>) {
        let mut id = id;
        // Through re-exports of re-exports.
        for _ in 0..MOST_STEPS {
            let next = self.index.get(id).and_then(|item| item.inner.0.reexport.as_ref()?.id.as_ref());
            id = next.unwrap_or(id);
        }
        let Some(item) = self.index.get(id) else { return };
        if item.inner.0.module.is_some() {
            return waiting.push_back((id, path));
        }
        if item.kind().is_some() {
            let known = self.reached.entry(id).or_insert_with(|| path.clone());
            if length(&path) < length(known) {
                *known = path;
            }
        }
    }

    fn foreign(&mut self, item: &Item, of: &Use) {
        let place = item.span.as_ref().map(|span| span.filename.clone()).unwrap_or_default();
        let what = format!("{} is of another crate; what it re-exports is not counted", of.source);
        let note = Note { place, what };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The items by path, with their members.
    fn ended(self) -> (Vec<RustItem>, Vec<Note>) {
        let mut found: BTreeMap<String, RustItem> = BTreeMap::new();
        for (id, path) in &self.reached {
            let Some(item) = self.index.get(id) else { continue };
            if let Some(kind) = item.kind() {
                found.insert(path.clone(), rust_item(path.clone(), None, kind, item));
            }
            for (kind, member) in self.members(item) {
                let inner = within(path, member.name.as_deref().unwrap_or_default());
                found.insert(inner.clone(), rust_item(inner, Some(path.clone()), kind, member));
            }
        }
        (found.into_values().collect(), self.notes)
    }

    fn members(&self, item: &Item) -> Vec<(PublicKind, &'a Item)> {
        let Kinds { structure, enumeration, union, of_trait, .. } = &item.inner.0;
        let mut found = Vec::new();
        let mut add = |ids: &[Id], is_shown: fn(&Item) -> bool, kind: fn(&Item) -> Option<PublicKind>| {
            let items = ids.iter().filter_map(|id| self.index.get(id)).filter(|item| is_shown(item));
            found.extend(items.filter_map(|item| Some((kind(item)?, item))));
        };
        let mut impls: &[Id] = &[];
        if let Some(Struct { kind, impls: own }) = structure {
            impls = own;
            if let StructKind::Plain { fields } = kind {
                add(fields, Item::is_public, |_| Some(PublicKind::Field));
            }
        }
        if let Some(Enum { variants, impls: own }) = enumeration {
            impls = own;
            add(variants, |_| true, |_| Some(PublicKind::Variant));
        }
        if let Some(Union { impls: own }) = union {
            impls = own;
        }
        if let Some(Items { items }) = of_trait {
            add(items, |_| true, Item::member_kind);
        }
        let own = impls.iter().filter_map(|id| self.index.get(id)?.inner.0.implementation.as_ref());
        for block in own.filter(|block| block.of.is_none()) {
            add(&block.items, Item::is_public, Item::member_kind);
        }
        found
    }
}

/// What makes one path shorter than another.
fn length(path: &str) -> (usize, usize) {
    (path.matches("::").count(), path.len())
}

fn rust_item(path: String, owner: Option<String>, kind: PublicKind, item: &Item) -> RustItem {
    RustItem {
        path,
        name: item.name.clone().unwrap_or_default(),
        owner,
        kind,
        file: item.span.as_ref().map(|span| span.filename.clone()).unwrap_or_default(),
        line: item.span.as_ref().map_or(0, |span| span.begin.0),
        is_documented: item.docs.as_deref().is_some_and(|docs| !docs.trim().is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_followed_through_modules_and_re_exports() {
        let item = |id: u32, name: &str, visibility: &str, inner: serde_json::Value| {
            let span = serde_json::json!({"filename": "src/lib.rs", "begin": [id, 1], "end": [id, 9]});
            let item = serde_json::json!({"id": id, "crate_id": 0, "name": name, "span": span, "visibility": visibility,
                "docs": if id == 3 { "It." } else { " " }, "attrs": [], "inner": inner});
            (id.to_string(), item)
        };
        let reexport = |source: &str, name: &str, id: Option<u32>, is_glob: bool| serde_json::json!({"use": {"source": source, "name": name, "id": id, "is_glob": is_glob}});
        let index: serde_json::Map<String, serde_json::Value> = [
            item(0, "core_crate", "public", serde_json::json!({"module": {"items": [1, 2, 5, 6, 7, 12]}})),
            item(1, "m", "public", serde_json::json!({"module": {"items": [3, 2, 8]}})),
            item(2, "", "public", reexport("std::fmt", "fmt", Some(900), false)),
            item(
                3,
                "S",
                "public",
                serde_json::json!({"struct": {"kind": {"plain": {"fields": [9, 10]}}, "impls": [11]}}),
            ),
            item(4, "made_by_a_macro", "public", serde_json::json!({"function": {"sig": {}}})),
            item(5, "", "public", reexport("m::S", "Short", Some(3), false)),
            item(6, "hidden", "crate", serde_json::json!({"function": {}})),
            item(7, "Opaque", "public", serde_json::json!("extern_type")),
            // A cycle.
            item(8, "", "public", reexport("crate", "crate", Some(0), true)),
            item(9, "x", "public", serde_json::json!({"struct_field": {"primitive": "u8"}})),
            item(10, "y", "default", serde_json::json!({"struct_field": {"primitive": "u8"}})),
            item(11, "", "default", serde_json::json!({"impl": {"trait": null, "items": [4]}})),
            item(12, "C", "public", serde_json::json!({"constant": {"type": {}, "const": {}}})),
        ]
        .into_iter()
        .collect();
        let whole = serde_json::json!({"root": 0, "format_version": 57, "index": index, "paths": {}});
        let found = read("core.json", &whole.to_string()).unwrap();
        let paths: Vec<(&str, bool)> = found.items.iter().map(|one| (one.path.as_str(), one.is_documented)).collect();
        let expected = [("C", false), ("Short", true), ("Short::made_by_a_macro", false), ("Short::x", false)];
        assert_eq!((paths.as_slice(), found.name.as_str()), (expected.as_slice(), "core_crate"));
        assert_eq!(found.notes.len(), 1, "{:?}", found.notes);
    }

    #[test]
    fn what_is_not_rustdocs_is_refused() {
        for wrong in [
            "",
            "[]",
            "{\"data\": []}",
            "{\"format_version\": 12, \"root\": \"0:0\", \"index\": {}}",
            "{\"format_version\": 57, \"root\": 0, \"index\": {}}",
        ] {
            assert!(read("a.json", wrong).is_err(), "{wrong}");
        }
    }
}
