//! Writes files atomically. Every file that a user or another run reads is written here.
//!
//! The bytes go to a temporary file in the same directory, which no other process can have opened (`O_EXCL` and a
//! random name, from the `tempfile` crate). They are synced to disk before the file is renamed. A reader sees the old
//! file or the new one, even after a crash. Logs, and files in our own temporary directories, are written directly.

use std::fs::{File, Metadata};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use tempfile::NamedTempFile;

/// The prefix of temporary files. A process that is killed leaves one; see `build::dist`, which removes them.
pub const UNFINISHED: &str = ".monowheel-";
/// Their suffix.
pub(crate) const UNFINISHED_END: &str = ".part";

/// Replaces a file, or creates a new one.
///
/// An existing file keeps its permissions, and a new one gets those of the umask. A symbolic link is kept: its target
/// is replaced.
///
/// # Errors
/// When the directory is missing or cannot be written; then nothing is left behind. When `path` is not a regular
/// file: with enough permissions, a rename would replace `/dev/null`.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    write_with(path, |file| Ok(file.write_all(bytes.as_ref())?))
}

/// The same, for streamed content: `fill` writes it into the temporary file.
///
/// # Errors
/// Those of [`write()`], and those of `fill`.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    replace(path, 0o666, fill)
}

/// The same as [`write()`], for a program: everyone who may read it may execute it.
///
/// # Errors
/// Those of [`write()`].
pub fn write_executable(path: &Path, text: &str) -> Result<()> {
    replace(path, 0o777, |file| Ok(file.write_all(text.as_bytes())?))
}

/// The same as [`write()`], for a file that only its owner may read.
///
/// # Errors
/// Those of [`write()`].
pub fn write_private(path: &Path, text: &str) -> Result<()> {
    replace(path, 0o600, |file| Ok(file.write_all(text.as_bytes())?))
}

/// Checks that files can be written into a directory.
///
/// # Errors
/// When they cannot.
pub fn check_writable(directory: &Path) -> Result<()> {
    temporary(directory, 0o600).map(drop)
}

fn replace(path: &Path, mode: u32, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    let (path, existing) = destination(path)?;
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        return Err(Error::new(ErrorKind::Io, "the directory of this file does not exist")
            .at(path.display())
            .next(format!("create {}, or name another file", directory.display())));
    }
    // The replacement of a private file is private from the first byte on.
    let created = existing.as_ref().map_or(mode, |existing| kept(existing, mode) & 0o600);
    let mut file = temporary(directory, created)?;
    fill(file.as_file_mut())?;
    #[cfg(unix)]
    if let Some(existing) = &existing {
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(kept(existing, mode));
        file.as_file().set_permissions(permissions)?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| Error::from(error.error).at(path.display()))?;
    // The new name is synced to disk too, if the system supports it; the file is complete in any case.
    #[cfg(unix)]
    if let Ok(directory) = File::open(directory) {
        let _ = directory.sync_all();
    }
    Ok(())
}

/// The file to replace, after resolving symbolic links, and its metadata if it exists.
fn destination(path: &Path) -> Result<(PathBuf, Option<Metadata>)> {
    let Ok(found) = fs_err::symlink_metadata(path) else { return Ok((path.to_path_buf(), None)) };
    // A dangling link fails here, as do /dev/stdout and other links to pipes.
    let real = if found.is_symlink() { fs_err::canonicalize(path).ok() } else { Some(path.to_path_buf()) };
    let real = real.and_then(|real| fs_err::metadata(&real).ok().map(|existing| (real, existing)));
    match real {
        Some((real, existing)) if existing.is_file() => Ok((real, Some(existing))),
        _ => Err(Error::new(ErrorKind::Io, "not a regular file: refusing to replace it")
            .at(path.display())
            .next("name a file; devices, pipes and directories are never replaced")),
    }
}

/// The permissions of the new file: those of the old one; a program is executable by everyone who may read it.
#[cfg(unix)]
fn kept(existing: &Metadata, mode: u32) -> u32 {
    let old = std::os::unix::fs::PermissionsExt::mode(&existing.permissions()) & 0o7777;
    old | ((old & 0o444) >> 2 & mode)
}

/// Windows has no such permissions: files have those of their directory.
#[cfg(not(unix))]
const fn kept(_existing: &Metadata, mode: u32) -> u32 {
    mode
}

/// A new temporary file, which is removed when it is dropped; on Unix with these permissions, less the umask.
#[cfg_attr(not(unix), expect(unused_variables, reason = "Windows has no such permissions"))]
fn temporary(directory: &Path, mode: u32) -> Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNFINISHED).suffix(UNFINISHED_END);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    builder.tempfile_in(directory).map_err(|error| Error::from(error).at(directory.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("it");
        for text in ["one", "two"] {
            write(&path, text)?;
            assert_eq!(fs_err::read_to_string(&path)?, text);
        }
        // A directory of that name cannot be replaced by a file.
        fs_err::create_dir_all(dir.path().join("taken/inside"))?;
        assert!(write(&dir.path().join("taken"), "text").is_err());
        let error = write(&dir.path().join("gone/it"), "text").unwrap_err();
        assert!(error.what().contains("directory of this file does not exist"), "{error}");
        assert_eq!(fs_err::read_dir(dir.path())?.count(), 2);
        Ok(())
    }

    #[test]
    fn a_file_that_cannot_be_completed_leaves_the_old_one() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("it");
        write(&path, "old")?;
        let error = write_with(&path, |file| {
            file.write_all(b"half")?;
            Err(Error::new(ErrorKind::Format, "the rest is damaged"))
        });
        assert!(error.is_err());
        assert_eq!(fs_err::read_to_string(&path)?, "old");
        assert_eq!(fs_err::read_dir(dir.path())?.count(), 1);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_and_new_files_have_those_of_the_umask() -> Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir()?;
        let mode = |path: &Path| fs_err::metadata(path).map(|found| found.permissions().mode() & 0o7777);
        let plain = dir.path().join("plain");
        fs_err::write(&plain, "")?;
        let usual = mode(&plain)?;
        let path = dir.path().join("it");
        write(&path, "")?;
        assert_eq!(mode(&path)?, usual);
        for kept in [0o600, 0o640, 0o755, 0o666] {
            fs_err::set_permissions(&path, std::fs::Permissions::from_mode(kept))?;
            write_with(&path, |file| {
                assert_eq!(file.metadata()?.permissions().mode() & 0o077, 0, "others see it before it is complete");
                Ok(())
            })?;
            assert_eq!(mode(&path)?, kept);
        }
        let program = dir.path().join("program");
        write_executable(&program, "")?;
        assert_eq!(mode(&program)?, usual | (usual & 0o444) >> 2);
        fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o640))?;
        write_executable(&program, "")?;
        assert_eq!(mode(&program)?, 0o750);
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_a_device_stay_what_they_are() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs_err::write(&file, "old")?;
        fs_err::os::unix::fs::symlink("file", &link)?;
        write(&link, "new")?;
        assert!(fs_err::symlink_metadata(&link)?.is_symlink());
        assert_eq!(fs_err::read_to_string(&file)?, "new");
        // A socket instead of /dev/null, which the user who runs this test may be allowed to replace.
        let socket = dir.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket)?;
        assert_eq!(write(&socket, "text").err().map(|error| error.kind()), Some(ErrorKind::Io));
        let nowhere = dir.path().join("nowhere");
        fs_err::os::unix::fs::symlink("gone", &nowhere)?;
        assert!(write(&nowhere, "text").is_err());
        assert_eq!(fs_err::read_dir(dir.path())?.count(), 4);
        Ok(())
    }
}
