//! The imports of a binary that belong to Python.

use std::collections::BTreeSet;

use monowheel_wheel::abi::PythonLibrary;
use monowheel_wheel::binary::{Format, Import, Slice};

use crate::facts::BinaryFacts;

/// The imports that the stable ABI has to provide.
///
/// On Windows these are the imports from `python3.dll` and `python3t.dll`, whatever their names. Elsewhere Python's
/// symbols are looked up in everything that is loaded, so the name decides: `Py…` or `_Py…`, unless the binary states
/// that it comes from another library or defines it itself.
pub(super) fn python_imports<'a>(binary: &BinaryFacts, slice: &'a Slice) -> Box<dyn Iterator<Item = &'a Import> + 'a> {
    if binary.binary.format == Format::Pe {
        let is_stable = |name: &&str| matches!(PythonLibrary::parse(name), Some(PythonLibrary::Stable { .. }));
        let names = slice.libraries.iter().map(|library| library.name.as_str());
        let names: BTreeSet<&str> = names.filter(is_stable).collect();
        return Box::new(
            slice
                .imports
                .iter()
                .filter(move |import| import.library.as_deref().is_some_and(|library| names.contains(library))),
        );
    }
    Box::new(slice.imports.iter().filter(move |import| {
        is_python_name(&import.name)
            && import.library.as_deref().is_none_or(|library| PythonLibrary::parse(library).is_some())
            && slice.exports.python.binary_search(&import.name).is_err()
    }))
}

/// `Py…`, `_Py…`: the names that CPython reserves.
pub(super) fn is_python_name(name: &str) -> bool {
    name.strip_prefix('_').unwrap_or(name).starts_with("Py")
}
