//! The imports and exports of a slice.
//!
//! dyld uses chained fixups or opcodes, and the export trie. The symbol table counts only if there
//! are none (before macOS 10.6): it may be stripped, it contains names that were dropped as dead after it was written
//! (`strpbrk` and others in the libavif of Pillow 13.0.0), and its weak references need not be dyld's.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use monowheel_error::Result;
use object::Endianness;
use object::macho::{self, BindDylib};
use object::read::macho::MachHeader;

use crate::binary::budget::Budget;
use crate::binary::macho::tables::Tables;
use crate::binary::macho::{bindings, exports, symbols};
use crate::binary::{Exports, Import, Library, Names, Slice, unreadable};

/// Fills in imports, exports and the remaining debug information.
pub(super) fn read<Mach: MachHeader<Endian = Endianness>>(
    bytes: &[u8],
    endian: Endianness,
    tables: &Tables<'_>,
    two_level: bool,
    slice: &mut Slice,
) -> Result<()> {
    if slice.segments.iter().any(|segment| segment.name == "__DWARF") {
        slice.debug_info.push("__DWARF".to_owned());
    }
    let mut needs = Needs::new(&slice.libraries, two_level);
    let table = symbols::table::<Mach>(bytes, endian, tables)?;
    if !bindings::imports(bytes, endian, tables, &mut needs)? {
        symbols::imports(&table, endian, &mut needs)?;
    }

    let mut gives = Gives::new(needs.anyone);
    if !exports::read(bytes, endian, tables, &mut gives)? {
        symbols::exports(&table, endian, &mut gives)?;
    }
    slice.debug_info.extend(symbols::object_files(&table, endian)?);
    slice.imports = needs.imports;
    slice.imports.retain(|import| !gives.own.contains(&import.name));
    slice.exports = gives.into_exports();
    Ok(())
}

/// Collects imports.
pub(super) struct Needs<'a, 'data> {
    libraries: &'a [Library],
    two_level: bool,
    imports: Vec<Import>,
    /// The index of each name in `imports`.
    known: HashMap<&'data [u8], usize>,
    /// Names that dyld looks up in every image, including this one: C++ inline functions and such.
    anyone: HashSet<String>,
    budget: Budget,
}

impl<'a, 'data> Needs<'a, 'data> {
    fn new(libraries: &'a [Library], two_level: bool) -> Self {
        Self {
            libraries,
            two_level,
            imports: Vec::new(),
            known: HashMap::new(),
            anyone: HashSet::new(),
            budget: Budget::new(),
        }
    }

    /// Adds a symbol that must be found in a library, or by a special lookup.
    pub(super) fn add(&mut self, symbol: &'data [u8], from: BindDylib, weak: bool) -> Result<()> {
        self.budget.symbols(1)?;
        self.budget.name_of(symbol.len())?;
        match self.known.entry(symbol) {
            Entry::Vacant(place) => {
                place.insert(self.imports.len());
            }
            Entry::Occupied(place) => {
                // It may be absent only if every reference allows it.
                if let (Some(import), false) = (self.imports.get_mut(*place.get()), weak) {
                    import.weak &= from == macho::BIND_SPECIAL_DYLIB_WEAK_LOOKUP;
                }
                return Ok(());
            }
        }
        self.budget.import()?;
        let name = plain(symbol);
        let library = match from.index() {
            Some(ordinal) if self.two_level => {
                let library = (ordinal as usize).checked_sub(1).and_then(|index| self.libraries.get(index));
                let library = library.ok_or_else(|| {
                    unreadable(&format_args!("{name} comes from library {ordinal} of {}", self.libraries.len()))
                })?;
                Some(self.budget.text_of(library.name.as_bytes())?)
            }
            _ => None,
        };
        if from == macho::BIND_SPECIAL_DYLIB_WEAK_LOOKUP {
            self.anyone.insert(name.clone());
        }
        self.imports.push(Import { name, library, version: None, weak, delayed: false });
        Ok(())
    }
}

/// Collects exports.
pub(super) struct Gives {
    count: usize,
    python: Vec<String>,
    names: Names,
    /// Names that dyld looks up in every image.
    anyone: HashSet<String>,
    /// Those of them that are found here.
    own: HashSet<String>,
    budget: Budget,
}

impl Gives {
    fn new(anyone: HashSet<String>) -> Self {
        Self {
            count: 0,
            python: Vec::new(),
            names: Names::default(),
            anyone,
            own: HashSet::new(),
            budget: Budget::new(),
        }
    }

    /// Adds a symbol.
    pub(super) fn add(&mut self, symbol: &[u8]) -> Result<()> {
        self.budget.symbols(1)?;
        self.budget.name_of(symbol.len())?;
        self.count += 1;
        self.names.add(symbol.strip_prefix(b"_").unwrap_or(symbol));
        let is_python =
            symbol.strip_prefix(b"_").is_some_and(|name| name.starts_with(b"Py") || name.starts_with(b"_Py"));
        if !is_python && self.anyone.is_empty() {
            return Ok(());
        }
        let name = plain(symbol);
        if self.anyone.contains(&name) {
            self.own.insert(name.clone());
        }
        if is_python {
            self.python.push(name);
        }
        Ok(())
    }

    fn into_exports(mut self) -> Exports {
        self.python.sort();
        self.python.dedup();
        Exports { count: self.count, python: self.python, names: self.names }
    }
}

/// A name as C spells it: without the underscore that Mach-O adds to every C symbol.
fn plain(symbol: &[u8]) -> String {
    String::from_utf8_lossy(symbol.strip_prefix(b"_").unwrap_or(symbol)).into_owned()
}
