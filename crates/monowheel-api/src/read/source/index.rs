//! The items of a crate by name: paths are followed by their last component, and by the module before it if several
//! items have that name.

use std::collections::HashMap;

use monowheel_audit::source::exports::{
    Callable, ClassItem, ExceptionItem, Exports, MethodBlock, ModuleItem, Registrar, Shape,
};
use monowheel_audit::source::{File, Ty};

/// An item.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'a> {
    /// A `#[pyfunction]`.
    Function(&'a Callable),
    /// A `#[pyclass]`: its index.
    Class(usize),
    /// An exception: its index, behind those of classes.
    Exception(usize),
    /// A `#[pymodule]`.
    Module(&'a ModuleItem),
    /// `type Name = …`.
    Alias(&'a Ty),
    /// A type with conversions of the crate.
    Conversion {
        /// From Python.
        from: Option<&'a Shape>,
        /// To Python.
        into: Option<&'a Shape>,
    },
}

impl Item<'_> {
    const fn is_type(self) -> bool {
        !matches!(self, Self::Function(_) | Self::Module(_))
    }
}

/// An item, and where it is.
#[derive(Debug)]
struct Entry<'a> {
    file: usize,
    around: &'a [String],
    item: Item<'a>,
}

/// The items of the files of a project.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    pub(super) files: Vec<&'a File>,
    entries: HashMap<&'a str, Vec<Entry<'a>>>,
    pub(super) classes: Vec<(usize, &'a ClassItem)>,
    pub(super) exceptions: Vec<(usize, &'a ExceptionItem)>,
    registrars: HashMap<&'a str, Vec<(usize, &'a Registrar)>>,
    methods: HashMap<&'a str, Vec<(usize, &'a MethodBlock)>>,
    imports: Vec<HashMap<&'a str, &'a str>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(files: Vec<&'a File>) -> Self {
        let mut index = Self { files, ..Self::default() };
        for (number, file) in index.files.clone().into_iter().enumerate() {
            index.add(number, &file.exports);
            for (name, ty) in file.type_aliases() {
                index.entry(name, number, &[], Item::Alias(ty));
            }
            let imports = file.exports.imports.iter().map(|(name, path)| (name.as_str(), path.as_str()));
            index.imports.push(imports.collect());
        }
        // Exceptions are numbered behind the classes, which are all known now.
        let classes = index.classes.len();
        for (number, (file, exception)) in index.exceptions.clone().into_iter().enumerate() {
            index.entry(&exception.name, file, &[], Item::Exception(classes + number));
        }
        index
    }

    fn add(&mut self, file: usize, exports: &'a Exports) {
        for function in &exports.functions {
            self.entry(&function.name, file, &function.around, Item::Function(function));
        }
        for class in &exports.classes {
            self.entry(&class.name, file, &class.around, Item::Class(self.classes.len()));
            self.classes.push((file, class));
        }
        self.exceptions.extend(exports.exceptions.iter().map(|exception| (file, exception)));
        for module in &exports.modules {
            self.entry(&module.name, file, &module.around, Item::Module(module));
        }
        for registrar in &exports.registrars {
            self.registrars.entry(&registrar.name).or_default().push((file, registrar));
        }
        for block in &exports.methods {
            self.methods.entry(&block.class).or_default().push((file, block));
        }
        for conversion in &exports.conversions {
            let (mut from, mut into) = (None, None);
            if conversion.is_from {
                from = Some(&conversion.shape);
            }
            if conversion.is_into {
                into = Some(&conversion.shape);
            }
            // The implementations of both directions are one type.
            let known = self.entries.get_mut(conversion.name.as_str()).into_iter().flatten();
            let known = known.filter(|entry| entry.file == file).find_map(|entry| match &mut entry.item {
                Item::Conversion { from, into } => Some((from, into)),
                _ => None,
            });
            match known {
                Some((known_from, known_into)) => {
                    *known_from = known_from.or(from);
                    *known_into = known_into.or(into);
                }
                None => self.entry(&conversion.name, file, &[], Item::Conversion { from, into }),
            }
        }
    }

    fn entry(&mut self, name: &'a str, file: usize, around: &'a [String], item: Item<'a>) {
        self.entries.entry(name).or_default().push(Entry { file, around, item });
    }

    /// The path that a path in a file means, by its `use`.
    fn meant(&self, path: &str, file: usize) -> String {
        let (first, rest) = path.split_once("::").map_or((path, None), |(first, rest)| (first, Some(rest)));
        let known = self.imports.get(file).and_then(|imports| imports.get(first).copied());
        match (known, rest) {
            (Some(known), Some(rest)) => format!("{known}::{rest}"),
            (Some(known), None) => known.to_owned(),
            (None, _) => path.to_owned(),
        }
    }

    /// The item that a path in a file names, with the file that it is in.
    pub(super) fn item(&self, path: &str, file: usize) -> Option<(usize, Item<'a>)> {
        self.best(path, file, |_| true)
    }

    /// The type of this name.
    pub(super) fn ty(&self, name: &str, file: usize) -> Option<(usize, Item<'a>)> {
        self.best(name, file, Item::is_type)
    }

    fn best(&self, path: &str, file: usize, is_wanted: impl Fn(Item<'a>) -> bool) -> Option<(usize, Item<'a>)> {
        let meant = self.meant(path, file);
        let names: Vec<&str> = meant.split("::").collect();
        let (name, before) = names.split_last()?;
        let candidates = self.entries.get(name)?.iter().filter(|entry| is_wanted(entry.item));
        let score = |entry: &Entry<'_>| {
            // A class before the conversion that it also has.
            let kind = u8::from(!matches!(entry.item, Item::Conversion { .. } | Item::Alias(_)));
            (self.fit(entry.file, entry.around, before, file), kind)
        };
        let mut best: Option<(&Entry<'a>, (u8, u8))> = None;
        for entry in candidates {
            let score = score(entry);
            // The first of equals: the other may be for another platform.
            if best.as_ref().is_none_or(|(_, known)| score > *known) {
                best = Some((entry, score));
            }
        }
        let (entry, score) = best?;
        // A path of another crate is not one of this crate's items that happens to have its name.
        let is_foreign = before.first().is_some_and(|first| is_foreign(first)) && score.0 < 2;
        (!is_foreign).then_some((entry.file, entry.item))
    }

    /// How well a place fits the path that names it.
    fn fit(&self, place: usize, around: &[String], before: &[&str], file: usize) -> u8 {
        let parent = before.iter().rev().find(|name| !matches!(**name, "self" | "super" | "crate")).copied();
        match parent {
            Some(parent) => {
                let in_module = around.last().is_some_and(|last| last == parent);
                2 * u8::from(in_module || self.is_module(place, parent))
            }
            None if place == file => 2,
            None => 1,
        }
    }

    /// Whether a file is the module of this name.
    fn is_module(&self, file: usize, name: &str) -> bool {
        let Some(path) = self.files.get(file).map(|file| file.path.as_str()) else { return false };
        let mut parts = path.trim_end_matches(".rs").rsplit('/');
        match parts.next() {
            Some("mod" | "lib") => parts.next().is_some_and(|folder| folder == name),
            Some(stem) => stem == name,
            None => false,
        }
    }

    /// The registrar that a path in a file names.
    pub(super) fn registrar(&self, path: &str, file: usize) -> Option<(usize, &'a Registrar)> {
        let meant = self.meant(path, file);
        let names: Vec<&str> = meant.split("::").collect();
        let (name, before) = names.split_last()?;
        let candidates = self.registrars.get(name)?;
        candidates.iter().copied().max_by_key(|(place, found)| self.fit(*place, &found.around, before, file))
    }

    /// The `#[pymethods]` of a class: all of its file, else all of that name.
    pub(super) fn methods(&self, class: &str, file: usize) -> Vec<(usize, &'a MethodBlock)> {
        let all = self.methods.get(class).map(Vec::as_slice).unwrap_or_default();
        let is_ambiguous = self.classes.iter().filter(|(_, other)| other.name == class).nth(1).is_some();
        all.iter().copied().filter(|(place, _)| !is_ambiguous || *place == file).collect()
    }

    /// The exception of an index behind those of classes.
    pub(super) fn exception(&self, index: usize) -> Option<(usize, &'a ExceptionItem)> {
        self.exceptions.get(index.checked_sub(self.classes.len())?).copied()
    }
}

/// Whether the first component of a path is another crate.
fn is_foreign(first: &str) -> bool {
    matches!(first, "std" | "core" | "alloc" | "pyo3" | "numpy" | "chrono" | "jiff")
}
