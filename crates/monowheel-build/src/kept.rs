//! The cache that all projects share: programs that were fetched, C libraries that were built.
//!
//! ```text
//! CACHE/native/NAME-KEY/{.used,.lock,SHA256SUMS,files/…}
//! ```
//!
//! An entry is created by one rename, complete or not at all; later changes are detected by its hashes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_net::{IndexOptions, is_index_reachable};
use monowheel_system::cache::{self, USED};
use monowheel_system::exec::CancelToken;
use monowheel_system::lock::sweep;

use crate::sums;

/// The directory of an entry that contains the files.
const FILES: &str = "files";
/// The name prefix of a directory that is not complete.
const UNFINISHED: &str = ".making-";

/// How long the index may take to accept a connection.
const LIMIT: Duration = Duration::from_secs(3);

/// Where programs and libraries come from on this machine.
#[derive(Clone, Debug)]
pub struct Sources {
    /// The root of the cache.
    pub store: Store,
    /// Whether the index can be reached; determined when absent, and only if it decides something.
    pub is_reached: Option<bool>,
}

impl Sources {
    /// The sources of this machine.
    ///
    /// # Errors
    /// When the user's cache directory cannot be named.
    pub(crate) fn open() -> Result<Self> {
        Ok(Self { store: Store::open()?, is_reached: None })
    }

    /// A directory that need not exist, and no connection to an index.
    #[must_use]
    pub const fn at(root: PathBuf, is_reached: bool) -> Self {
        Self { store: Store::at(root), is_reached: Some(is_reached) }
    }

    pub(crate) fn is_index_reached(&self) -> bool {
        self.is_reached.unwrap_or_else(|| is_index_reachable(&IndexOptions::default(), LIMIT))
    }
}

/// The directory of all entries.
#[derive(Clone, Debug)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// The store in the user's cache.
    ///
    /// # Errors
    /// When none of the variables that determine it is set.
    pub(crate) fn open() -> Result<Self> {
        Ok(Self::at(cache::root()?.join("native")))
    }

    /// A store in a directory that need not exist.
    #[must_use]
    pub const fn at(root: PathBuf) -> Self {
        Self { root }
    }

    /// Whether there is an entry of this name. It may have been damaged since.
    pub(crate) fn has(&self, name: &str) -> bool {
        sums::is_recorded(&self.root.join(name))
    }

    /// The entry of this name, which `make` writes into an empty directory if it is missing or damaged. `told` receives
    /// the damage, and the process that it waits for.
    ///
    /// # Errors
    /// When the cache cannot be written, or `make` fails: then none of its output is kept.
    pub(crate) fn get(
        &self,
        name: &str,
        stop: &CancelToken,
        told: &dyn Fn(String),
        make: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let entry = self.root.join(name);
        if sums::is_recorded(&entry) && sums::fault(&entry, FILES).is_none() {
            // A read-only cache needs no time of last use: nothing will be removed from it.
            let _ = fs_err::write(entry.join(USED), "");
            return Ok(entry.join(FILES));
        }
        let waiting = |holder: &str| told(format!("waiting for {holder}, which is building {name}"));
        // Two builds may want the same entry at once; the second finds it ready.
        let _lock = cache::lock(&entry, stop, waiting)?;
        fs_err::write(entry.join(USED), "")?;
        sweep(&entry, UNFINISHED);
        if sums::is_recorded(&entry) {
            match sums::fault(&entry, FILES) {
                None => return Ok(entry.join(FILES)),
                Some(fault) => told(format!("{name} in the cache is damaged ({fault}): building it again")),
            }
            fs_err::remove_dir_all(entry.join(FILES)).or_else(|error| match error.kind() {
                std::io::ErrorKind::NotFound => Ok(()),
                _ => Err(error),
            })?;
        }
        let work = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&entry)?;
        let files = work.path().join(FILES);
        fs_err::create_dir(&files)?;
        make(&files)?;
        stop.check()?;
        // An entry counts only with its record: it comes last.
        sums::write(work.path(), FILES)?;
        let place = entry.join(FILES);
        if place.exists() {
            fs_err::remove_dir_all(&place)?;
        }
        fs_err::rename(&files, &place)?;
        fs_err::rename(work.path().join(sums::FILE), entry.join(sums::FILE))?;
        Ok(place)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use monowheel_error::{Error, ErrorKind};

    use super::*;

    #[test]
    fn an_entry_is_made_once_and_again_when_it_is_damaged() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let store = Store::at(dir.path().join("native"));
        let (made, stop) = (Cell::new(0), CancelToken::default());
        let notes = std::cell::RefCell::new(Vec::new());
        let get = || {
            store.get("demo-1", &stop, &|note| notes.borrow_mut().push(note), |files| {
                made.set(made.get() + 1);
                fs_err::create_dir(files.join("bin"))?;
                Ok(fs_err::write(files.join("bin/demo"), "a program")?)
            })
        };
        assert!(!store.has("demo-1"));
        let files = get()?;
        assert_eq!(files, dir.path().join("native/demo-1/files"));
        assert!(store.has("demo-1") && files.join("bin/demo").is_file());
        get()?;
        assert_eq!((made.get(), notes.borrow().len()), (1, 0));
        fs_err::write(files.join("bin/demo"), "another program")?;
        get()?;
        assert_eq!(made.get(), 2);
        assert!(notes.borrow()[0].contains("bin/demo has different content"), "{:?}", notes.borrow());
        assert_eq!(fs_err::read_to_string(files.join("bin/demo"))?, "a program");
        Ok(())
    }

    #[test]
    fn what_fails_leaves_nothing() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let store = Store::at(dir.path().to_path_buf());
        let failed = store.get("demo-1", &CancelToken::default(), &|_| {}, |files| {
            fs_err::write(files.join("half"), "")?;
            Err(Error::new(ErrorKind::Tool, "no compiler"))
        });
        assert!(failed.is_err() && !store.has("demo-1") && !dir.path().join("demo-1/files").exists());
        Ok(())
    }
}
