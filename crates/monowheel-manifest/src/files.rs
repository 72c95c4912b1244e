//! The files around a Cargo.toml, as far as they are needed to read it: never one outside the scope, never one that is
//! not a regular file, and no unlimited directory.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use cargo_toml::{AbstractFilesystem, Error, Manifest, Value};
use monowheel_system::regular_file;

use crate::inside::{Scope, quotable};

/// The name of a manifest.
pub(crate) const FILE: &str = "Cargo.toml";
/// More entries of one directory are not read.
const MOST_ENTRIES: usize = 20_000;

/// A directory by its full path. The parent of a plain `Cargo.toml` is empty, and means the current one.
pub(crate) fn absolute(folder: &Path) -> io::Result<PathBuf> {
    std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

/// The directory of a manifest.
pub(crate) struct Files<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) scope: &'a Scope,
}

impl AbstractFilesystem for Files<'_> {
    fn file_names_in(&self, relative: &str) -> io::Result<HashSet<Box<str>>> {
        let folder = if relative.is_empty() { Path::new(".") } else { Path::new(relative) };
        let folder = self.folder.join(folder);
        if !self.scope.contains(&folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut names = HashSet::new();
        for entry in fs_err::read_dir(&folder)?.take(MOST_ENTRIES) {
            names.insert(entry?.file_name().to_string_lossy().into_owned().into());
        }
        Ok(names)
    }

    fn parse_root_workspace(&self, named: Option<&Path>) -> Result<(Manifest<Value>, PathBuf), Error> {
        if let Some(named) = named {
            let folder = self
                .scope
                .path(self.folder, named, "[package] workspace")
                .map_err(|error| Error::WorkspaceIntegrity(error.what().to_owned()))?;
            return Ok((self.workspace(&folder.join(FILE))?, folder));
        }
        let whole = absolute(self.folder)?;
        let mut last = None;
        for above in self.scope.ancestors(&whole).skip(1).map(|folder| folder.join(FILE)) {
            match self.workspace(&above) {
                Ok(manifest) => return Ok((manifest, above)),
                Err(Error::Io(_)) => {}
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| Error::WorkspaceIntegrity("no workspace above it to inherit from".to_owned())))
    }
}

impl Files<'_> {
    fn workspace(&self, path: &Path) -> Result<Manifest<Value>, Error> {
        if !self.scope.contains(path) {
            return Err(Error::WorkspaceIntegrity(format!("{} points outside the project", path.display())));
        }
        let text = regular_file::read_text(path)?;
        // As text: the error of cargo_toml quotes lines.
        let manifest = Manifest::from_str(&text)
            .map_err(|error| Error::WorkspaceIntegrity(format!("{}: {}", path.display(), quotable(path, &error))))?;
        if manifest.workspace.is_none() {
            return Err(Error::WorkspaceIntegrity(format!("{} has no [workspace]", path.display())));
        }
        Ok(manifest)
    }
}
