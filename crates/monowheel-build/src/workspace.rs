//! The directory a project is built in, and the lock on it.
//!
//! ```text
//! target/monowheel/NAME/
//!   lock              held by the build that is running; its process id inside
//!   target/package/   the unpacked sdist: the build uses what is published
//!   lanes-TOOLS/N/    Cargo target directories, if they are not shared
//!   shims/            cargo, rustc and linkers for PATH
//!   logs/             one log per wheel
//!   wheels/           completed wheels by their dependencies
//! ```

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;
use monowheel_system::lock::{Lock, sweep};
use monowheel_system::own_files;

/// The name of a wheel's directory before the wheel is complete.
const UNFINISHED: &str = ".wheel-";

/// Where a project is built.
#[derive(Debug)]
pub(super) struct Place {
    /// Its work directory.
    pub(super) work: PathBuf,
    /// The same, if the project's sdist is unpacked in it.
    pub(super) unpacked: Option<Workspace>,
    /// Whether other projects of the user share its Cargo target directories; see [`crate::lane_dirs`].
    pub(super) shares: bool,
}

/// The locked work directory of one project.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    _lock: Lock,
}

impl Workspace {
    /// Opens and locks the directory; waits while another build holds it, and calls `waiting` once with the holder.
    ///
    /// # Errors
    /// When the directory cannot be created, or Ctrl-C ends the wait.
    pub(crate) fn open(root: &Path, stop: &CancelToken, waiting: impl FnOnce(&str)) -> Result<Self> {
        fs_err::create_dir_all(root.join("logs"))?;
        own_files::mark_directory(root)?;
        let lock = Lock::acquire(&root.join("lock"), stop, waiting)?;
        sweep(root, UNFINISHED);
        Ok(Self { root: root.to_path_buf(), _lock: lock })
    }

    /// A directory for a wheel that is being built; removed when the value is dropped.
    ///
    /// # Errors
    /// When it cannot be created.
    pub(crate) fn unfinished(&self) -> Result<tempfile::TempDir> {
        Ok(tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(&self.root)?)
    }

    /// A path in the directory.
    #[must_use]
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The directory for the unpacked sdist.
    ///
    /// cargo looks for a workspace in every directory above a package, except above `target/package`
    /// (where `cargo package` unpacks): the sdist of a workspace member has left its workspace, and
    /// must not appear to be inside it.
    #[must_use]
    pub(crate) fn source(&self) -> PathBuf {
        self.root.join("target/package")
    }

    /// Removes everything from the unpacked source that no sdist contains: a build script may have left a link there,
    /// and the next sdist would be unpacked through it.
    ///
    /// # Errors
    /// When it cannot be read or removed.
    pub(crate) fn without_links(&self) -> Result<()> {
        let mut folders = vec![self.source()];
        while let Some(folder) = folders.pop() {
            let Ok(found) = fs_err::symlink_metadata(&folder) else { continue };
            if !found.is_dir() {
                fs_err::remove_file(&folder)?;
                continue;
            }
            for entry in fs_err::read_dir(&folder)? {
                let entry = entry?;
                let kind = entry.file_type()?;
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if !kind.is_file() {
                    fs_err::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// The log of a wheel or of a step.
    #[must_use]
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.root.join("logs").join(format!("{name}.log"))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_a_build_script_left_leads_nowhere() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let outside = dir.path().join("home");
        fs_err::create_dir(&outside)?;
        fs_err::write(outside.join("file"), "mine")?;
        let workspace = Workspace::open(&dir.path().join("work"), &CancelToken::default(), |_| {})?;
        let source = workspace.source();
        fs_err::create_dir_all(source.join("x-1/src"))?;
        fs_err::write(source.join("x-1/src/lib.rs"), "kept")?;
        fs_err::os::unix::fs::symlink(&outside, source.join("x-1/dir"))?;
        fs_err::os::unix::fs::symlink(outside.join("file"), source.join("x-1/src/link"))?;
        workspace.without_links()?;
        assert!(source.join("x-1/src/lib.rs").is_file() && outside.join("file").is_file());
        assert!(!source.join("x-1/dir").exists() && !source.join("x-1/src/link").exists());
        Ok(())
    }
}
