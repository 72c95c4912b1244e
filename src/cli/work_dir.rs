//! `--keep DIR`: the working directory of a command, and whether it is kept.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::own_files;

/// A directory to work in.
pub(super) struct Kept {
    /// An absolute path.
    pub(super) path: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// The directory that was named, or a temporary one that lives as long as the value.
///
/// # Errors
/// [`ErrorKind::Usage`] when it is not empty; when it cannot be created.
pub(super) fn folder(named: Option<&Path>, prefix: &str) -> Result<Kept> {
    let Some(named) = named else {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir()?;
        return Ok(Kept { path: folder.path().to_path_buf(), _temporary: Some(folder) });
    };
    fs_err::create_dir_all(named)?;
    if fs_err::read_dir(named)?.next().is_some() {
        return Err(Error::new(ErrorKind::Usage, "--keep: the directory is not empty")
            .at(named.display())
            .next("choose an empty directory, or one that does not exist"));
    }
    // It may be in a project, whose sdist must not hold it.
    own_files::mark_directory(named)?;
    Ok(Kept { path: fs_err::canonicalize(named)?, _temporary: None })
}
