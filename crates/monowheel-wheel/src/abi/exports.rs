//! The actual exports of libpython, version by version (`exports.tsv`): measured, not promised.
//!
//! The stable ABI promises what will stay. Whether an import fails today on a released version
//! is another question: `PyObject_GetBuffer` was promised in 3.11 and has existed since 3.0,
//! and `_PyUnicode_Ready` was never promised and was removed in 3.12. Read only when a wheel uses
//! something outside its promise.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::abi::table::rows;
use crate::abi::{Build, PythonVersion};

/// The minor versions of Python 3 that were measured. Nothing is known of others.
pub const KNOWN: RangeInclusive<u8> = 6..=15;

/// One bit for each minor version.
type Versions = u32;

static EXPORTS: LazyLock<FxHashMap<&'static str, Versions>> = LazyLock::new(|| {
    rows(include_str!("exports.tsv")).filter_map(|row| Some((*row.first()?, versions(row.get(1)?)?))).collect()
});

static FREE_THREADED: LazyLock<FxHashMap<&'static str, Versions>> = LazyLock::new(|| {
    rows(include_str!("exports_free_threaded.tsv"))
        .filter_map(|row| Some((*row.first()?, versions(row.get(1)?)?)))
        .collect()
});

/// The differences on Windows: the versions that have a name only there, and those that have it everywhere else.
static WINDOWS: LazyLock<FxHashMap<&'static str, (Versions, Versions)>> = LazyLock::new(|| {
    let cell = |cell: &str| if cell == "-" { Some(0) } else { versions(cell) };
    rows(include_str!("exports_windows.tsv"))
        .filter_map(|row| Some((*row.first()?, (cell(row.get(1)?)?, cell(row.get(2)?)?))))
        .collect()
});

/// The minor versions whose exports on Windows were measured.
const WINDOWS_KNOWN: RangeInclusive<u8> = 8..=14;

/// Whether `python3X.dll` of a build exports `name`; `None` for a version that was not measured.
#[must_use]
pub fn windows_build_has(name: &str, build: &Build) -> Option<bool> {
    let (major, minor) = build.version;
    if major != 3 || !WINDOWS_KNOWN.contains(&minor) {
        return None;
    }
    let bit = 1_u32.checked_shl(minor.into()).unwrap_or(0);
    let (only, missing) = WINDOWS.get(name).copied().unwrap_or_default();
    Some(only & bit != 0 || (build_has(name, build) && missing & bit == 0))
}

/// `3.6-3.8,3.10` as bits.
fn versions(text: &str) -> Option<Versions> {
    let mut bits = 0;
    for range in text.split(',') {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        for minor in super::undotted(first)?.1..=super::undotted(last)?.1 {
            bits |= 1_u32.checked_shl(minor.into())?;
        }
    }
    Some(bits)
}

/// Whether any known `CPython` exports `name`.
#[must_use]
pub fn is_known(name: &str) -> bool {
    EXPORTS.contains_key(name)
}

/// Whether a build exports `name`; `false` for a version that is not [`KNOWN`].
#[must_use]
pub fn build_has(name: &str, build: &Build) -> bool {
    let (major, minor) = build.version;
    let bit = 1_u32.checked_shl(minor.into()).filter(|_| major == 3).unwrap_or(0);
    let has = |table: &FxHashMap<&'static str, Versions>| table.get(name).is_some_and(|bits| bits & bit != 0);
    has(&EXPORTS) || (build.free_threaded && has(&FREE_THREADED))
}

/// All exports of a build of `version`, ordered by name; none for a version that is not [`KNOWN`].
pub fn of((major, minor): PythonVersion, free_threaded: bool) -> impl Iterator<Item = &'static str> {
    let bit = 1_u32.checked_shl(minor.into()).filter(|_| major == 3).unwrap_or(0);
    let more = free_threaded.then(|| FREE_THREADED.iter());
    let all = EXPORTS.iter().chain(more.into_iter().flatten());
    let mut names: Vec<&str> = all.filter(|(_, bits)| **bits & bit != 0).map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.into_iter()
}

/// The known versions from `floor` on, before `end`, that do not export `name`.
pub fn lacking(name: &str, floor: PythonVersion, end: Option<PythonVersion>) -> impl Iterator<Item = PythonVersion> {
    let bits = EXPORTS.get(name).copied().unwrap_or(0);
    KNOWN
        .map(|minor| (3, minor))
        .filter(move |version| *version >= floor && end.is_none_or(|end| *version < end))
        .filter(move |(_, minor)| bits & 1_u32.checked_shl((*minor).into()).unwrap_or(0) == 0)
}

/// Whether the GIL build of `version` exports `name`; `false` for a version that is not [`KNOWN`].
#[cfg(test)]
pub(crate) fn has(name: &str, (major, minor): PythonVersion) -> bool {
    let bit = 1_u32.checked_shl(minor.into()).unwrap_or(0);
    major == 3 && EXPORTS.get(name).is_some_and(|bits| bits & bit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        assert_eq!(EXPORTS.len(), rows(include_str!("exports.tsv")).count());
        let known: Versions = KNOWN.map(|minor| 1 << minor).sum();
        assert!(EXPORTS.values().all(|bits| *bits != 0 && bits & !known == 0));
        assert_eq!(versions("3.6-3.7,3.9"), Some(0b10_1100_0000));
        assert_eq!(versions("3.6-x"), None);
        assert_eq!(FREE_THREADED.len(), rows(include_str!("exports_free_threaded.tsv")).count());
    }

    #[test]
    fn windows_differs() {
        let has = |name, minor| windows_build_has(name, &Build { version: (3, minor), free_threaded: false });
        assert_eq!(WINDOWS.len(), rows(include_str!("exports_windows.tsv")).count());
        assert_eq!((has("PyErr_SetFromWindowsErr", 12), has("PyLong_FromLong", 12)), (Some(true), Some(true)));
        assert_eq!((has("PyOS_AfterFork_Child", 12), has("_PyUnicode_Ready", 12)), (Some(false), Some(false)));
        assert_eq!((has("_PyUnicode_Ready", 11), has("PyLong_FromLong", 15)), (Some(true), None));
    }

    #[test]
    fn a_build_without_the_gil_exports_more() {
        let has = |version, free_threaded, name| of(version, free_threaded).any(|each| each == name);
        for version in [(3, 13), (3, 14), (3, 15)] {
            assert!(has(version, true, "PyUnstable_Module_SetGIL") && !has(version, false, "PyUnstable_Module_SetGIL"));
            assert!(has(version, true, "PyModule_Create2") && has(version, false, "PyModule_Create2"));
            let names: Vec<&str> = of(version, true).collect();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a name is in both tables");
        }
        assert!(!has((3, 12), true, "_Py_DecRefShared"));
    }

    #[test]
    fn gaps() {
        let lacking = |name, floor, end| lacking(name, floor, end).collect::<Vec<_>>();
        assert_eq!(lacking("PyCFunction_New", (3, 6), None), [(3, 9)]);
        assert_eq!(lacking("PyObject_GetBuffer", (3, 6), Some((3, 11))), []);
        assert_eq!(lacking("PyType_GetModuleState", (3, 8), Some((3, 10))), [(3, 8)]);
        assert_eq!(lacking("_PyUnicode_Ready", (3, 11), None), [(3, 12), (3, 13), (3, 14), (3, 15)]);
        assert!(is_known("_PyUnicode_Ready") && !is_known("PyImath_Spam"));
    }
}
