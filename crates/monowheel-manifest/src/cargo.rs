//! Cargo.toml and Cargo.lock.

use std::collections::BTreeSet;
use std::io::ErrorKind as Io;
use std::path::{Path, PathBuf};

use cargo_toml::{Manifest, Package};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;
use serde::Deserialize;

use crate::files::{FILE, Files};
use crate::inside::{Scope, quotable};
pub use crate::workspace::{find_lock, workspace_root};

/// `Cargo.lock`, as far as it is needed.
#[derive(Debug, Default, Deserialize)]
pub struct Lock {
    /// Every package that is locked.
    #[serde(default)]
    pub(crate) package: Vec<Locked>,
}

/// A locked package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) struct Locked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Where it comes from; none for a path.
    #[serde(default)]
    pub(crate) source: Option<String>,
    /// SHA-256 of the registry's file; none for a path or a repository.
    #[serde(default)]
    pub(crate) checksum: Option<String>,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when it is not TOML with this structure.
    pub fn read(path: &Path) -> Result<Self> {
        toml::from_str(&regular_file::read_text(path)?).map_err(|error| {
            Error::new(ErrorKind::Project, format!("Cargo.lock is not valid\n{}", quotable(path, &error)))
                .at(path.display())
                .next("run cargo generate-lockfile to create a new one")
        })
    }

    /// The versions in which a package is locked, in order.
    pub fn versions(&self, name: &str) -> Vec<String> {
        self.package.iter().filter(|package| package.name == name).map(|package| package.version.clone()).collect()
    }

    /// Whether every package here is in `other` too, in the same version and with the same hash.
    pub fn is_within(&self, other: &Self) -> bool {
        let known: BTreeSet<&Locked> = other.package.iter().collect();
        self.package.iter().all(|package| known.contains(package))
    }
}

/// The Cargo.toml that `manifest-path` of `[tool.maturin]` names; by default the one beside pyproject.toml.
///
/// # Errors
/// [`ErrorKind::Project`] when it points outside the scope, or names a file that cargo would not treat as a manifest.
pub fn manifest_path(root: &Path, named: Option<&Path>, scope: &Scope) -> Result<PathBuf> {
    let named = named.unwrap_or(Path::new(FILE));
    let path = scope.path(root, named, "[tool.maturin] manifest-path")?;
    if path.file_name().is_some_and(|name| name == FILE) {
        return Ok(path);
    }
    let shown = named.display().to_string();
    Err(Error::new(ErrorKind::Project, format!("[tool.maturin] manifest-path does not name a Cargo.toml: {shown:?}"))
        .at(root.join("pyproject.toml").display())
        .next("name the crate's Cargo.toml"))
}

/// Reads a Cargo.toml, and the related files that cargo reads too: the workspace that it inherits from, and the
/// names of its targets.
///
/// # Errors
/// [`ErrorKind::Project`] when it does not exist or cargo would reject it.
pub fn read_manifest(path: &Path, scope: &Scope) -> Result<Manifest> {
    let wrong = |error: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Project, format!("Cargo.toml is not valid: {}", quotable(path, error)))
            .at(path.display())
            .next("fix that line; `cargo metadata` shows more")
    };
    let text = match regular_file::read_text(path) {
        Ok(text) => text,
        Err(error) if error.kind() == Io::NotFound => {
            return Err(Error::new(ErrorKind::Project, "no Cargo.toml")
                .at(path.display())
                .next("put it beside pyproject.toml, or name it there: [tool.maturin] manifest-path = \"DIRECTORY/Cargo.toml\""));
        }
        Err(error) => return Err(wrong(&error)),
    };
    let mut manifest = Manifest::from_str(&text).map_err(|error| wrong(&error))?;
    let files = Files { folder: path.parent().unwrap_or(Path::new("")), scope };
    manifest.complete_from_abstract_filesystem::<cargo_toml::Value, _>(files, None).map_err(|error| wrong(&error))?;
    Ok(manifest)
}

/// The name of a package's library, according to cargo's rules.
pub fn library_name(manifest: &Manifest, package: &Package) -> String {
    let given = manifest.lib.as_ref().and_then(|lib| lib.name.clone());
    given.unwrap_or_else(|| package.name().replace('-', "_"))
}

/// Whether a crate has a dependency from a git repository: by its lock file, or without one by the manifest itself.
///
/// # Errors
/// When one of them cannot be read.
pub fn has_git_dependency(manifest: &Path, lock: Option<&Path>, scope: &Scope) -> Result<bool> {
    if let Some(lock) = lock {
        let is_of_git = |package: &Locked| package.source.as_deref().is_some_and(|source| source.starts_with("git+"));
        return Ok(Lock::read(lock)?.package.iter().any(is_of_git));
    }
    let manifest = read_manifest(manifest, scope)?;
    let targets = manifest.target.values().flat_map(|target| &target.dependencies);
    let all = manifest.dependencies.iter().chain(&manifest.build_dependencies).chain(targets);
    Ok(all.into_iter().any(|(_, dependency)| dependency.git().is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The way `monowheel lint` in a member's directory names it. This crate is a member of a workspace, and tests run
    /// here.
    #[test]
    fn a_member_named_from_its_own_directory_has_its_workspace() -> Result<()> {
        for path in ["Cargo.toml", "./Cargo.toml", "../monowheel-manifest/Cargo.toml"] {
            let path = Path::new(path);
            let manifest = read_manifest(path, &Scope::own())?;
            assert!(manifest.package.is_some_and(|package| package.version.get().is_ok()), "{}", path.display());
            let lock = find_lock(path, &Scope::own());
            assert!(lock.is_some_and(|lock| lock.is_file()), "{}", path.display());
        }
        Ok(())
    }

    #[test]
    fn git_dependencies_are_seen_in_the_lock_file_or_else_in_the_manifest() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (manifest, lock) = (dir.path().join(FILE), dir.path().join("Cargo.lock"));
        let written = |dependency: &str| {
            let package = "[package]\nname = \"x\"\nversion = \"1.0.0\"\nedition = \"2021\"\n";
            fs_err::write(&manifest, format!("{package}[dependencies]\npyo3 = {dependency}\n"))
        };
        let has = |lock: Option<&Path>| has_git_dependency(&manifest, lock, &Scope::own());
        written("\"0.29\"")?;
        assert!(!has(None)?);
        written("{ git = \"https://example.org/pyo3\" }")?;
        assert!(has(None)?);
        fs_err::write(&lock, "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n")?;
        assert!(!has(Some(&lock))?);
        let source = "source = \"git+https://example.org/a#0123\"\n";
        fs_err::write(&lock, format!("version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n{source}"))?;
        assert!(has(Some(&lock))?);
        Ok(())
    }
}
