//! The symbols that the binaries of a wheel provide to each other.

use std::collections::HashSet;

use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::binary::Slice;

use crate::facts::{BinaryFacts, Facts};

/// The Python-style symbols and the libraries that a wheel contains.
pub(super) struct Shipped<'a> {
    /// Symbol and path of the binary that exports it, sorted, without duplicates.
    symbols: Vec<(&'a str, &'a str)>,
    /// File names.
    files: HashSet<&'a str>,
}

impl<'a> Shipped<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        let mut symbols: Vec<(&str, &str)> = facts
            .slices()
            .flat_map(|(binary, slice)| slice.exports.python.iter().map(|name| (name.as_str(), binary.path.as_str())))
            .collect();
        symbols.sort_unstable();
        symbols.dedup();
        Self { symbols, files: facts.binaries.iter().map(|binary| file(&binary.path)).collect() }
    }

    /// Whether a binary other than `binary` provides a symbol.
    pub(super) fn has(&self, binary: &BinaryFacts, name: &str) -> bool {
        let start = self.symbols.partition_point(|(symbol, _)| *symbol < name);
        let providers = self.symbols.iter().skip(start).take_while(|(symbol, _)| *symbol == name);
        providers.into_iter().any(|(_, path)| *path != binary.path)
    }

    /// Whether a symbol that is not CPython's could come from a library that the slice loads and the wheel does not
    /// contain, such as another wheel's `libtorch_python.so`. System libraries are excluded.
    pub(super) fn leans_on_others(&self, slice: &Slice) -> bool {
        slice
            .libraries
            .iter()
            .map(|library| library.name.as_str())
            .any(|name| !is_system(name) && PythonLibrary::parse(name).is_none() && !self.files.contains(file(name)))
    }
}

/// Whether a library belongs to the operating system, which has no Python symbols.
fn is_system(name: &str) -> bool {
    const STARTS: &[&str] = &[
        "ld-",
        "libc.",
        "libm.",
        "libdl.",
        "librt.",
        "libpthread.",
        "libutil.",
        "libgcc_s.",
        "libstdc++.",
        "libSystem.",
        "libc++",
        "libobjc.",
    ];
    let is_known = || STARTS.iter().any(|start| file(name).starts_with(start));
    name.starts_with("/System/") || name.starts_with("/usr/lib/") || is_known()
}

fn file(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
