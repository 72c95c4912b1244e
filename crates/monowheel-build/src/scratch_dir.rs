//! A work directory for one build that uses nothing from earlier ones, and leaves nothing but the logs of a failure.

use std::path::Path;
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::lock::Lock;

/// The prefix of the directory's name.
const PREFIX: &str = ".fresh-";
/// The part that is kept when a build failed: the messages name the files in it.
const LOGS: [&str; 2] = ["logs", "lock"];
/// How long the logs of a failure are kept, and the age at which a directory counts as left by a killed build.
const STAYS: Duration = Duration::from_secs(3600);

/// An empty work directory, which is removed when the value is dropped.
#[derive(Debug)]
pub(super) struct Fresh {
    folder: tempfile::TempDir,
}

impl Fresh {
    /// A new directory beside `work`, the project's usual work directory. Leftovers of killed builds are
    /// removed first.
    ///
    /// # Errors
    /// When it cannot be created.
    pub(super) fn beside(work: &Path) -> Result<Self> {
        let parent = work.parent().unwrap_or(work);
        fs_err::create_dir_all(parent)?;
        sweep(parent, STAYS);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        Ok(Self { folder })
    }

    /// The directory.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes the directory, except for the logs when the build has `failed`.
    pub(super) fn end(self, failed: bool) {
        if !failed {
            return;
        }
        let folder = self.folder.keep();
        for entry in fs_err::read_dir(&folder).into_iter().flatten().flatten() {
            if LOGS.iter().all(|kept| entry.file_name() != *kept) {
                let path = entry.path();
                let _ = if path.is_dir() { fs_err::remove_dir_all(path) } else { fs_err::remove_file(path) };
            }
        }
    }
}

/// Removes old directories that no build uses.
fn sweep(parent: &Path, stays: Duration) {
    for entry in fs_err::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let modified = fs_err::metadata(&path).ok().and_then(|metadata| metadata.modified().ok());
        let is_old = modified.and_then(|time| time.elapsed().ok()).is_some_and(|age| age >= stays);
        let is_fresh = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if is_fresh && is_old {
            if let Some(_lock) = Lock::if_free(&path.join("lock")) {
                let _ = fs_err::remove_dir_all(path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use monowheel_system::exec::CancelToken;

    use super::*;

    #[test]
    fn it_goes_and_the_logs_of_a_failure_stay() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let work = dir.path().join("work/name");
        for (failed, left) in [(false, 0), (true, 1)] {
            let fresh = Fresh::beside(&work)?;
            assert_eq!(fs_err::read_dir(fresh.path())?.count(), 0);
            fs_err::create_dir_all(fresh.path().join("logs"))?;
            fs_err::create_dir_all(fresh.path().join("lanes-x/0"))?;
            fs_err::write(fresh.path().join(".gitignore"), "*\n")?;
            let path = fresh.path().to_path_buf();
            fresh.end(failed);
            let names = fs_err::read_dir(&path).map_or(0, Iterator::count);
            assert_eq!((names, path.join("logs").is_dir()), (left, failed));
        }
        assert!(!work.exists());
        Ok(())
    }

    #[test]
    fn only_what_nobody_holds_is_swept_up() -> Result<()> {
        let dir = tempfile::tempdir()?;
        for name in [".fresh-held", ".fresh-left", "another"] {
            fs_err::create_dir_all(dir.path().join(name))?;
        }
        let _lock = Lock::acquire(&dir.path().join(".fresh-held/lock"), &CancelToken::default(), |_| {})?;
        sweep(dir.path(), STAYS);
        assert_eq!(fs_err::read_dir(dir.path())?.count(), 3);
        sweep(dir.path(), Duration::ZERO);
        assert!(dir.path().join(".fresh-held").is_dir() && dir.path().join("another").is_dir());
        assert!(!dir.path().join(".fresh-left").exists());
        Ok(())
    }
}
