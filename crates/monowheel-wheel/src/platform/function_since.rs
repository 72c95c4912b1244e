//! The functions that macOS and Android did not always have (`macos_since.tsv`, `android_since.tsv`, both written by
//! `ci/function_since.py`). The tables are read when a rule first needs them.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use crate::abi::{PythonVersion, rows};

/// A table: versions by name, and by the beginning of a name.
struct Table<T> {
    names: FxHashMap<&'static str, T>,
    beginnings: Vec<(&'static str, T)>,
}

impl<T: Copy> Table<T> {
    fn read(text: &'static str, version: impl Fn(&str) -> Option<T>) -> Self {
        let mut table = Self { names: FxHashMap::default(), beginnings: Vec::new() };
        for row in rows(text) {
            let Some((name, since)) = row.first().zip(row.get(1).and_then(|since| version(since))) else { continue };
            match name.strip_suffix('*') {
                Some(beginning) => table.beginnings.push((beginning, since)),
                None => _ = table.names.insert(name, since),
            }
        }
        table
    }

    fn since(&self, name: &str) -> Option<T> {
        let of_beginning = || self.beginnings.iter().find(|(beginning, _)| name.starts_with(beginning));
        self.names.get(name).copied().or_else(|| of_beginning().map(|(_, since)| *since))
    }
}

static MACOS: LazyLock<Table<(u16, u16)>> = LazyLock::new(|| {
    Table::read(include_str!("macos_since.tsv"), |text| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    })
});

static ANDROID: LazyLock<Table<u16>> =
    LazyLock::new(|| Table::read(include_str!("android_since.tsv"), |text| text.parse().ok()));

/// The first macOS whose libSystem or libc++ has a function; `None` if 10.9 has it, or nothing is known.
#[must_use]
pub fn macos(function: &str) -> Option<(u16, u16)> {
    // `fdopendir$INODE64`: a variant of a function.
    MACOS.since(function.split('$').next().unwrap_or(function))
}

/// The first API level whose libc, libm or libdl has a function; `None` if 21 has it, or nothing is known.
#[must_use]
pub fn android(function: &str) -> Option<u16> {
    ANDROID.since(function)
}

/// The oldest macOS on which a version of `CPython` runs: that of the installers of python.org.
#[must_use]
pub const fn oldest_macos_of(python: PythonVersion) -> (u16, u16) {
    match python {
        (3, ..=12) => (10, 9),
        (3, 13) => (10, 13),
        _ => (10, 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        let rows = |text: &str| text.lines().count() - 2;
        assert_eq!(MACOS.names.len() + MACOS.beginnings.len(), rows(include_str!("macos_since.tsv")));
        assert_eq!(ANDROID.names.len(), rows(include_str!("android_since.tsv")));
    }

    #[test]
    fn first_versions() {
        assert_eq!((macos("preadv"), macos("clock_gettime"), macos("read")), (Some((11, 0)), Some((10, 12)), None));
        assert_eq!(macos("fdopendir$INODE64"), Some((10, 10)));
        assert_eq!(macos("_ZNSt3__14__fs10filesystem8__statusERKNS1_4pathEPNS_10error_codeE"), Some((10, 15)));
        assert_eq!((android("getrandom"), android("getloadavg"), android("read")), (Some(28), Some(29), None));
    }
}
