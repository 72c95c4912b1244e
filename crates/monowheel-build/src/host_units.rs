//! The crates that are compiled for this machine (build scripts, procedural macros): one lane compiles them for all.
//!
//! They are the same for every target, and a third of the work for a small crate. The first lane starts alone, with all
//! cores; as soon as it compiles `PyO3` for the target, which needs `PyO3`'s macros, the others start with a copy of
//! its units. Units missing in the copy only cost time: cargo compares what it finds and compiles the rest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken};

use crate::isolated::Isolated;

/// cargo's record of each unit; cargo empties a unit's entry before it recompiles the unit (cargo 1.96,
/// `fingerprint::prepare_target`).
const FINGERPRINTS: &str = ".fingerprint";
/// cargo's output; copied after the fingerprints, so that a fingerprint never comes without its files.
const PARTS: [&str; 3] = [FINGERPRINTS, "build", "deps"];
const TICK: Duration = Duration::from_millis(20);
/// A copy takes a second; a disk that takes longer than this is slower than the compiler.
const LIMIT: Duration = Duration::from_secs(120);

/// The marker file in a Cargo target directory, written by the rustc of the shims.
#[must_use]
pub(crate) fn mark_in(target_dir: &Path) -> PathBuf {
    target_dir.join("host-units-ready")
}

/// The units of one build.
pub(crate) struct HostUnits {
    /// The Cargo target directory that compiles them first.
    from: PathBuf,
    /// Whether they are complete, or will not be compiled any more.
    settled: AtomicBool,
}

impl HostUnits {
    /// The units of a Cargo target directory, whether it already has them or its first build compiles them.
    pub(crate) fn of(from: PathBuf) -> Self {
        let _ = fs_err::remove_file(mark_in(&from));
        // Other systems have neither a marker nor a copy.
        let settled = AtomicBool::new(!cfg!(unix) || !profiles(&from).is_empty());
        Self { from, settled }
    }

    /// Settles them when the value is dropped, whatever happens to the lane that compiles them.
    pub(crate) fn settle_at_end(&self) -> impl Drop + '_ {
        struct AtEnd<'a>(&'a HostUnits);
        impl Drop for AtEnd<'_> {
            fn drop(&mut self) {
                self.0.settle();
            }
        }
        AtEnd(self)
    }

    /// No more units will come: the first build has ended.
    pub(crate) fn settle(&self) {
        self.settled.store(true, Ordering::Release);
    }

    /// Whether no wait is needed.
    pub(crate) fn are_settled(&self) -> bool {
        self.settled.load(Ordering::Acquire) || fs_err::symlink_metadata(mark_in(&self.from)).is_ok()
    }

    /// Waits until they are complete.
    ///
    /// # Errors
    /// When `stop` was set.
    pub(crate) fn wait(&self, stop: &CancelToken) -> Result<()> {
        while !self.are_settled() {
            stop.wait(TICK)?;
        }
        Ok(())
    }

    /// Copies them into a target directory that has none. The copy runs isolated, like the build that compiled them.
    ///
    /// # Errors
    /// When that fails, or one was recompiled in the meantime: then there is no copy.
    pub(crate) fn copy_to(&self, to: &Path, isolated: &Isolated, stop: &CancelToken) -> Result<()> {
        if to == self.from || !cfg!(unix) || !profiles(to).is_empty() {
            return Ok(());
        }
        fs_err::create_dir_all(to)?;
        for profile in profiles(&self.from) {
            let (from, part) = (self.from.join(&profile), tempfile::Builder::new().prefix(".copy-").tempdir_in(to)?);
            let before = fingerprints(&from);
            let parts = PARTS.map(|name| from.join(name));
            let call = Call::new("cp").arg("-a").args(parts.iter().filter(|path| path.is_dir())).arg(part.path());
            isolated.call(call, &[&self.from], &[to])?.stdout(LIMIT, stop)?;
            // A unit that cargo is compiling has no entry yet, or an empty one, and does not count as complete.
            let after = fingerprints(&from);
            if before.iter().any(|(path, state)| state.1 > 0 && after.get(path) != Some(state)) {
                return Err(Error::new(ErrorKind::Io, "a unit was recompiled in the meantime").at(from.display()));
            }
            fs_err::rename(part.path(), to.join(&profile))?;
        }
        Ok(())
    }
}

/// The directories of this machine's units in a Cargo target directory, one per profile; those of a target are one
/// level deeper.
fn profiles(target_dir: &Path) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(target_dir).into_iter().flatten().flatten();
    let is_profile = |name: &PathBuf| target_dir.join(name).join(FINGERPRINTS).is_dir();
    entries.map(|entry| PathBuf::from(entry.file_name())).filter(is_profile).collect()
}

/// The modification time and length of each fingerprint file.
fn fingerprints(profile: &Path) -> BTreeMap<PathBuf, (Option<SystemTime>, u64)> {
    let files_in = |folder: PathBuf| fs_err::read_dir(folder).into_iter().flatten().flatten();
    files_in(profile.join(FINGERPRINTS))
        .flat_map(|unit| files_in(unit.path()))
        .filter_map(|file| Some((file.path(), fs_err::symlink_metadata(file.path()).ok()?)))
        .map(|(path, state)| (path, (state.modified().ok(), state.len())))
        .collect()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn compiled(target_dir: &Path) -> Result<()> {
        for (file, text) in
            [("deps/libsyn-1.rlib", "syn"), (".fingerprint/syn-1/lib-syn", "1"), ("build/x-1/out/a", "a")]
        {
            let path = target_dir.join("release").join(file);
            fs_err::create_dir_all(path.parent().unwrap_or(target_dir))?;
            fs_err::write(path, text)?;
        }
        // The target's own units are not copied.
        fs_err::create_dir_all(target_dir.join("x86_64-apple-darwin/release/.fingerprint/libc-1"))?;
        Ok(())
    }

    #[test]
    fn a_copy_has_the_same_times_and_no_units_of_a_target() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (first, other) = (dir.path().join("0"), dir.path().join("1"));
        compiled(&first)?;
        let units = HostUnits::of(first.clone());
        assert!(units.are_settled(), "they are there");
        units.copy_to(&other, &Isolated::off(), &CancelToken::default())?;
        let time = |folder: &Path| fs_err::metadata(folder.join("release/deps/libsyn-1.rlib"))?.modified();
        assert_eq!(time(&first)?, time(&other)?);
        assert_eq!(fs_err::read_to_string(other.join("release/build/x-1/out/a"))?, "a");
        let names: Vec<_> = fs_err::read_dir(&other)?.flatten().map(|entry| entry.file_name()).collect();
        assert_eq!(names, ["release"]);
        Ok(())
    }

    #[test]
    fn a_directory_that_has_its_own_keeps_them() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (first, other) = (dir.path().join("0"), dir.path().join("1"));
        compiled(&first)?;
        compiled(&other)?;
        fs_err::write(other.join("release/deps/libsyn-1.rlib"), "newer")?;
        HostUnits::of(first).copy_to(&other, &Isolated::off(), &CancelToken::default())?;
        assert_eq!(fs_err::read_to_string(other.join("release/deps/libsyn-1.rlib"))?, "newer");
        Ok(())
    }

    #[test]
    fn others_wait_for_the_mark_or_the_end_of_the_first() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (marked, ended) = (dir.path().join("0"), dir.path().join("1"));
        fs_err::create_dir_all(&marked)?;
        // The marker of an earlier build does not count.
        fs_err::write(mark_in(&marked), "")?;
        let units = HostUnits::of(marked.clone());
        assert!(!units.are_settled());
        fs_err::write(mark_in(&marked), "")?;
        units.wait(&CancelToken::default())?;
        let units = HostUnits::of(ended);
        assert!(!units.are_settled());
        drop(units.settle_at_end());
        units.wait(&CancelToken::default())?;
        Ok(())
    }

    #[test]
    fn a_stop_ends_the_wait() {
        let stop = CancelToken::default();
        stop.set();
        assert!(HostUnits::of(PathBuf::from("/nowhere")).wait(&stop).is_err());
    }
}
