//! The parts of the cache: what each holds, how many bytes it has, and emptying it.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};

use super::{GOING, LOCK, bytes_below};
use crate::exec::CancelToken;
use crate::lock::{Lock, sweep};

/// A directory of the cache.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// The directory's name.
    pub name: &'static str,
    /// What it holds.
    pub holds: &'static str,
    /// How many levels below it the entries are that have locks of their own; with 0 it is one entry itself.
    depth: u8,
}

/// Every part that can be emptied: all of it is fetched or built again when it is needed. The lab is not among them:
/// its interpreters were asked for by name, and `monowheel lab remove` removes them.
pub const PARTS: &[Part] = &[
    Part { name: "std", holds: "standard libraries built from source", depth: 1 },
    Part { name: "native", holds: "programs of build scripts, C libraries", depth: 1 },
    Part { name: "work", holds: "build directories of sdists and releases", depth: 1 },
    Part { name: "sdists", holds: "sdists from the index", depth: 0 },
    Part { name: "prove", holds: "environments in which wheels are tested", depth: 2 },
    Part { name: "pip", holds: "the pip of each interpreter, unpacked", depth: 1 },
    Part { name: "descriptions", holds: "whether PyPI renders a description", depth: 0 },
    Part { name: "answers", holds: "what interpreters and linkers here can do", depth: 0 },
    Part { name: "crashes", holds: "reports of monowheel's own failures", depth: 0 },
];
/// The lab's directory, where it is in the cache.
pub const LAB: &str = "lab";

/// What emptying a part did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many bytes it had.
    pub bytes: u64,
    /// Entries that stay because another process uses them.
    pub in_use: Vec<PathBuf>,
}

impl Part {
    /// The part of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        PARTS.iter().find(|part| part.name == name)
    }

    /// The bytes of its files below the cache's `root`.
    #[must_use]
    pub fn bytes(&self, root: &Path) -> u64 {
        bytes_below(&root.join(self.name))
    }

    /// Removes every entry that no process uses.
    ///
    /// # Errors
    /// When an entry cannot be removed, and after Ctrl-C; what was removed until then stays removed.
    pub fn clean(&self, root: &Path, stop: &CancelToken) -> Result<Cleaned> {
        let mut cleaned = Cleaned::default();
        for entry in self.entries(root) {
            stop.check()?;
            let bytes = bytes_below(&entry);
            match remove(&entry)? {
                true => cleaned.bytes += bytes,
                false => cleaned.in_use.push(entry),
            }
        }
        Ok(cleaned)
    }

    fn entries(&self, root: &Path) -> Vec<PathBuf> {
        let mut level = vec![root.join(self.name)];
        level.retain(|path| path.is_dir());
        for _ in 0..self.depth {
            level = level.iter().flat_map(|directory| directories(directory)).collect();
        }
        level
    }
}

fn directories(directory: &Path) -> Vec<PathBuf> {
    // The remains of a removal that was interrupted.
    sweep(directory, GOING);
    let entries = fs_err::read_dir(directory).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// Removes an entry unless a process holds its lock, and says whether it did. It is renamed first, so that nobody finds
/// half of it.
pub(super) fn remove(entry: &Path) -> Result<bool> {
    let held = if entry.join("lock").is_file() { "lock" } else { LOCK };
    let Some(_lock) = Lock::if_free(&entry.join(held)) else { return Ok(false) };
    let name = entry.file_name().unwrap_or_default().to_string_lossy();
    let going = entry.with_file_name(format!("{GOING}{name}"));
    fs_err::rename(entry, &going).and_then(|()| fs_err::remove_dir_all(&going)).map_err(|error| {
        Error::new(ErrorKind::Io, format!("cannot remove an entry of the cache: {error}"))
            .at(entry.display())
            .next("check who owns it, or remove the directory yourself")
    })?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(root: &Path, name: &str) -> Result<PathBuf> {
        let path = root.join(name);
        fs_err::create_dir_all(&path)?;
        fs_err::write(path.join("file"), [0; 500])?;
        Ok(path)
    }

    fn part(name: &str) -> Result<&'static Part> {
        Part::named(name).ok_or_else(|| Error::new(ErrorKind::Usage, name.to_owned()))
    }

    #[test]
    fn an_entry_in_use_stays_and_is_named() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (free, held) = (entry(dir.path(), "prove/demo/a")?, entry(dir.path(), "prove/demo/b")?);
        let lock = Lock::if_free(&held.join("lock"));
        assert!(lock.is_some());
        let cleaned = part("prove")?.clean(dir.path(), &CancelToken::default())?;
        assert_eq!(cleaned, Cleaned { bytes: 500, in_use: vec![held.clone()] });
        assert!(!free.exists() && held.is_dir());
        Ok(())
    }

    #[test]
    fn only_the_named_part_goes() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (std, sdists) = (entry(dir.path(), "std/1.96-a")?, entry(dir.path(), "sdists/demo")?);
        assert_eq!(part("sdists")?.bytes(dir.path()), 500);
        assert_eq!(part("sdists")?.clean(dir.path(), &CancelToken::default())?.bytes, 500);
        assert!(std.is_dir() && !sdists.exists());
        // Nothing is there, and nothing is created.
        assert_eq!(part("crashes")?.clean(dir.path(), &CancelToken::default())?, Cleaned::default());
        assert!(!dir.path().join("crashes").exists());
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed() -> Result<()> {
        let (dir, other) = (tempfile::tempdir()?, tempfile::tempdir()?);
        let kept = entry(other.path(), "precious")?;
        fs_err::create_dir_all(dir.path().join("std"))?;
        fs_err::os::unix::fs::symlink(other.path(), dir.path().join("std/link"))?;
        part("std")?.clean(dir.path(), &CancelToken::default())?;
        assert!(kept.is_dir());
        Ok(())
    }
}
