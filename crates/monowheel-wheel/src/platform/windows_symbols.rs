//! The exports of Windows libraries, and the first Windows with each (`windows_exports.tsv`, `windows_since.tsv`).
//!
//! The tables are read when a rule first needs them.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::abi::{PythonVersion, rows};

/// A version of Windows with its build: `(6, 3, 0)` is 8.1, `(10, 0, 17763)` Windows 10 1809.
pub type WindowsVersion = (u16, u16, u32);

/// The oldest Windows that Microsoft still serves with updates: Windows 10 1809, as LTSC 2019 and Server 2019.
pub const OLDEST_SERVED: WindowsVersion = (10, 0, 17763);

static EXPORTS: LazyLock<FxHashSet<&'static str>> =
    LazyLock::new(|| rows(include_str!("windows_exports.tsv")).filter_map(|row| row.first().copied()).collect());

static SINCE: LazyLock<FxHashMap<&'static str, &'static str>> = LazyLock::new(|| {
    rows(include_str!("windows_since.tsv")).filter_map(|row| Some((*row.first()?, *row.get(1)?))).collect()
});

/// The libraries whose exports are all known.
const COMPLETE: &[&str] =
    &["kernel32", "advapi32", "user32", "ws2_32", "bcrypt", "bcryptprimitives", "ole32", "shell32", "ntdll"];

/// Whether a library of Windows has a function; `None` if its exports are not known, or the function has only a number.
#[must_use]
pub fn has(dll: &str, function: &str) -> Option<bool> {
    let stem = stem(dll);
    (COMPLETE.contains(&stem.as_str()) && !function.starts_with('#'))
        .then(|| EXPORTS.contains(format!("{stem}!{function}").as_str()))
}

/// The first Windows that has a function; `None` if every one from Windows 7 on has it, or nothing is known.
#[must_use]
pub fn since(dll: &str, function: &str) -> Option<WindowsVersion> {
    version(SINCE.get(format!("{}!{function}", stem(dll)).as_str())?)
}

/// The oldest Windows on which a version of `CPython` runs (PEP 11, and the notes of its releases).
#[must_use]
pub const fn oldest_of(python: PythonVersion) -> WindowsVersion {
    match python {
        (3, ..=8) => (6, 1, 0),
        (3, 9..=12) => (6, 3, 0),
        _ => (10, 0, 10240),
    }
}

/// The display name: `Windows 8.1`, `Windows 10 build 17763`.
#[must_use]
pub fn name(version: WindowsVersion) -> String {
    match version {
        (6, 1, _) => "Windows 7".to_owned(),
        (6, 2, _) => "Windows 8".to_owned(),
        (6, 3, _) => "Windows 8.1".to_owned(),
        (10, 0, 10240) => "Windows 10".to_owned(),
        (_, _, build @ 22000..) => format!("Windows 11 build {build}"),
        (_, _, build) => format!("Windows 10 build {build}"),
    }
}

fn stem(dll: &str) -> String {
    let name = dll.to_ascii_lowercase();
    name.strip_suffix(".dll").map(str::to_owned).unwrap_or(name)
}

/// `8.1` and `10.0.17763`, as in the table.
fn version(text: &str) -> Option<WindowsVersion> {
    match text {
        "8.0" => Some((6, 2, 0)),
        "8.1" => Some((6, 3, 0)),
        text => Some((10, 0, text.strip_prefix("10.0.")?.parse().ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_understood() {
        assert!(SINCE.values().all(|text| version(text).is_some()));
        assert!(EXPORTS.iter().all(|row| row.split_once('!').is_some_and(|(dll, _)| COMPLETE.contains(&dll))));
        assert!(COMPLETE.iter().all(|dll| EXPORTS.iter().any(|row| row.starts_with(&format!("{dll}!")))));
    }

    #[test]
    fn functions_of_windows() {
        assert_eq!(has("KERNEL32.dll", "CreateFileW"), Some(true));
        assert_eq!(has("KERNEL32.dll", "NoSuchFunction"), Some(false));
        assert_eq!((has("KERNEL32.dll", "#12"), has("gdi32.dll", "NoSuchFunction")), (None, None));
        assert_eq!(since("KERNEL32.dll", "GetSystemTimePreciseAsFileTime"), Some((6, 2, 0)));
        assert_eq!(since("api-ms-win-core-synch-l1-2-0.dll", "WaitOnAddress"), Some((6, 2, 0)));
        assert_eq!(since("kernel32.dll", "SetThreadDescription"), Some((10, 0, 14393)));
        assert_eq!(since("kernel32.dll", "CreateFileW"), None);
        assert_eq!(oldest_of((3, 12)), (6, 3, 0));
        assert_eq!(name((10, 0, 17763)), "Windows 10 build 17763");
    }
}
