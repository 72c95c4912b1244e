//! Cargo.toml and Cargo.lock.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cargo_toml::{Manifest, Package};
use monowheel_error::{Error, ErrorKind, Result};
use serde::Deserialize;

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
    /// SHA-256 of what the registry serves; none for a path or a repository.
    #[serde(default)]
    pub(crate) checksum: Option<String>,
}

impl Lock {
    /// Reads a lock file.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when it is not TOML of this form.
    pub fn read(path: &Path) -> Result<Self> {
        toml::from_str(&fs_err::read_to_string(path)?).map_err(|error| {
            Error::new(ErrorKind::Project, format!("Cargo.lock is not as expected\n{error}"))
                .at(path.display())
                .next("cargo generate-lockfile makes a new one")
        })
    }

    /// The versions in which a package is locked, in order.
    pub fn versions(&self, name: &str) -> Vec<String> {
        self.package.iter().filter(|package| package.name == name).map(|package| package.version.clone()).collect()
    }

    /// Whether every package here stands in `other` too, in the same version and with the same hash.
    pub fn is_within(&self, other: &Self) -> bool {
        let known: BTreeSet<&Locked> = other.package.iter().collect();
        self.package.iter().all(|package| known.contains(package))
    }
}

/// Reads a Cargo.toml.
///
/// # Errors
/// [`ErrorKind::Project`] when it is not there or not as cargo has it.
pub fn read_manifest(path: &Path) -> Result<Manifest> {
    Manifest::from_path(path).map_err(|error| match error {
        cargo_toml::Error::Io(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Error::new(ErrorKind::Project, "no Cargo.toml")
                .at(path.display())
                .next("put pyproject.toml beside it, or set [tool.maturin] manifest-path")
        }
        error => Error::new(ErrorKind::Project, format!("Cargo.toml is not as expected: {error}"))
            .at(path.display())
            .next("mend that line; `cargo metadata` says more"),
    })
}

/// The name of a package's library, as cargo has it.
pub fn library_name(manifest: &Manifest, package: &Package) -> String {
    let given = manifest.lib.as_ref().and_then(|lib| lib.name.clone());
    given.unwrap_or_else(|| package.name().replace('-', "_"))
}

/// Cargo.lock beside the manifest, or beside that of the workspace it belongs to.
pub fn find_lock(manifest: &Path) -> Option<PathBuf> {
    let own = manifest.parent()?;
    own.ancestors()
        .filter(|folder| *folder == own || folder.join("Cargo.toml").exists())
        .map(|folder| folder.join("Cargo.lock"))
        .find(|lock| lock.exists())
}
