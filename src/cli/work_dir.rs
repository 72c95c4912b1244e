//! `--keep DIR`: where a command works, and whether that stays.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::own_files;

/// A folder to work in.
pub(super) struct Kept {
    /// An absolute path.
    pub(super) path: PathBuf,
    _temporary: Option<tempfile::TempDir>,
}

/// The folder that was named, or one that goes with the value.
///
/// # Errors
/// [`ErrorKind::Usage`] when there is something in it; when it cannot be made.
pub(super) fn folder(named: Option<&Path>, prefix: &str) -> Result<Kept> {
    let Some(named) = named else {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir()?;
        return Ok(Kept { path: folder.path().to_path_buf(), _temporary: Some(folder) });
    };
    fs_err::create_dir_all(named)?;
    if fs_err::read_dir(named)?.next().is_some() {
        return Err(Error::new(ErrorKind::Usage, "--keep: the folder is not empty")
            .at(named.display())
            .next("name an empty folder, or one that is not there"));
    }
    // It may be in a project, whose sdist must not hold it.
    own_files::mark_directory(named)?;
    Ok(Kept { path: fs_err::canonicalize(named)?, _temporary: None })
}
