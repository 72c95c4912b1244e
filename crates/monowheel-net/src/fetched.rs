//! The files of a release as an installer would get them: downloaded completely, and compared to the index's hashes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use monowheel_error::Result;
use monowheel_system::atomic_write;

use crate::client::Client;
use crate::download::{download, pieces};
use crate::options::IndexOptions;
use crate::releases;
use crate::requirements::Requirements;
use crate::simple::RemoteFile;

/// The files that indexes serve for some requirements.
pub struct Served {
    pub(super) client: Arc<Client>,
    /// The wheels, by name.
    pub wheels: Vec<RemoteFile>,
    /// The sdists, by name.
    pub sdists: Vec<RemoteFile>,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// Queries the indexes for the files of the releases that `requirements` name; nothing is downloaded yet.
///
/// # Errors
/// When an index cannot be queried, or has no such release.
pub fn served(requirements: &Requirements, options: &IndexOptions) -> Result<Served> {
    let client = Client::new(options)?;
    let mut notes = requirements.notes.clone();
    let mut wheels = requirements.files.clone();
    let mut sdists = Vec::new();
    for release in releases(&client, requirements, options)? {
        wheels.extend(release.wheels);
        sdists.extend(release.sdists);
        notes.extend(release.notes);
    }
    Ok(Served { client, wheels, sdists, notes })
}

impl Served {
    /// Downloads one of the files into `folder`, under its own name.
    ///
    /// # Errors
    /// When it cannot be downloaded or written, or does not match the index.
    pub fn save(&self, file: &RemoteFile, folder: &Path) -> Result<PathBuf> {
        save(&self.client, file, folder)
    }
}

/// Downloads a file into `folder`, under its own name.
///
/// # Errors
/// When it cannot be downloaded or written, or does not match the index.
pub(super) fn save(client: &Client, file: &RemoteFile, folder: &Path) -> Result<PathBuf> {
    // The last part of a URL may contain an escaped separator.
    let path = folder.join(file.name.rsplit(['/', '\\']).next().unwrap_or_default());
    let bytes = download(client, file, None)?;
    fs_err::create_dir_all(folder)?;
    atomic_write::write_with(&path, |file| pieces(&*bytes, &mut |piece| Ok(file.write_all(piece)?)))?;
    Ok(path)
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served").field("wheels", &self.wheels).field("sdists", &self.sdists).finish_non_exhaustive()
    }
}
