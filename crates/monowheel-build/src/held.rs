//! A copy of a file as it was when it was read, with its hash. Code that runs later cannot change it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use monowheel_audit::audit::Subject;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::hash::{hex, sha256_file};
use monowheel_wheel::source::{File, ReadAt};
use sha2::{Digest as _, Sha256};

/// Bytes that are read in one step.
const PIECE: u64 = 1 << 16;

/// A private, unnamed copy of a file: it cannot be found by a path, and is removed when the value is dropped.
#[derive(Debug)]
pub struct Held {
    path: PathBuf,
    sha256: String,
    copy: File,
}

impl Held {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or there is no room for the copy.
    pub fn of(path: &Path) -> Result<Self> {
        let source = File::open(path)?;
        let mut file = fs_err::File::from_parts(tempfile::tempfile()?, path);
        let sha256 = pieces(&source, |piece| Ok(file.write_all(piece)?))?;
        Ok(Self { path: path.to_path_buf(), sha256, copy: File::of(file)? })
    }

    /// Where the file was read.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The SHA-256 of the bytes.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &dyn ReadAt {
        &self.copy
    }

    /// Writes the bytes to a new file.
    ///
    /// # Errors
    /// When it cannot be written, or is there already.
    pub fn save(&self, to: &Path) -> Result<()> {
        let mut file = fs_err::OpenOptions::new().write(true).create_new(true).open(to)?;
        pieces(&self.copy, |piece| Ok(file.write_all(piece)?)).map(drop)
    }

    /// Checks that the bytes, and the file on disk, still have this hash. `during` names what happened in the meantime.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when one of them changed, or the file does not exist any more.
    pub fn check(&self, during: &str) -> Result<()> {
        let on_disk = sha256_file(&self.path).ok();
        if on_disk.as_ref() == Some(&self.sha256) && sha256(&self.copy)? == self.sha256 {
            return Ok(());
        }
        let now = on_disk.map_or_else(|| "it can no longer be read".to_owned(), |now| format!("now {now}"));
        Err(Error::new(ErrorKind::Format, format!("changed while {during}: SHA-256 was {}, {now}", self.sha256))
            .at(self.path.display())
            .next("do not trust either file: find out what wrote it, fetch it again, and use --isolation required"))
    }
}

/// The input of an audit: these bytes, with the path from which they were read.
#[must_use]
pub fn subject(held: &Arc<Held>) -> Subject {
    let copy = held.clone();
    Subject { open: Box::new(move || Ok(Box::new(Shared(copy.clone())))), ..Subject::file(&held.path) }
}

/// A copy's bytes, shared by several readers.
struct Shared(Arc<Held>);

impl ReadAt for Shared {
    fn size(&self) -> u64 {
        self.0.copy.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.0.copy.read_at(offset, buffer)
    }
}

/// The SHA-256 of a reader's content.
///
/// # Errors
/// When it cannot be read.
pub fn sha256(source: &dyn ReadAt) -> Result<String> {
    pieces(source, |_| Ok(()))
}

/// Passes on all bytes, and returns their SHA-256.
fn pieces(source: &dyn ReadAt, mut each: impl FnMut(&[u8]) -> Result<()>) -> Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = Vec::new();
    let mut at = 0;
    while at < source.size() {
        let length = (source.size() - at).min(PIECE);
        buffer.resize(usize::try_from(length).unwrap_or_default(), 0);
        source.read_at(at, &mut buffer)?;
        hash.update(&buffer);
        each(&buffer)?;
        at += length;
    }
    Ok(hex(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_keeps_its_bytes_and_a_change_of_the_file_is_an_error() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("x.whl");
        let bytes = vec![7; 200_000];
        fs_err::write(&path, &bytes)?;
        let held = Held::of(&path)?;
        held.check("it was looked at")?;
        fs_err::write(&path, "evil")?;
        let mut read = vec![0; bytes.len()];
        held.bytes().read_at(0, &mut read)?;
        assert_eq!((read, held.sha256()), (bytes.clone(), monowheel_system::hash::sha256(&bytes).as_str()));
        let error = held.check("it was looked at").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("changed while it was looked at"), "{error}");
        fs_err::write(&path, &bytes)?;
        held.check("it was looked at")?;
        fs_err::remove_file(&path)?;
        assert!(held.check("it was looked at").is_err());
        Ok(())
    }
}
