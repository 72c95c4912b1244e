//! `lint --fix --check`: the changes stay only if the crates compile with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_audit::lint::{self, FixedFile};
use monowheel_audit::source::maturin_of;
use monowheel_error::{Error, ErrorKind, Result, text};
use monowheel_system::atomic_write;
use monowheel_system::exec::{Call, CancelToken, last_lines};

use crate::cli::screen::Screen;

/// A crate may have hundreds of dependencies.
const LIMIT: Duration = Duration::from_secs(3600);
/// The lines of rustc that are shown.
const SHOWN: usize = 20;

/// Writes the changes, and takes them back unless every crate that has one compiles as before.
///
/// # Errors
/// [`ErrorKind::Project`] when a crate does not compile without them, or does not with them; after Ctrl-C. Then the files
/// are as before.
pub(super) fn write(fixed: &[FixedFile], stop: &CancelToken, screen: &mut Screen) -> Result<()> {
    let manifests = manifests(fixed);
    for manifest in &manifests {
        screen.note(text!("checking {}", manifest.display()));
        compile(manifest, stop)?.map_err(|said| {
            Error::new(ErrorKind::Project, format!("it does not compile before the changes\n{said}"))
                .at(manifest.display())
                .next("make `cargo check` succeed first; nothing was changed")
        })?;
    }
    let locks = locks(&manifests);
    lint::write(fixed)?;
    let after = manifests.iter().try_for_each(|manifest| {
        screen.note(text!("checking {} with the changes", manifest.display()));
        compile(manifest, stop)?.map_err(|said| {
            Error::new(ErrorKind::Project, format!("it does not compile with the changes, which were undone\n{said}"))
                .at(manifest.display())
                .next("apply the fixes of one rule at a time: --select RULE; and report the one that breaks")
        })
    });
    if after.is_err() {
        lint::undo(fixed)?;
        for (lock, before) in &locks {
            atomic_write::write(lock, before)?;
        }
    }
    after
}

/// The manifests of the crates with changes.
fn manifests(fixed: &[FixedFile]) -> Vec<PathBuf> {
    let above = |path: &Path| path.ancestors().skip(1).map(|folder| folder.join("Cargo.toml")).find(|at| at.is_file());
    let mut found: Vec<PathBuf> = fixed.iter().filter_map(|file| above(file.path())).collect();
    found.sort();
    found.dedup();
    found
}

/// The lock files that cargo may change for them, with their content.
fn locks(manifests: &[PathBuf]) -> BTreeMap<PathBuf, Vec<u8>> {
    let above = |manifest: &PathBuf| {
        let mut candidates = manifest.ancestors().skip(1).map(|folder| folder.join("Cargo.lock"));
        let lock = candidates.find(|lock| lock.is_file())?;
        Some((lock.clone(), fs_err::read(lock).ok()?))
    };
    manifests.iter().filter_map(above).collect()
}

/// Compiles a crate without linking it, with the features that maturin builds it with; the end of what cargo said, if it
/// fails.
fn compile(manifest: &Path, stop: &CancelToken) -> Result<Result<(), String>> {
    let call = Call::new("cargo")
        .args(["check", "--quiet", "--message-format", "short", "--manifest-path"])
        .arg(manifest)
        .args(maturin_of(manifest).unwrap_or_default().feature_flags());
    let ended = call.capture(LIMIT, stop)?;
    Ok(if ended.status.success() { Ok(()) } else { Err(last_lines(&ended.stderr, SHOWN)) })
}
