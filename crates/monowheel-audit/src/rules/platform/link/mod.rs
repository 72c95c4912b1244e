//! The symbols that the loaded binaries of a wheel provide to each other, and where a loader looks for them.

pub(super) mod dll;
pub(super) mod dylib;
pub(super) mod elf;

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};

use monowheel_wheel::binary::{Format, NameSet, Slice};

use crate::facts::{BinaryFacts, Facts, Role};
use crate::rules::platform::reach::{is_module, key};

/// A symbol that nothing provides.
pub(super) struct Lost {
    /// Its name, with its version if it has one.
    pub(super) name: String,
    /// Which library should have it, or has it but is not loaded.
    pub(super) why: String,
    /// Whether the first call fails rather than the import.
    pub(super) late: bool,
}

/// Every slice of a wheel, by the names that others load it by.
pub(super) struct Linked<'a> {
    nodes: Vec<Node<'a>>,
    by_name: HashMap<String, Vec<usize>>,
    /// Everything that each module and program loads, including itself.
    roots: OnceCell<Vec<Scope<'a>>>,
}

struct Node<'a> {
    binary: &'a BinaryFacts,
    slice: &'a Slice,
    names: OnceCell<NameSet>,
}

/// The binaries in which one import looks for a symbol.
#[derive(Default)]
pub(super) struct Scope<'a> {
    nodes: BTreeSet<usize>,
    /// The loaded libraries that are not in the wheel.
    pub(super) outside: BTreeSet<&'a str>,
}

impl<'a> Linked<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        let nodes: Vec<Node<'a>> =
            facts.slices().map(|(binary, slice)| Node { binary, slice, names: OnceCell::new() }).collect();
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            let format = node.binary.binary.format;
            let own = node.slice.own_name.as_deref().map(|name| key(name, format));
            let file = key(&node.binary.path, format);
            let own = own.filter(|own| *own != file);
            for name in own.into_iter().chain([file]) {
                by_name.entry(name).or_default().push(index);
            }
        }
        Self { nodes, by_name, roots: OnceCell::new() }
    }

    /// The slices of the wheel that a library's name refers to, as seen from `slice`, in any directory.
    fn named(&self, format: Format, slice: &Slice, name: &str) -> impl Iterator<Item = usize> + '_ {
        let found = self.by_name.get(&key(name, format)).map(Vec::as_slice).unwrap_or_default();
        let arch = slice.arch.clone();
        found.iter().copied().filter(move |index| {
            self.nodes.get(*index).is_some_and(|node| node.slice.arch == arch && node.binary.binary.format == format)
        })
    }

    /// Everything loaded with a slice.
    fn closure(&self, first: usize) -> Scope<'a> {
        let mut scope = Scope::default();
        let mut left = vec![first];
        while let Some(index) = left.pop() {
            let Some(node) = self.nodes.get(index) else { continue };
            if !scope.nodes.insert(index) {
                continue;
            }
            for library in &node.slice.libraries {
                let before = left.len();
                left.extend(self.named(node.binary.binary.format, node.slice, &library.name));
                if left.len() == before {
                    scope.outside.insert(&library.name);
                }
            }
        }
        scope
    }

    /// Where the loader looks for the symbols of a slice: in everything loaded with a module or program that loads it,
    /// or else in the libraries that it loads itself.
    pub(super) fn scope(&self, binary: &BinaryFacts, slice: &Slice) -> Scope<'a> {
        let is_it = |node: &Node<'_>| std::ptr::eq(node.binary, binary) && std::ptr::eq(node.slice, slice);
        let Some(index) = self.nodes.iter().position(is_it) else { return Scope::default() };
        let roots = self.roots.get_or_init(|| {
            let is_root = |node: &Node<'_>| match node.binary.role {
                Role::Program => true,
                Role::Library => false,
                Role::Extension { .. } => is_module(node.binary),
            };
            let roots = self.nodes.iter().enumerate().filter(|(_, node)| is_root(node));
            roots.map(|(index, _)| self.closure(index)).collect()
        });
        let mut scope = self.closure(index);
        for root in roots.iter().filter(|root| root.nodes.contains(&index)) {
            scope.nodes.extend(&root.nodes);
            scope.outside.extend(&root.outside);
        }
        scope
    }

    /// Whether something in a scope exports a symbol; with a version, if it has versions at all.
    pub(super) fn has(&self, scope: &Scope<'_>, name: &str, version: Option<&str>) -> bool {
        scope.nodes.iter().any(|index| self.node_has(*index, name, version))
    }

    /// The binary that exports a symbol, outside a scope.
    pub(super) fn elsewhere(&self, scope: &Scope<'_>, name: &str) -> Option<&'a str> {
        let mut others = (0..self.nodes.len()).filter(|index| !scope.nodes.contains(index));
        let found = others.find(|index| self.node_has(*index, name, None))?;
        self.nodes.get(found).map(|node| node.binary.path.as_str())
    }

    fn node_has(&self, index: usize, name: &str, version: Option<&str>) -> bool {
        let Some(node) = self.nodes.get(index) else { return false };
        let names = node.names.get_or_init(|| node.slice.exports.names.index());
        match version {
            Some(version) if !node.slice.link.defined_versions.is_empty() => names.has_version(name, version),
            _ => names.has(name),
        }
    }
}
