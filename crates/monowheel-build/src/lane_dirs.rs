//! The Cargo target directories of a build, one per lane, for one combination of tools.
//!
//! A project has its own in its work directory. Projects for which the user set one `CARGO_TARGET_DIR` share theirs, as
//! they do with cargo, so that what they have in common is compiled once. Three kinds of build never share: those of
//! sdists and releases, isolated ones (a build script could change what another project links), and those that link a C
//! library that monowheel built (its use is read off the Cargo target directory).

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;
use monowheel_system::lock::Lock;

/// The directory of the shared ones, beside the projects' work directories.
const SHARED: &str = ".shared";
const PREFIX: &str = "lanes-";

/// The parent of a build's Cargo target directories.
#[derive(Debug)]
pub(crate) struct LaneDirs {
    root: PathBuf,
    /// Held while a build uses shared ones: cargo keeps its own lock only while it runs.
    _lock: Option<Lock>,
}

impl LaneDirs {
    /// Those of one project, in its locked work directory. cargo does not notice that a linker, an SDK or a compiler was
    /// replaced in place, so those of other tools are not reused, but removed.
    pub(crate) fn own(work: &Path, tools: &str) -> Self {
        let own = name(tools);
        for entry in fs_err::read_dir(work).into_iter().flatten().flatten() {
            let other = entry.file_name().to_string_lossy().into_owned();
            if other.starts_with(PREFIX) && other != own {
                let _ = fs_err::remove_dir_all(entry.path());
            }
        }
        Self { root: work.join(own), _lock: None }
    }

    /// Those that projects with work directories beside `work` share. Waits while another build uses them, and calls
    /// `waiting` once with the holder. Those of other tools stay: another project may use them.
    ///
    /// # Errors
    /// When they cannot be created, or Ctrl-C ends the wait.
    pub(crate) fn shared(work: &Path, tools: &str, stop: &CancelToken, waiting: impl FnOnce(&str)) -> Result<Self> {
        let root = work.with_file_name(SHARED).join(name(tools));
        fs_err::create_dir_all(&root)?;
        let lock = Lock::acquire(&root.join("lock"), stop, waiting)?;
        Ok(Self { root, _lock: Some(lock) })
    }

    /// The directory of one lane.
    pub(crate) fn lane(&self, lane: usize) -> PathBuf {
        self.root.join(lane.to_string())
    }

    /// The directory of another use of cargo.
    pub(crate) fn other(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

fn name(tools: &str) -> String {
    format!("{PREFIX}{tools}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_ones_replace_those_of_other_tools_and_shared_ones_stay() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let work = dir.path().join("a");
        for key in ["1", "2"] {
            fs_err::create_dir_all(LaneDirs::own(&work, key).lane(0))?;
            let shared = LaneDirs::shared(&work, key, &CancelToken::default(), |_| {})?;
            fs_err::create_dir_all(shared.lane(0))?;
        }
        assert!(!work.join("lanes-1").exists() && work.join("lanes-2/0").is_dir());
        assert!(dir.path().join(".shared/lanes-1/0").is_dir() && dir.path().join(".shared/lanes-2/0").is_dir());
        Ok(())
    }

    #[test]
    fn one_build_uses_shared_ones_at_a_time() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let first = LaneDirs::shared(&dir.path().join("a"), "1", &CancelToken::default(), |_| {})?;
        let stop = CancelToken::default();
        let second = LaneDirs::shared(&dir.path().join("b"), "1", &stop.clone(), |_| stop.set());
        assert!(second.is_err());
        drop(first);
        assert_eq!(
            LaneDirs::shared(&dir.path().join("b"), "1", &CancelToken::default(), |_| {})?.lane(0),
            dir.path().join(".shared/lanes-1/0")
        );
        Ok(())
    }
}
