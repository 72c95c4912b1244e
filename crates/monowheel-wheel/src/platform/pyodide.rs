//! The ABIs of Pyodide (PEP 783), and the exports of each one's main module for extensions
//! (`pyodide_exports.tsv`, written by `ci/pyodide_exports.py`).
//!
//! One ABI is one CPython and one Emscripten; a wheel for it runs only in that Pyodide. There are no shared
//! libraries of a system: libc, the C++ runtime and Python are all in the main module.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::abi::PythonVersion;

/// The version in a tag: `pyemscripten_2026_0_wasm32` is `(2026, 0)`.
pub type AbiVersion = (u16, u16);

/// One ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abi {
    /// The version in its tag.
    pub version: AbiVersion,
    /// Its only CPython.
    pub python: PythonVersion,
    /// The Pyodide from which [`Abi::offers`] was read.
    pub pyodide: &'static str,
    /// The Emscripten that it was compiled with.
    pub emscripten: (u16, u16, u16),
    /// Its bit in the table.
    bit: u8,
}

/// The supported ABIs, the oldest first: `info` of `pyodide-lock.json` in the `pyodide` packages of npm.
/// Both are compiled with the first form of WebAssembly exceptions (`try`, `catch`), without threads.
pub const ABIS: [Abi; 2] = [
    Abi { version: (2025, 0), python: (3, 13), pyodide: "0.29.5", emscripten: (4, 0, 9), bit: 1 },
    Abi { version: (2026, 0), python: (3, 14), pyodide: "314.0.7", emscripten: (5, 0, 3), bit: 2 },
];

static EXPORTS: LazyLock<FxHashMap<&'static str, u8>> = LazyLock::new(|| {
    let rows = include_str!("pyodide_exports.tsv").lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| match row.split_once('\t') {
        Some((name, abis)) => (name, abis.split(',').filter_map(bit).sum()),
        None => (row, ABIS.iter().map(|abi| abi.bit).sum()),
    })
    .collect()
});

fn bit(name: &str) -> Option<u8> {
    ABIS.iter().find(|abi| abi.name() == name).map(|abi| abi.bit)
}

/// The ABI with this version; `None` for one that is not known here.
#[must_use]
pub fn abi(version: AbiVersion) -> Option<&'static Abi> {
    ABIS.iter().find(|abi| abi.version == version)
}

/// The version in a platform tag; `None` for other tags.
pub(super) fn version_of(tag: &str) -> Option<AbiVersion> {
    let (major, minor) = tag.strip_prefix("pyemscripten_")?.strip_suffix("_wasm32")?.split_once('_')?;
    let number = |text: &str| text.parse().ok().filter(|number: &u16| number.to_string() == text);
    Some((number(major)?, number(minor)?))
}

impl Abi {
    /// `2026_0`, as in tags.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}_{}", self.version.0, self.version.1)
    }

    /// The platform tag.
    #[must_use]
    pub fn tag(&self) -> String {
        format!("pyemscripten_{}_wasm32", self.name())
    }

    /// Whether its main module has a function, a datum or an exception tag of this name.
    #[must_use]
    pub fn offers(&self, name: &str) -> bool {
        EXPORTS.get(name).is_some_and(|abis| abis & self.bit != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        let rows = include_str!("pyodide_exports.tsv").lines().count() - 2;
        assert_eq!(EXPORTS.len(), rows);
        assert!(EXPORTS.values().all(|abis| (1..=3).contains(abis)));
    }

    #[test]
    fn what_every_extension_needs_is_offered() {
        for abi in &ABIS {
            for name in [
                "PyModule_Create2",
                "malloc",
                "__cpp_exception",
                "_Unwind_RaiseException",
                "fd_write",
                "pthread_create",
            ] {
                assert!(abi.offers(name), "{name} in {}", abi.name());
            }
            // Exceptions of JavaScript, and what is of no platform.
            for name in ["invoke_v", "__cxa_find_matching_catch_2", "no_such_function", "memory"] {
                assert!(!abi.offers(name), "{name} in {}", abi.name());
            }
            assert!(abi.python.1 == 14 || !abi.offers("Py_PACK_FULL_VERSION"));
        }
    }

    #[test]
    fn versions_of_tags() {
        assert_eq!(version_of("pyemscripten_2026_0_wasm32"), Some((2026, 0)));
        for odd in [
            "pyemscripten_2026_wasm32",
            "pyemscripten_02026_0_wasm32",
            "emscripten_3_1_58_wasm32",
            "pyemscripten_2026_0_wasm64",
        ] {
            assert_eq!(version_of(odd), None, "{odd}");
        }
    }
}
