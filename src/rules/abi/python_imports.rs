//! Which imports of a binary are Python's.

use std::collections::BTreeSet;

use crate::abi::PythonLibrary;
use crate::binary::{Format, Import, Slice};
use crate::facts::{BinaryFacts, Facts};

/// The imports that the stable ABI has to provide.
///
/// On Windows those from `python3.dll` and `python3t.dll`, whatever their names. Elsewhere Python's
/// symbols are looked up in whatever is loaded, so the name decides: `Py…` or `_Py…`, unless the
/// binary says that it comes from another library or has it itself.
pub(super) fn python_imports<'a>(binary: &BinaryFacts, slice: &'a Slice) -> Box<dyn Iterator<Item = &'a Import> + 'a> {
    if binary.binary.format == Format::Pe {
        let is_stable = |name: &&str| matches!(PythonLibrary::parse(name), Some(PythonLibrary::Stable { .. }));
        let names: BTreeSet<&str> = slice.libraries.iter().map(|library| library.name.as_str()).collect();
        let names: Vec<&str> = names.into_iter().filter(is_stable).collect();
        return Box::new(
            slice
                .imports
                .iter()
                .filter(move |import| import.library.as_deref().is_some_and(|library| names.contains(&library))),
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

/// Whether another binary of the wheel provides a symbol.
pub(super) fn is_shipped(facts: &Facts, binary: &BinaryFacts, name: &str) -> bool {
    let others = facts.binaries.iter().filter(|other| other.path != binary.path);
    others
        .flat_map(|other| &other.binary.slices)
        .any(|slice| slice.exports.python.binary_search_by(|known| known.as_str().cmp(name)).is_ok())
}

/// Whether a symbol that is none of CPython's could come from a library that the slice loads and the
/// wheel does not have, such as another wheel's `libtorch_python.so`. The systems' own are no suspects.
pub(super) fn may_come_from_elsewhere(facts: &Facts, slice: &Slice) -> bool {
    const SYSTEM: &[&str] = &[
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
    let file = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let shipped = |name: &str| facts.binaries.iter().any(|binary| file(&binary.path) == file(name));
    slice.libraries.iter().map(|library| library.name.as_str()).any(|name| {
        let is_system = name.starts_with("/System/")
            || name.starts_with("/usr/lib/")
            || SYSTEM.iter().any(|start| file(name).starts_with(start));
        !is_system && PythonLibrary::parse(name).is_none() && !shipped(name)
    })
}
