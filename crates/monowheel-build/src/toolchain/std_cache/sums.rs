//! Whether a kept standard library is what was built: each has its `SHA256SUMS`.

use std::collections::BTreeMap;
use std::path::Path;

use monowheel_error::Result;
use monowheel_system::hash::sha256_file;
use monowheel_system::threads;
use rayon::prelude::*;

/// The record's name, in the form of `sha256sum`.
const FILE: &str = "SHA256SUMS";
/// The folder with the libraries, as rustc expects it.
const LIBRARIES: &str = "lib";

/// Writes the record of an entry that is complete.
///
/// # Errors
/// When the entry cannot be read or written.
pub(super) fn write(entry: &Path) -> Result<()> {
    let lines = actual(entry)?.into_iter().map(|(name, sum)| format!("{sum}  {LIBRARIES}/{name}\n"));
    Ok(fs_err::write(entry.join(FILE), lines.collect::<String>())?)
}

/// Whether there is an entry that was complete once.
pub(super) fn is_recorded(entry: &Path) -> bool {
    entry.join(FILE).is_file()
}

/// What is wrong with an entry; nothing when each library has its bytes and there is no other. rustc takes whatever
/// library lies in the folder, so one too many is as wrong as one too few.
pub(super) fn fault(entry: &Path) -> Option<String> {
    let Ok(record) = fs_err::read_to_string(entry.join(FILE)) else {
        return Some(format!("it has no {FILE}"));
    };
    let stated: BTreeMap<String, String> = record
        .lines()
        .filter_map(|line| {
            let (sum, name) = line.split_once("  ")?;
            Some((name.strip_prefix(LIBRARIES)?.strip_prefix('/')?.to_owned(), sum.to_owned()))
        })
        .collect();
    let actual = match actual(entry) {
        Ok(actual) => actual,
        Err(error) => return Some(format!("it cannot be read: {error}")),
    };
    if stated.is_empty() {
        return Some(format!("its {FILE} is empty"));
    }
    let differing = |name: &&String| stated.get(*name) != actual.get(*name);
    let name = stated.keys().chain(actual.keys()).find(differing)?;
    Some(match (stated.contains_key(name), actual.contains_key(name)) {
        (true, true) => format!("{name} has other bytes"),
        (true, false) => format!("{name} is missing"),
        _ => format!("{name} does not belong to it"),
    })
}

/// The libraries of an entry and their hashes.
fn actual(entry: &Path) -> Result<BTreeMap<String, String>> {
    let files: Vec<_> = fs_err::read_dir(entry.join(LIBRARIES))?.collect::<std::io::Result<_>>()?;
    threads::ready()?;
    files
        .par_iter()
        .map(|file| Ok((file.file_name().to_string_lossy().into_owned(), sha256_file(&file.path())?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(folder: &Path) -> Result<()> {
        fs_err::create_dir_all(folder.join("lib"))?;
        fs_err::write(folder.join("lib/libcore-1.rlib"), "core")?;
        fs_err::write(folder.join("lib/libstd-2.rlib"), "std")?;
        write(folder)
    }

    #[test]
    fn what_was_written_is_whole() -> Result<()> {
        let dir = tempfile::tempdir()?;
        assert!(!is_recorded(dir.path()));
        entry(dir.path())?;
        assert!(is_recorded(dir.path()));
        assert_eq!(fault(dir.path()), None);
        Ok(())
    }

    #[test]
    fn each_kind_of_damage_is_found() -> Result<()> {
        let damaged = |damage: &dyn Fn(&Path) -> std::io::Result<()>| -> Result<String> {
            let dir = tempfile::tempdir()?;
            entry(dir.path())?;
            damage(dir.path())?;
            Ok(fault(dir.path()).unwrap_or_default())
        };
        assert_eq!(damaged(&|at| fs_err::write(at.join("lib/libstd-2.rlib"), "st"))?, "libstd-2.rlib has other bytes");
        assert_eq!(damaged(&|at| fs_err::remove_file(at.join("lib/libcore-1.rlib")))?, "libcore-1.rlib is missing");
        let other = damaged(&|at| fs_err::write(at.join("lib/libstd-3.rlib"), "std"))?;
        assert_eq!(other, "libstd-3.rlib does not belong to it");
        assert_eq!(damaged(&|at| fs_err::write(at.join(FILE), ""))?, "its SHA256SUMS is empty");
        assert_eq!(damaged(&|at| fs_err::remove_file(at.join(FILE)))?, "it has no SHA256SUMS");
        assert!(damaged(&|at| fs_err::remove_dir_all(at.join("lib")))?.contains("cannot be read"));
        Ok(())
    }
}
