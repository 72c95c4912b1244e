//! Copies a project's sources to another directory.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::Result;
use monowheel_system::exec::{Call, CancelToken};
use monowheel_system::git::{Checkout, Git};
use monowheel_system::own_files;

/// How long git may take to list a checkout.
const LIMIT: Duration = Duration::from_secs(60);
/// Directories without sources, if git cannot tell.
const MADE: &[&str] = &[".git", ".nox", ".tox", ".venv", "__pycache__", "dist", "node_modules", "target", "venv"];

/// Copies the checkout, or the directory, that contains `project` to `to`, and returns the project's path in the copy.
///
/// A crate may use others of its checkout, so all of it is copied: files that git tracks, and new ones that are not
/// ignored. Without git, it is the project's directory, except for build output.
///
/// # Errors
/// When a file cannot be read or written.
pub(super) fn copy(project: &Path, to: &Path, stop: &CancelToken) -> Result<PathBuf> {
    let project = fs_err::canonicalize(project)?;
    let git = Git::find().ok();
    let checkout = git.and_then(|git| tracked(&git, &project, stop));
    let Some((checkout, files)) = checkout else {
        folder(&project, to, stop)?;
        return Ok(to.to_path_buf());
    };
    let top = checkout.top();
    clone(&checkout, to, stop);
    for file in files {
        stop.check()?;
        let (from, to) = (top.join(&file), to.join(&file));
        // A submodule is listed as a directory, and a removed file is listed until the removal is committed.
        if from.is_file() {
            fs_err::create_dir_all(to.parent().unwrap_or(&to))?;
            fs_err::copy(from, to)?;
        }
    }
    Ok(to.join(project.strip_prefix(top).unwrap_or(Path::new(""))))
}

/// Gives the copy the history of the checkout, at the same commit: an sdist records its commit. If git
/// fails, neither build finds a commit, or the comparison reports it.
fn clone(checkout: &Checkout, to: &Path, stop: &CancelToken) {
    let quiet = |call: Call| call.stdout(LIMIT, stop).is_ok();
    let git = checkout.git();
    let words = ["clone", "--quiet", "--shared", "--no-checkout", "--"];
    let is_cloned = git.call(&words).is_ok_and(|call| quiet(call.arg(checkout.top()).arg(to)));
    let _ = is_cloned && quiet(git.trusting(to, &["reset", "--quiet"]));
}

/// The checkout and the files in it.
fn tracked(git: &Git, project: &Path, stop: &CancelToken) -> Option<(Checkout, Vec<PathBuf>)> {
    let checkout = git.checkout(project, LIMIT, stop).ok()?;
    let call = checkout.call(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = call.stdout(LIMIT, stop).ok()?;
    let files: Vec<PathBuf> = listed.split('\0').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
    // A directory that a checkout above it ignores is not part of it.
    let inside = project.strip_prefix(checkout.top()).ok()?;
    let is_part = files.iter().any(|file| file.starts_with(inside));
    is_part.then_some((checkout, files))
}

fn folder(from: &Path, to: &Path, stop: &CancelToken) -> Result<()> {
    fs_err::create_dir_all(to)?;
    for entry in fs_err::read_dir(from)? {
        stop.check()?;
        let entry = entry?;
        let name = entry.file_name();
        if MADE.iter().any(|made| name == *made) {
            continue;
        }
        let path = entry.path();
        // The output of a build that is kept in the project would be copied into itself.
        if own_files::is_own_directory(&path) {
            continue;
        }
        if path.is_dir() {
            folder(&path, &to.join(name), stop)?;
        } else if path.is_file() {
            fs_err::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_builds_leave_is_not_copied() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let from = dir.path().join("a project");
        for file in ["src/lib.rs", "Cargo.toml", "target/x/y", "dist/z.whl", "python/dist.py"] {
            fs_err::create_dir_all(from.join(file).parent().unwrap_or(&from))?;
            fs_err::write(from.join(file), file)?;
        }
        fs_err::create_dir_all(from.join("kept"))?;
        own_files::mark_directory(&from.join("kept"))?;
        let to = dir.path().join("to");
        folder(&from, &to, &CancelToken::default())?;
        assert!(to.join("src/lib.rs").is_file() && to.join("python/dist.py").is_file());
        assert!(!to.join("target").exists() && !to.join("dist").exists() && !to.join("kept").exists());
        Ok(())
    }
}
