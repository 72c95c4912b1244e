//! Files that third-party code left: read only if they are regular files.
//!
//! Where a file is expected, a build or a test can leave a link to any file of this user, a pipe without a writer, or
//! endless bytes.

use std::fs::Metadata;
use std::io::Read as _;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};

use crate::regular_file;

/// Refuses everything but a regular file.
///
/// # Errors
/// [`ErrorKind::Format`] for a link, a device or a pipe; when it does not exist.
pub fn check(path: &Path) -> Result<Metadata> {
    let found = fs_err::symlink_metadata(path)?;
    if found.is_file() { Ok(found) } else { Err(refused(path, "not a regular file".to_owned())) }
}

fn refused(path: &Path, what: String) -> Error {
    Error::new(ErrorKind::Format, what)
        .at(path.display())
        .next("inspect the program that wrote this file: it is broken or malicious")
}

/// The bytes of a regular file of at most `limit` bytes.
///
/// # Errors
/// [`ErrorKind::Format`] for a link, a device, a pipe, or more bytes; when it cannot be read.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let refused = |what: String| refused(path, what);
    let found = check(path)?;
    let file = regular_file::open(path)?;
    if !is_same(&found, &file.metadata()?) {
        return Err(refused("replaced while it was read".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        return Err(refused(format!("larger than {limit} bytes")));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    a.len() == b.len()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_file_of_the_right_size_is_read() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let at = |name: &str| dir.path().join(name);
        fs_err::write(at("file"), "abc")?;
        assert_eq!(read(&at("file"), 3)?, b"abc");
        fs_err::os::unix::fs::symlink(at("file"), at("link"))?;
        assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().is_ok_and(|status| status.success()));
        for (name, limit, said) in
            [("link", 9, "not a regular file"), ("pipe", 9, "not a regular file"), ("file", 2, "larger than 2 bytes")]
        {
            let error = read(&at(name), limit).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains(said), "{name}: {error}");
        }
        Ok(())
    }
}
