//! The table of the stable ABI's symbols (`stable_abi.tsv`), read once.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::abi::PythonVersion;

/// When a symbol became part of the stable ABI.
pub type Added = PythonVersion;

/// The platforms or builds that have a symbol exclusively.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// `MS_WINDOWS`: only on Windows.
    Windows,
    /// `HAVE_FORK`: not on Windows.
    Fork,
    /// `Py_REF_DEBUG`: only in debug builds, which installers do not provide.
    Debug,
    /// `USE_STACKCHECK`: only on 32-bit Windows (`Include/pythonrun.h`).
    StackCheck,
    /// `PY_HAVE_THREAD_NATIVE_ID`: on every platform that wheels are for.
    ThreadNativeId,
}

/// A function or a datum of the stable ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// The first version that has it.
    pub added: Added,
    /// Where it exists, if not everywhere.
    pub guard: Option<Guard>,
    /// Whether an abi3t extension can use it (PEP 803, *Opaque `PyObject`*).
    pub in_abi3t: bool,
    /// The first and the last of the versions that do not export it, although they should.
    pub missing: Option<(PythonVersion, PythonVersion)>,
}

/// rustc's fast hash: every `Py` import of every wheel is looked up several times, and the keys are our own, so that
/// nobody can choose them to collide.
type Table = FxHashMap<&'static str, Symbol>;

static TABLE: LazyLock<Table> =
    LazyLock::new(|| rows(include_str!("stable_abi.tsv")).filter_map(|row| symbol(&row)).collect());

/// The symbol with this name; `None` if it is not in the stable ABI.
#[must_use]
pub fn lookup(name: &str) -> Option<Symbol> {
    TABLE.get(name).copied()
}

/// The names of all symbols, in order.
pub fn names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&str> = TABLE.keys().copied().collect();
    names.sort_unstable();
    names.into_iter()
}

/// The cells of a table's rows, without comments and the header line.
pub fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

fn symbol(row: &[&'static str]) -> Option<(&'static str, Symbol)> {
    let [name, _kind, added, guard, abi3t, missing] = row else { return None };
    let guard = match *guard {
        "MS_WINDOWS" => Some(Guard::Windows),
        "HAVE_FORK" => Some(Guard::Fork),
        "Py_REF_DEBUG" => Some(Guard::Debug),
        "USE_STACKCHECK" => Some(Guard::StackCheck),
        "PY_HAVE_THREAD_NATIVE_ID" => Some(Guard::ThreadNativeId),
        _ => None,
    };
    let missing = match *missing {
        "-" => None,
        range => {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            Some((super::undotted(first)?, super::undotted(last)?))
        }
    };
    Some((name, Symbol { added: super::undotted(added)?, guard, in_abi3t: *abi3t == "yes", missing }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abi::exports;

    #[test]
    fn every_row_is_understood() {
        let all: Vec<_> = rows(include_str!("stable_abi.tsv")).collect();
        assert_eq!(all.len(), 825 + 143);
        assert_eq!(TABLE.len(), all.len());
        let guards = all.iter().filter(|row| row[3] != "-").count();
        assert_eq!(TABLE.values().filter(|symbol| symbol.guard.is_some()).count(), guards);
    }

    #[test]
    fn known_symbols() {
        let added = |name| lookup(name).map(|symbol| symbol.added);
        assert_eq!(added("PyList_New"), Some((3, 2)));
        assert_eq!(added("PyType_GetModuleState"), Some((3, 10)));
        assert_eq!(added("PyModule_FromSlotsAndSpec"), Some((3, 15)));
        assert_eq!(added("PyUnicode_AsUTF8"), None);
        // Macros and constants are not symbols.
        assert_eq!(added("METH_FASTCALL"), None);
        assert_eq!(lookup("PyUnicode_AsMBCSString").and_then(|symbol| symbol.guard), Some(Guard::Windows));
        assert_eq!(lookup("PyOS_AfterFork_Child").and_then(|symbol| symbol.guard), Some(Guard::Fork));
        let unusable = TABLE.iter().filter(|(_, symbol)| !symbol.in_abi3t).map(|(name, _)| *name);
        let mut unusable: Vec<&str> = unusable.collect();
        unusable.sort_unstable();
        assert_eq!(unusable, ["PyModuleDef_Init", "PyModule_Create2", "PyModule_FromDefAndSpec2"]);
    }

    /// The table's claims compared with libpython's actual exports. An update of either shows here what
    /// CPython promised and did not keep.
    #[test]
    fn what_is_promised_is_exported() {
        let mut broken: Vec<(&str, PythonVersion)> = Vec::new();
        for (name, symbol) in TABLE.iter() {
            if matches!(symbol.guard, Some(Guard::Windows | Guard::Debug | Guard::StackCheck)) {
                continue;
            }
            let known = exports::KNOWN.map(|minor| (3, minor));
            let promised = known
                .filter(|version| *version >= symbol.added)
                .filter(|version| symbol.missing.is_none_or(|(first, last)| *version < first || *version > last));
            broken.extend(promised.filter(|version| !exports::has(name, *version)).map(|version| (*name, version)));
            let found = exports::KNOWN.map(|minor| (3, minor)).filter(|version| exports::has(name, *version));
            let missing =
                |version: &PythonVersion| symbol.missing.is_some_and(|(first, last)| (first..=last).contains(version));
            assert_eq!(found.filter(missing).count(), 0, "{name} is not missing");
        }
        broken.sort_unstable();
        assert_eq!(broken, []);
    }
}
