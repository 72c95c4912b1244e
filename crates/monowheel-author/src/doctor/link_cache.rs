//! The targets that linked in an earlier run, valid while the compiler, the linker and the standard library do not
//! change: linking for all of them takes several seconds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use monowheel_build::toolchain::Machine;
use monowheel_build::toolchain::rust::Toolchain;
use monowheel_project::target::Target;
use monowheel_system::hash::sha256;
use monowheel_system::{atomic_write, cache};
use serde::{Deserialize, Serialize};

use crate::doctor::link::SOURCE;

/// The file in the user's cache.
const FILE: &str = "links.json";
/// The maximum number of results: those of a few projects and toolchains.
const MOST: usize = 400;

/// The results of earlier runs and of this one.
#[derive(Debug, Default)]
pub(super) struct LinkCache {
    path: Option<PathBuf>,
    old: BTreeMap<String, f64>,
    new: Mutex<BTreeMap<String, f64>>,
}

/// The file's format.
#[derive(Default, Deserialize, Serialize)]
struct Kept {
    /// The hash of what is linked, and by which monowheel.
    question: String,
    /// How long each took, in seconds.
    seconds: BTreeMap<String, f64>,
}

impl LinkCache {
    /// Loads the results of earlier runs: none if they are of another version, or not wanted.
    pub(super) fn read(is_wanted: bool) -> Self {
        Self::at(cache::root().ok().map(|cache| cache.join(FILE)), is_wanted)
    }

    fn at(path: Option<PathBuf>, is_wanted: bool) -> Self {
        let text = path.as_deref().filter(|_| is_wanted).and_then(|path| fs_err::read(path).ok()).unwrap_or_default();
        let kept: Kept = serde_json::from_slice(&text).unwrap_or_default();
        let old = if kept.question == question() { kept.seconds } else { BTreeMap::new() };
        Self { path, old, new: Mutex::default() }
    }

    /// How long it took when it was last linked.
    pub(super) fn of(&self, key: &str) -> Option<f64> {
        self.old.get(key).copied()
    }

    /// Keeps the time of one that linked now.
    pub(super) fn keep(&self, key: String, seconds: f64) {
        self.new.lock().unwrap_or_else(PoisonError::into_inner).insert(key, seconds);
    }

    /// Writes them for the next run. If that fails, the next run links again.
    pub(super) fn write(self) {
        let mut seconds = self.new.into_inner().unwrap_or_else(PoisonError::into_inner);
        let Some(path) = self.path.filter(|_| !seconds.is_empty()) else { return };
        let room = MOST.saturating_sub(seconds.len());
        seconds.extend(self.old.into_iter().take(room));
        let Ok(text) = serde_json::to_vec(&Kept { question: question(), seconds }) else { return };
        let folder = path.parent().map_or(Ok(()), fs_err::create_dir_all);
        if folder.is_ok() {
            let _ = atomic_write::write(&path, text);
        }
    }
}

fn question() -> String {
    sha256(format!("{}\n{SOURCE}", monowheel_error::VERSION).as_bytes())
}

/// What the result depends on; none if one of its files cannot be examined.
pub(super) fn key(
    target: &Target,
    triple: &str,
    toolchain: &Toolchain,
    own_std: bool,
    machine: &Machine,
) -> Option<String> {
    let (maturin, zig) = (machine.maturin.as_ref()?, machine.zig.as_ref()?);
    let sysroot = if own_std { machine.std_cache.sysroot(toolchain) } else { toolchain.sysroot.clone() };
    let library = sysroot.join("lib/rustlib").join(triple).join("lib");
    let mut files: Vec<PathBuf> = fs_err::read_dir(library).ok()?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.extend([&toolchain.rustc, &maturin.path, &zig.path].map(Clone::clone));
    let files = files.iter().map(|path| state(path)).collect::<Option<Vec<String>>>()?.join("\n");
    let tools = format!("{}\n{}\n{}\n{files}", toolchain.verbose_version, maturin.version, zig.version);
    Some(format!("{target} {triple} {}", sha256(tools.as_bytes())))
}

/// A file, and when it was last changed.
fn state(path: &Path) -> Option<String> {
    let file = fs_err::metadata(path).ok()?;
    let since = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {} {}", path.display(), since.as_nanos(), file.len()))
}

#[cfg(test)]
mod tests {
    use monowheel_error::Result;

    use super::*;

    #[test]
    fn a_result_is_kept_for_the_next_run_alone_unless_it_is_wanted_afresh() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("cache/links.json");
        let at = |is_wanted| LinkCache::at(Some(path.clone()), is_wanted);
        let first = at(true);
        first.keep("win_amd64 x".to_owned(), 0.5);
        assert_eq!(first.of("win_amd64 x"), None, "this run linked it itself");
        first.write();
        assert_eq!((at(true).of("win_amd64 x"), at(false).of("win_amd64 x")), (Some(0.5), None));
        // Those of other projects stay.
        let second = at(true);
        second.keep("win_arm64 y".to_owned(), 0.7);
        second.write();
        assert_eq!((at(true).of("win_amd64 x"), at(true).of("win_arm64 y")), (Some(0.5), Some(0.7)));
        fs_err::write(&path, r#"{"question": "another", "seconds": {"win_amd64 x": 1.0}}"#)?;
        assert_eq!(at(true).of("win_amd64 x"), None, "of another version");
        Ok(())
    }

    #[test]
    fn a_file_that_changes_has_another_state() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("rustc");
        assert_eq!(state(&path), None);
        fs_err::write(&path, "a")?;
        let before = state(&path);
        fs_err::write(&path, "longer")?;
        assert_ne!(before, state(&path));
        Ok(())
    }
}
