//! The items of a crate that other crates reach: through `pub mod`, and through `pub use`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use monowheel_audit::source::public::{PublicItem, PublicKind};
use monowheel_audit::source::{File, Source};

use crate::surface::Note;

/// The most paths of modules that are followed: re-exports may form a cycle.
const MOST: usize = 100_000;

/// An item of a Rust API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RustItem {
    /// Its shortest path from the root of the crate: `Session::execute`, `errors::Code::Timeout`.
    pub path: String,
    /// Its name.
    pub name: String,
    /// The path of the type or trait that it belongs to.
    pub owner: Option<String>,
    /// What it is.
    pub kind: PublicKind,
    /// Its file.
    pub file: String,
    /// Its line, from 1.
    pub line: u32,
    /// Whether it has documentation.
    pub is_documented: bool,
}

/// The public items of a crate, by path, and what could not be followed.
#[must_use]
pub fn reachable(source: &Source) -> (Vec<RustItem>, Vec<Note>) {
    let files: Vec<&File> = source.library_files().collect();
    let mut walk = Walk::of(&files);
    walk.module(&[], "", 0);
    let mut notes: Vec<Note> = source.unread().map(|(place, what)| Note { place, what }).collect();
    notes.append(&mut walk.notes);
    let mut found: BTreeMap<String, RustItem> = BTreeMap::new();
    for (path, (file, item)) in walk.paths() {
        // A class of Python is the other side, but what it has besides is not.
        if !item.is_binding {
            found.insert(path.clone(), walk.item(path.clone(), None, file, item));
        }
        for (of, member) in walk.members(file, item) {
            let inner = format!("{path}::{}", member.name);
            found.insert(inner.clone(), walk.item(inner, Some(path.clone()), of, member));
        }
    }
    (found.into_values().collect(), notes)
}

/// A file and one of its items.
type Place<'a> = (usize, &'a PublicItem);

struct Walk<'a> {
    files: &'a [&'a File],
    /// What each module has, by its path from the root.
    modules: HashMap<Vec<String>, Vec<Place<'a>>>,
    public_modules: BTreeSet<Vec<String>>,
    /// Name of a type → its members, those of other types of this name among them.
    members: HashMap<&'a str, Vec<Place<'a>>>,
    /// Name → the number of types that have it.
    types: HashMap<&'a str, usize>,
    /// The path of each item that is reached.
    reached: BTreeMap<(usize, usize), (String, Place<'a>)>,
    seen: BTreeSet<(Vec<String>, String)>,
    notes: Vec<Note>,
}

fn joined(module: &[String], around: &[String]) -> Vec<String> {
    module.iter().chain(around).cloned().collect()
}

impl<'a> Walk<'a> {
    fn of(files: &'a [&'a File]) -> Self {
        let mut walk = Self {
            files,
            modules: HashMap::new(),
            public_modules: BTreeSet::new(),
            members: HashMap::new(),
            types: HashMap::new(),
            reached: BTreeMap::new(),
            seen: BTreeSet::new(),
            notes: Vec::new(),
        };
        for (number, file) in files.iter().enumerate() {
            walk.modules.entry(file.module.clone()).or_default();
            for item in &file.public.items {
                walk.modules.entry(joined(&file.module, &item.around)).or_default().push((number, item));
                match &item.owner {
                    Some(owner) => walk.members.entry(owner).or_default().push((number, item)),
                    None if is_type(item) => *walk.types.entry(&item.name).or_default() += 1,
                    None => {}
                }
            }
            for module in &file.public.modules {
                let module = joined(&file.module, module);
                walk.modules.entry(module.clone()).or_default();
                walk.public_modules.insert(module);
            }
        }
        walk
    }

    /// Everything that users reach in a module whose path for them is `prefix`.
    fn module(&mut self, module: &[String], prefix: &str, depth: usize) {
        if depth > 64 || self.seen.len() > MOST || !self.seen.insert((module.to_vec(), prefix.to_owned())) {
            return;
        }
        for place in self.modules.get(module).cloned().unwrap_or_default() {
            if place.1.owner.is_none() {
                self.reach(place, &within(prefix, &place.1.name));
            }
        }
        let inner: Vec<Vec<String>> = self.public_modules.iter().filter(|one| is_child(one, module)).cloned().collect();
        for child in inner {
            let prefix = within(prefix, child.last().map_or("", String::as_str));
            self.module(&child, &prefix, depth + 1);
        }
        for (number, file) in self.files.iter().enumerate() {
            for one in file.public.reexports.iter().filter(|one| joined(&file.module, &one.around) == module) {
                self.reexport(number, module, (&one.name, &one.path), prefix, depth);
            }
        }
    }

    fn reexport(&mut self, file: usize, module: &[String], (name, path): (&str, &str), prefix: &str, depth: usize) {
        let Some(target) = self.target(file, module, path) else {
            let place = self.files.get(file).map(|file| file.path.clone()).unwrap_or_default();
            let note = Note { place, what: format!("{path} is of another crate; what it re-exports is not counted") };
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
            return;
        };
        // Two modules may re-export each other's names.
        if !self.seen.insert((target.clone(), format!("use {}", within(prefix, name)))) {
            return;
        }
        if name == "*" {
            return self.module(&target, prefix, depth + 1);
        }
        if self.modules.contains_key(&target) {
            self.module(&target, &within(prefix, name), depth + 1);
        }
        let Some((last, parent)) = target.split_last() else { return };
        let here: Vec<Place<'a>> = self.modules.get(parent).cloned().unwrap_or_default();
        for place in here.into_iter().filter(|place| place.1.owner.is_none() && place.1.name == *last) {
            self.reach(place, &within(prefix, name));
        }
        // It may be re-exported there itself.
        let files = self.files;
        for (number, other) in files.iter().enumerate() {
            for one in other.public.reexports.iter().filter(|one| {
                one.name == *last && depth < 64 && joined(&other.module, &one.around) == parent && one.path != path
            }) {
                self.reexport(number, parent, (name, &one.path), prefix, depth + 1);
            }
        }
    }

    /// The path from the root that a path in a module means; none for another crate.
    fn target(&self, file: usize, module: &[String], path: &str) -> Option<Vec<String>> {
        let mut parts: Vec<String> = path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        // The first name may be one of a `use` of the file.
        let imports = &self.files.get(file)?.exports.imports;
        let own = |parts: &[String]| self.modules.contains_key(&joined(module, parts.get(..1).unwrap_or_default()));
        if let Some(first) = parts.first().cloned() {
            let is_item = self.modules.get(module).is_some_and(|items| items.iter().any(|item| item.1.name == first));
            let known = imports.iter().find(|(name, path)| *name == first && *path != first);
            if let Some((_, known)) = known.filter(|_| !own(&parts) && !is_item) {
                let rest = parts.split_off(1);
                parts = known.split("::").map(str::to_owned).chain(rest).collect();
            }
        }
        let mut at = match parts.first()?.as_str() {
            "crate" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.split_last()?.1.to_vec(),
            _ if own(&parts) => joined(module, parts.get(..1)?),
            // `pub use Item` of an item in the same module, or another crate.
            name if parts.len() == 1 => {
                let is_here = self.modules.get(module).is_some_and(|all| all.iter().any(|item| item.1.name == name));
                return is_here.then(|| joined(module, &parts));
            }
            _ => return None,
        };
        for part in parts.get(1..)? {
            match part.as_str() {
                "super" => at.truncate(at.len().saturating_sub(1)),
                "self" => {}
                _ => at.push(part.clone()),
            }
        }
        Some(at)
    }

    fn reach(&mut self, place: Place<'a>, path: &str) {
        let (file, item) = place;
        let items = self.files.get(file).map(|file| file.public.items.as_slice()).unwrap_or_default();
        let Some(number) = items.iter().position(|other| std::ptr::eq(other, item)) else { return };
        let known = self.reached.entry((file, number)).or_insert_with(|| (path.to_owned(), place));
        let length = |path: &str| (path.matches("::").count(), path.len());
        if length(path) < length(&known.0) {
            path.clone_into(&mut known.0);
        }
    }

    fn paths(&self) -> impl Iterator<Item = (&String, Place<'a>)> {
        self.reached.values().map(|(path, place)| (path, *place))
    }

    /// The members of a type, wherever its `impl` is; in its own module if several types have its name.
    fn members(&self, file: usize, item: &PublicItem) -> Vec<Place<'a>> {
        if !is_type(item) {
            return Vec::new();
        }
        let is_ambiguous = self.types.get(item.name.as_str()).is_some_and(|count| *count > 1);
        let is_here = |(number, member): &Place<'a>| *number == file && member.around == item.around;
        let all = self.members.get(item.name.as_str()).into_iter().flatten().copied();
        all.filter(|member| !is_ambiguous || is_here(member)).collect()
    }

    fn item(&self, path: String, owner: Option<String>, file: usize, item: &PublicItem) -> RustItem {
        RustItem {
            path,
            name: item.name.clone(),
            owner,
            kind: item.kind,
            file: self.files.get(file).map(|file| file.path.clone()).unwrap_or_default(),
            line: item.line,
            is_documented: item.is_documented,
        }
    }
}

fn is_type(item: &PublicItem) -> bool {
    item.owner.is_none() && matches!(item.kind, PublicKind::Type | PublicKind::Trait)
}

pub(super) fn within(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}

fn is_child(module: &[String], parent: &[String]) -> bool {
    module.len() == parent.len() + 1 && module.starts_with(parent)
}
