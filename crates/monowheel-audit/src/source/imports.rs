//! The paths that the names of a file refer to, from its `use`: `thread::sleep` → `std::thread::sleep`.

use std::collections::{BTreeSet, HashMap};

use syn::{Path, UseTree};

/// Names imported by `use`, with the paths they refer to.
#[derive(Debug, Default)]
pub(super) struct Imports {
    known: HashMap<String, String>,
}

impl Imports {
    /// Adds one `use`; every imported name is added to `mentioned`.
    pub(super) fn add(&mut self, tree: &UseTree, mentioned: &mut BTreeSet<String>) {
        self.walk(tree, "", mentioned);
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
                self.known.insert(alias, path);
            }
            UseTree::Rename(rename) => {
                let name = rename.ident.to_string();
                mentioned.insert(name.clone());
                let path = if name == "self" { before.to_owned() } else { joined(&name) };
                self.known.insert(rename.rename.to_string(), path);
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.walk(tree, before, mentioned)),
            UseTree::Glob(_) => {
                mentioned.insert("*".to_owned());
            }
        }
    }

    /// Adds the name of a type that the file itself defines.
    pub(super) fn own(&mut self, name: &syn::Ident) {
        let name = name.to_string();
        self.known.insert(name.clone(), format!("self::{name}"));
    }

    /// Whether this may be a `PyO3` name: it was imported from there, or its origin is unknown.
    pub(super) fn may_be_pyo3s(&self, name: &str) -> bool {
        self.known.get(name).is_none_or(|path| path.split("::").any(|part| part.starts_with("pyo3")))
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
