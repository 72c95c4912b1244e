//! The user's cache: its location, and its maximum size.
//!
//! ```text
//! ~/.cache/monowheel/
//!   std/RELEASE-KEY/    standard libraries that were built from source
//!   native/NAME-KEY/    programs that build scripts run, C libraries that were built
//!   work/NAME-HASH/     where sdists and releases are built
//!   sdists/ lab/ prove/ downloads, interpreters, environments
//!   descriptions/       whether the index renders a description, by its hash
//!   crashes/            reports of bugs in monowheel
//! ```
//!
//! The first three have a common limit: they are many, large, and can be recreated.

mod answers;
mod parts;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use monowheel_error::{Error, ErrorKind, Result};

pub use self::answers::{Answers, state_of};
pub use self::parts::{Cleaned, LAB, PARTS, Part};
pub use crate::cache_root::root;
use crate::exec::CancelToken;
use crate::lock::{Lock, sweep};

/// The removable entries, and the file in each whose modification time is the time of last use. An entry's lock is held
/// while it changes: that file, or [`LOCK`].
const BOUNDED: [(&str, &str); 3] = [("std", USED), ("native", USED), ("work", "lock")];
/// In an entry of `std` or `native`: written when a build uses it.
pub const USED: &str = ".used";
/// In an entry of `std` or `native`: held while something is added.
const LOCK: &str = ".lock";
/// The variable that limits the cache.
const SIZE: &str = "MONOWHEEL_CACHE_SIZE";
/// The default limit.
const DEFAULT: u64 = 10 << 30;
/// How long an entry is kept after its last use: a build may still be using it.
const IN_USE: Duration = Duration::from_secs(24 * 3600);
/// The suffix of an entry that is being removed.
const GOING: &str = ".going-";

/// Creates an entry of `std` or `native`, and locks it; while another process holds it, waits, as [`Lock::acquire`]
/// does.
///
/// # Errors
/// When the cache cannot be written, or Ctrl-C ends the wait.
pub fn lock(entry: &Path, stop: &CancelToken, waiting: impl FnOnce(&str)) -> Result<Lock> {
    fs_err::create_dir_all(entry)
        .map_err(Error::from)
        .and_then(|()| Lock::acquire(&entry.join(LOCK), stop, waiting))
        .map_err(|error| match error.kind() {
            ErrorKind::Io => error
                .at(entry.display())
                .next("make the cache writable, or set MONOWHEEL_CACHE to a writable directory"),
            _ => error,
        })
}

/// The maximum size of the cache in bytes: `$MONOWHEEL_CACHE_SIZE`, a number followed by `K`, `M` or `G`.
///
/// # Errors
/// [`ErrorKind::Usage`] when the variable is not a size.
pub fn limit() -> Result<u64> {
    let text = std::env::var(SIZE).unwrap_or_default();
    if text.is_empty() {
        return Ok(DEFAULT);
    }
    bytes(&text).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{SIZE} is not a size: {text}")).next(format!("write it like {SIZE}=20G"))
    })
}

fn bytes(text: &str) -> Option<u64> {
    let text = text.trim();
    let shift = match text.chars().last()?.to_ascii_uppercase() {
        'K' => 10,
        'M' => 20,
        'G' => 30,
        _ => 0,
    };
    let number = if shift == 0 { text } else { &text[..text.len() - 1] };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}

/// Removes the least recently used entries until at most `limit` bytes are left, and returns the removed bytes. Entries
/// that cannot be removed stay: a full cache must not make a build fail.
pub fn trim(root: &Path, limit: u64) -> u64 {
    let mut entries: Vec<Entry> = BOUNDED.iter().flat_map(|(part, stamp)| entries(&root.join(part), stamp)).collect();
    entries.sort_by_key(|entry| entry.used);
    let mut total: u64 = entries.iter().map(|entry| entry.size).sum();
    let before = total;
    for entry in entries {
        if total <= limit || entry.used.elapsed().is_ok_and(|age| age < IN_USE) {
            break;
        }
        if parts::remove(&entry.path).unwrap_or(false) {
            total -= entry.size;
        }
    }
    before - total
}

struct Entry {
    path: PathBuf,
    used: SystemTime,
    size: u64,
}

fn entries(folder: &Path, stamp: &str) -> Vec<Entry> {
    // Entries that an earlier run could not remove completely.
    sweep(folder, GOING);
    let folders = fs_err::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let read = |path: PathBuf| {
        let used = fs_err::metadata(path.join(stamp)).or_else(|_| fs_err::metadata(&path)).ok()?.modified().ok()?;
        Some(Entry { used, size: bytes_below(&path), path })
    };
    folders.filter(|path| path.is_dir()).filter_map(read).collect()
}

/// The size of the files below a directory; links count as zero, and are not followed.
pub fn bytes_below(folder: &Path) -> u64 {
    let entries = fs_err::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
            Ok(metadata) if metadata.is_file() => metadata.len(),
            _ => 0,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(root: &Path, name: &str, stamp: &str, days: u64) -> Result<PathBuf> {
        let entry = root.join(name);
        fs_err::create_dir_all(entry.join("lib"))?;
        fs_err::write(entry.join("lib/x"), [0; 1000])?;
        let file = fs_err::File::create(entry.join(stamp))?.into_file();
        file.set_modified(SystemTime::now() - Duration::from_secs(days * 24 * 3600))?;
        Ok(entry)
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let old = entry(dir.path(), "std/1.90-a", USED, 30)?;
        let older = entry(dir.path(), "work/x-1", "lock", 40)?;
        let young = entry(dir.path(), "std/1.96-b", USED, 2)?;
        assert_eq!(trim(dir.path(), 10_000), 0);
        assert_eq!(trim(dir.path(), 2_500), 1000);
        assert!(!older.exists() && old.exists());
        assert_eq!(trim(dir.path(), 0), 2000);
        assert!(!young.exists());
        Ok(())
    }

    #[test]
    fn what_is_used_stays() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let today = entry(dir.path(), "std/1.96-b", USED, 0)?;
        let held = entry(dir.path(), "work/x-1", "lock", 40)?;
        let lock = Lock::if_free(&held.join("lock"));
        let modified = SystemTime::now() - Duration::from_secs(40 * 24 * 3600);
        fs_err::OpenOptions::new().write(true).open(held.join("lock"))?.into_file().set_modified(modified)?;
        assert!(lock.is_some());
        assert_eq!(trim(dir.path(), 0), 0);
        assert!(today.exists() && held.exists());
        Ok(())
    }

    #[test]
    fn sizes() {
        assert_eq!(bytes("10G"), Some(10 << 30));
        assert_eq!(bytes("5m"), Some(5 << 20));
        assert_eq!(bytes("77"), Some(77));
        for wrong in ["", "G", "ten", "1.5G", "-1", "99999999999999G"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }
}
