//! Opens files that third parties or users named: on the command line, in a manifest, in an archive.
//!
//! Opening a FIFO waits until somebody writes into it, a device may have no end, and a file may be larger than
//! memory. So only regular files are opened here, without waiting, and the amount that is read is limited.

use std::fs::Metadata;
use std::io::{self, Read as _};
use std::path::Path;

use fs_err::File;

/// No manifest, lock file, configuration or report is larger.
pub const MOST_TEXT: u64 = 32 << 20;

/// Opens a regular file for reading; a symbolic link to one counts.
///
/// # Errors
/// When it cannot be opened, and when it is a directory, a FIFO, a socket or a device.
pub fn open(path: &Path) -> io::Result<File> {
    // First by its name: opening a device can have side effects.
    check(&fs_err::metadata(path)?, path)?;
    let file = open_at_once(path)?;
    // Then the opened file, which may have replaced it in between.
    check(&file.metadata()?, path)?;
    Ok(file)
}

/// The bytes of a regular file that has at most `most` of them.
///
/// # Errors
/// As [`open`], and when it is larger.
pub fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let size = file.metadata()?.len();
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(most)).unwrap_or_default());
    // One byte more than allowed shows that the file is larger, whatever its reported size.
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let what =
            format!("{} is larger than {} MiB, the most that is read of such a file", path.display(), most >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, what));
    }
    Ok(bytes)
}

/// The text of a manifest, a lock file, a configuration or a report: at most [`MOST_TEXT`] bytes of UTF-8.
///
/// # Errors
/// As [`read`], and when it is not UTF-8.
pub fn read_text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(path, MOST_TEXT)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, format!("{} is not UTF-8", path.display())))
}

fn check(metadata: &Metadata, path: &Path) -> io::Result<()> {
    if metadata.is_file() {
        return Ok(());
    }
    let (kind, what) = match kind_of(metadata) {
        "a directory" => (io::ErrorKind::IsADirectory, "a directory"),
        what => (io::ErrorKind::InvalidInput, what),
    };
    let what =
        format!("{} is {what}; only regular files are read: name one, or copy the content into one", path.display());
    Err(io::Error::new(kind, what))
}

#[cfg(unix)]
fn kind_of(metadata: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a FIFO (named pipe)"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn kind_of(metadata: &Metadata) -> &'static str {
    if metadata.is_dir() { "a directory" } else { "a device or a pipe" }
}

/// Opens without waiting for a writer, and without making a terminal this process's controlling one.
#[cfg(unix)]
fn open_at_once(path: &Path) -> io::Result<File> {
    use fs_err::os::unix::fs::OpenOptionsExt as _;
    use rustix::fs::OFlags;
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits();
    let flags = i32::try_from(flags).map_err(io::Error::other)?;
    fs_err::OpenOptions::new().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open_at_once(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regular_file_is_read_up_to_its_limit() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("x.toml");
        fs_err::write(&path, "abc")?;
        assert_eq!(read_text(&path)?, "abc");
        assert_eq!(read(&path, 3)?, b"abc");
        assert_eq!(read(&path, 2).err().map(|error| error.kind()), Some(io::ErrorKind::FileTooLarge));
        assert_eq!(read(&dir.path().join("gone"), 2).err().map(|error| error.kind()), Some(io::ErrorKind::NotFound));
        assert_eq!(open(dir.path()).err().map(|error| error.kind()), Some(io::ErrorKind::IsADirectory));
        fs_err::write(&path, b"\xff")?;
        assert!(read_text(&path).is_err_and(|error| error.to_string().contains("not UTF-8")));
        Ok(())
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_a_socket_and_a_device_are_refused_at_once() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let (fifo, socket, link) = (dir.path().join("fifo"), dir.path().join("socket"), dir.path().join("link"));
        rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)?;
        let _listener = std::os::unix::net::UnixListener::bind(&socket)?;
        fs_err::os::unix::fs::symlink(&fifo, &link)?;
        for (path, what) in [
            (fifo.as_path(), "a FIFO"),
            (&link, "a FIFO"),
            (&socket, "a socket"),
            (Path::new("/dev/zero"), "a device"),
            (Path::new("/dev/null"), "a device"),
        ] {
            let said = read_text(path).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(said.contains(what), "{}: {said}", path.display());
        }
        Ok(())
    }
}
