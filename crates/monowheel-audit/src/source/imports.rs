//! The paths that the names of a file refer to, from its `use`: `thread::sleep` → `std::thread::sleep`.

use std::collections::{BTreeSet, HashMap, HashSet};

use std::ops::Range;

use syn::spanned::Spanned as _;
use syn::{Path, UseTree};

use crate::source::names::{at, bytes};
use crate::source::own_macros::OwnMacros;
use crate::source::{At, Named, Ty, old_name, upgrades};

/// Names imported by `use`, with the paths they refer to.
#[derive(Debug, Default)]
pub(super) struct Imports {
    known: HashMap<String, String>,
    /// Those of the file itself, not of a module or a function in it.
    top: HashMap<String, String>,
    /// Whether what is added is in a module inside the file, which has imports of its own.
    pub(super) is_nested: bool,
    /// The names whose paths have a component that newer versions of `PyO3` changed.
    changing: HashSet<String>,
    /// The macros that the file defines.
    pub(super) macros: OwnMacros,
    /// The paths in `use …::*`.
    globs: BTreeSet<String>,
    /// The new and the old names in `use … as …`.
    pub(super) renamed: Vec<(String, String)>,
    /// Where `PyObject` is imported from `PyO3`.
    pub(super) py_objects: Vec<ImportedObject>,
    /// The other old names that are imported from `PyO3`.
    pub(super) old_names: Vec<(String, At)>,
    /// The imports of what newer versions of `PyO3` changed, by the name in the table.
    pub(super) changed: Vec<(&'static str, At)>,
}

/// `PyObject` in a `use`.
#[derive(Clone, Debug)]
pub(super) struct ImportedObject {
    /// Where the name is.
    pub(super) at: At,
    /// The name with a comma next to it; none if it is not in braces.
    pub(super) in_group: Option<Range<usize>>,
    /// Whether it is in a module or a function inside the file.
    pub(super) is_nested: bool,
}

impl Imports {
    /// The names that `use … as …` gives to types.
    pub(super) fn aliases(&self) -> impl Iterator<Item = (String, Ty)> {
        self.renamed.iter().map(|(new, old)| (new.clone(), Ty::named(old)))
    }

    /// Adds one `use`; every imported name is added to `mentioned`.
    pub(super) fn add(&mut self, tree: &UseTree, mentioned: &mut BTreeSet<String>) {
        self.walk(tree, "", mentioned);
    }

    fn know(&mut self, name: String, path: String) {
        if !self.is_nested {
            self.top.insert(name.clone(), path.clone());
        }
        if path.split("::").any(upgrades::is_last) {
            self.changing.insert(name.clone());
        }
        self.known.insert(name, path);
    }

    fn walk(&mut self, tree: &UseTree, before: &str, mentioned: &mut BTreeSet<String>) {
        let joined = |name: &str| if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
        match tree {
            UseTree::Path(path) => self.walk(&path.tree, &joined(&path.ident.to_string()), mentioned),
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                // `use std::fs::{self, File}`.
                let (alias, path) = match name.as_str() {
                    "self" => (before.rsplit("::").next().unwrap_or(before).to_owned(), before.to_owned()),
                    _ => (name.clone(), joined(&name)),
                };
                mentioned.insert(alias.clone());
                self.know(alias, path);
                if is_py_object(tree, before) {
                    self.py_objects.push(ImportedObject {
                        at: at(name_span(tree)),
                        in_group: None,
                        is_nested: self.is_nested,
                    });
                } else if is_of_pyo3(before) && old_name(&name, Named::Path).is_some() {
                    self.old_names.push((name, at(name_span(tree))));
                } else if is_of_pyo3(before) {
                    let whole = joined(&name);
                    let change = upgrades::of_item(&whole).or_else(|| upgrades::of_ffi(&whole));
                    self.changed.extend(change.map(|change| (change.name, at(name_span(tree)))));
                }
            }
            UseTree::Rename(rename) => {
                let name = rename.ident.to_string();
                mentioned.insert(name.clone());
                self.renamed.push((rename.rename.to_string(), name.clone()));
                let path = if name == "self" { before.to_owned() } else { joined(&name) };
                self.know(rename.rename.to_string(), path);
            }
            UseTree::Group(group) => {
                let mut comma: Option<usize> = None;
                for pair in group.items.pairs() {
                    let found = self.py_objects.len();
                    self.walk(pair.value(), before, mentioned);
                    let punct = pair.punct().map(|comma| bytes(comma.spans[0]));
                    if let Some(object) = self.py_objects.get_mut(found).filter(|_| is_py_object(pair.value(), before))
                    {
                        // With the comma before it, or else the one after it.
                        let name = object.at.range.clone();
                        let next = || group.items.iter().nth(1).map(|next| bytes(next.span()).start);
                        let start = comma.unwrap_or(name.start);
                        let end = if comma.is_some() {
                            name.end
                        } else {
                            next().or(punct.as_ref().map(|punct| punct.end)).unwrap_or(name.end)
                        };
                        object.in_group = Some(start..end);
                    }
                    comma = punct.map(|punct| punct.start);
                }
            }
            UseTree::Glob(_) => {
                mentioned.insert("*".to_owned());
                if !self.is_nested {
                    self.globs.insert(before.to_owned());
                }
            }
        }
    }

    /// Whether this name may lead to something that newer versions of `PyO3` changed.
    pub(super) fn may_change(&self, name: &str) -> bool {
        self.changing.contains(name)
    }

    /// Whether this name is imported by itself, or defined here.
    pub(super) fn has(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// Whether a name of `PyO3` is imported: by itself, or with the prelude.
    pub(super) fn has_pyo3s(&self, name: &str) -> bool {
        let by_name = self.top.get(name).is_some_and(|path| is_of_pyo3(path));
        let by_glob = !self.top.contains_key(name)
            && self.globs.iter().any(|glob| matches!(glob.as_str(), "pyo3" | "pyo3::prelude"));
        by_name || by_glob
    }

    /// The paths of `PyO3` whose items are all imported.
    pub(super) fn pyo3s_globs(&self) -> impl Iterator<Item = &str> {
        self.globs.iter().map(String::as_str).filter(|glob| is_of_pyo3(glob) || *glob == "pyo3_ffi")
    }

    /// Whether the file itself imports `PyObject`, so that an edit can import other names there.
    pub(super) fn has_object(&self) -> bool {
        self.py_objects.iter().any(|object| !object.is_nested)
    }

    /// Adds the name of a type that the file itself defines.
    pub(super) fn own(&mut self, name: &syn::Ident) {
        let name = name.to_string();
        self.know(name.clone(), format!("self::{name}"));
    }

    /// Whether this may be a `PyO3` name: it was imported from there, or its origin is unknown.
    pub(super) fn may_be_pyo3s(&self, name: &str) -> bool {
        match self.known.get(name) {
            Some(path) => path.split("::").any(|part| part.starts_with("pyo3")),
            // The struct of C: `use pyo3::ffi::*`.
            None => name != "PyObject" || !self.globs.iter().any(|glob| glob.ends_with("ffi")),
        }
    }

    /// The complete path that a path in the file refers to.
    pub(super) fn whole(&self, path: &Path) -> String {
        let mut parts = path.segments.iter().map(|segment| segment.ident.to_string());
        let first = parts.next().unwrap_or_default();
        let mut whole = match self.known.get(&first) {
            Some(known) if path.leading_colon.is_none() => known.clone(),
            _ => first,
        };
        for part in parts {
            whole.push_str("::");
            whole.push_str(&part);
        }
        whole
    }
}

fn is_of_pyo3(path: &str) -> bool {
    path.split("::").next() == Some("pyo3")
}

/// Whether this is `PyObject` from `pyo3` or its prelude; that of `pyo3::ffi` is a different type.
fn is_py_object(tree: &UseTree, before: &str) -> bool {
    let is_it = matches!(tree, UseTree::Name(name) if name.ident == "PyObject");
    is_it && matches!(before, "pyo3" | "pyo3::prelude")
}

fn name_span(tree: &UseTree) -> proc_macro2::Span {
    match tree {
        UseTree::Name(name) => name.ident.span(),
        other => syn::spanned::Spanned::span(other),
    }
}
