//! Checks that cache entries are unchanged: each entry has its `SHA256SUMS`.

use std::collections::BTreeMap;
use std::path::Path;

use monowheel_error::Result;
use monowheel_system::hash::sha256_file;
use monowheel_system::threads;
use rayon::prelude::*;

/// The record's name, in the format of `sha256sum`.
pub(crate) const FILE: &str = "SHA256SUMS";
/// Writes the record of a complete entry: every file below its directory `part`.
///
/// # Errors
/// When the entry cannot be read or written.
pub(crate) fn write(entry: &Path, part: &str) -> Result<()> {
    let lines = actual(entry, part)?.into_iter().map(|(name, sum)| format!("{sum}  {part}/{name}\n"));
    Ok(fs_err::write(entry.join(FILE), lines.collect::<String>())?)
}

/// Whether there is an entry that was complete once.
pub(crate) fn is_recorded(entry: &Path) -> bool {
    entry.join(FILE).is_file()
}

/// What is wrong with an entry; nothing if each file below `part` has its bytes and there are no others. A compiler
/// uses every library or header in the directory, so an extra file is as wrong as a missing one.
pub(crate) fn fault(entry: &Path, part: &str) -> Option<String> {
    let Ok(record) = fs_err::read_to_string(entry.join(FILE)) else {
        return Some(format!("it has no {FILE}"));
    };
    let stated: BTreeMap<String, String> = record
        .lines()
        .filter_map(|line| {
            let (sum, name) = line.split_once("  ")?;
            Some((name.strip_prefix(part)?.strip_prefix('/')?.to_owned(), sum.to_owned()))
        })
        .collect();
    let actual = match actual(entry, part) {
        Ok(actual) => actual,
        Err(error) => return Some(format!("it cannot be read: {error}")),
    };
    if stated.is_empty() {
        return Some(format!("its {FILE} is empty"));
    }
    let differing = |name: &&String| stated.get(*name) != actual.get(*name);
    let name = stated.keys().chain(actual.keys()).find(differing)?;
    Some(match (stated.contains_key(name), actual.contains_key(name)) {
        (true, true) => format!("{name} has different content"),
        (true, false) => format!("{name} is missing"),
        _ => format!("{name} does not belong there"),
    })
}

/// The files below `part` and their hashes, each by its path with `/` between the parts.
fn actual(entry: &Path, part: &str) -> Result<BTreeMap<String, String>> {
    let top = entry.join(part);
    let mut names = Vec::new();
    let mut waiting = vec![String::new()];
    while let Some(folder) = waiting.pop() {
        for file in fs_err::read_dir(top.join(&folder))? {
            let file = file?;
            let name = file.file_name().to_string_lossy().into_owned();
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            // A link is hashed by its target's content.
            if file.file_type()?.is_dir() { waiting.push(name) } else { names.push(name) }
        }
    }
    threads::ready()?;
    let hashed = |name: String| Ok((name.clone(), sha256_file(&top.join(name))?));
    names.into_par_iter().map(hashed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(folder: &Path) -> Result<()> {
        fs_err::create_dir_all(folder.join("lib"))?;
        fs_err::write(folder.join("lib/libcore-1.rlib"), "core")?;
        fs_err::write(folder.join("lib/libstd-2.rlib"), "std")?;
        write(folder, "lib")
    }

    #[test]
    fn what_was_written_is_whole() -> Result<()> {
        let dir = tempfile::tempdir()?;
        assert!(!is_recorded(dir.path()));
        entry(dir.path())?;
        assert!(is_recorded(dir.path()));
        assert_eq!(fault(dir.path(), "lib"), None);
        Ok(())
    }

    #[test]
    fn directories_below_count_too() -> Result<()> {
        let dir = tempfile::tempdir()?;
        fs_err::create_dir_all(dir.path().join("files/include/openssl"))?;
        fs_err::write(dir.path().join("files/include/openssl/ssl.h"), "")?;
        write(dir.path(), "files")?;
        assert_eq!(fault(dir.path(), "files"), None);
        fs_err::write(dir.path().join("files/include/openssl/evil.h"), "")?;
        let fault = fault(dir.path(), "files").unwrap_or_default();
        assert_eq!(fault, "include/openssl/evil.h does not belong there");
        Ok(())
    }

    #[test]
    fn each_kind_of_damage_is_found() -> Result<()> {
        let damaged = |damage: &dyn Fn(&Path) -> std::io::Result<()>| -> Result<String> {
            let dir = tempfile::tempdir()?;
            entry(dir.path())?;
            damage(dir.path())?;
            Ok(fault(dir.path(), "lib").unwrap_or_default())
        };
        assert_eq!(
            damaged(&|at| fs_err::write(at.join("lib/libstd-2.rlib"), "st"))?,
            "libstd-2.rlib has different content"
        );
        assert_eq!(damaged(&|at| fs_err::remove_file(at.join("lib/libcore-1.rlib")))?, "libcore-1.rlib is missing");
        let other = damaged(&|at| fs_err::write(at.join("lib/libstd-3.rlib"), "std"))?;
        assert_eq!(other, "libstd-3.rlib does not belong there");
        assert_eq!(damaged(&|at| fs_err::write(at.join(FILE), ""))?, "its SHA256SUMS is empty");
        assert_eq!(damaged(&|at| fs_err::remove_file(at.join(FILE)))?, "it has no SHA256SUMS");
        assert!(damaged(&|at| fs_err::remove_dir_all(at.join("lib")))?.contains("cannot be read"));
        Ok(())
    }
}
