//! Downloads a complete file: streamed, resumed after an interruption, limited in size, and compared to the index's
//! hash.

use std::io::{Read as _, Seek as _, Write as _};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::hash::hex;
use monowheel_wheel::source::{File, ReadAt};
use sha2::{Digest as _, Sha256};
use tempfile::{SpooledData, SpooledTempFile};

use crate::answer::{Answer, Ask, Part};
use crate::client::Client;
use crate::simple::RemoteFile;
use crate::version::{ContentRange, Version};

/// Number of received bytes that allow one more interruption.
pub(super) const PER_BREAK: u64 = 16 << 20;

/// Size of a piece that is passed on.
const PIECE: u64 = 1 << 20;

/// The file, in memory when it is small, else in an unnamed temporary file.
///
/// `first` is a response that is already the complete file.
///
/// # Errors
/// When it cannot be downloaded, is larger than [`Limits::file`](crate::Limits::file), or does
/// not match the index.
pub(super) fn download(client: &Client, file: &RemoteFile, first: Option<Answer>) -> Result<Box<dyn ReadAt>> {
    client.check_link(file.index.as_ref(), &file.address)?;
    let small = usize::try_from(client.limits.small).unwrap_or(usize::MAX);
    let mut partial = Partial {
        store: SpooledTempFile::new(small),
        hash: Sha256::new(),
        at: 0,
        farthest: 0,
        most: file.size.unwrap_or(client.limits.file).min(client.limits.file),
        version: Version::default(),
    };
    let mut next = first;
    let mut breaks = 0;
    loop {
        let mut answer = match next.take() {
            Some(answer) => answer,
            None => client.get(&file.address, &partial.ask())?,
        };
        let why = match partial.begin(&answer, file).and_then(|()| partial.copy(&mut answer, file)) {
            Ok(None) => return partial.finish(file),
            Ok(Some(why)) => why,
            Err(error) => return Err(error),
        };
        drop(answer);
        client.stop.check()?;
        breaks += 1;
        if breaks >= u64::from(client.limits.attempts) + partial.farthest / PER_BREAK {
            return Err(broken(file, &why));
        }
        client.stop.wait(client.pause(1))?;
    }
}

/// The bytes received so far.
struct Partial {
    store: SpooledTempFile,
    hash: Sha256,
    at: u64,
    farthest: u64,
    most: u64,
    version: Version,
}

impl Partial {
    /// The rest, if the server can identify it as the rest of the same file; else the complete file.
    fn ask(&self) -> Ask {
        match self.version.condition() {
            Some(version) if self.at > 0 => {
                Ask { part: Some(Part::From(self.at)), version: Some(version), ..Ask::default() }
            }
            _ => Ask::default(),
        }
    }

    /// Handles the head of a response: it continues after the interruption, or starts again.
    fn begin(&mut self, answer: &Answer, file: &RemoteFile) -> Result<()> {
        let total = match answer.status {
            200 => {
                self.store.set_len(0)?;
                self.store.rewind()?;
                self.hash = Sha256::new();
                self.at = 0;
                answer.length()
            }
            206 => {
                self.version.check(answer, &file.address)?;
                let range = ContentRange::of(answer).filter(|range| self.at > 0 && range.start == self.at);
                Some(range.ok_or_else(|| lies(file))?.total)
            }
            _ => return Err(answer.refusal(&file.address)),
        };
        if !answer.is_plain() {
            return Err(Error::new(
                ErrorKind::Format,
                "unexpected `Content-Encoding`: the server sends the file compressed",
            )
            .at(&file.address));
        }
        if let (Some(total), Some(size)) = (total, file.size) {
            check_size(file, size, total)?;
        }
        match total {
            Some(total) if total > self.most => Err(too_long(file, self.most)),
            _ => {
                self.version = Version::of(answer);
                Ok(())
            }
        }
    }

    /// Reads the body; returns why it was interrupted.
    fn copy(&mut self, answer: &mut Answer, file: &RemoteFile) -> Result<Option<String>> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let read = match answer.body.read(&mut buffer) {
                Ok(0) => return Ok(file.size.filter(|size| self.at < *size).map(|_| "it ended early".to_owned())),
                Ok(read) => read,
                Err(error) => return Ok(Some(error.to_string())),
            };
            let bytes = buffer.get(..read).unwrap_or_default();
            self.at += read as u64;
            if self.at > self.most {
                return Err(too_long(file, self.most));
            }
            self.farthest = self.farthest.max(self.at);
            self.hash.update(bytes);
            self.store.write_all(bytes)?;
        }
    }

    fn finish(self, file: &RemoteFile) -> Result<Box<dyn ReadAt>> {
        if let Some(promised) = &file.sha256 {
            check_hash(promised, &hex(&self.hash.finalize()), &file.address)?;
        }
        Ok(match self.store.into_inner() {
            SpooledData::InMemory(bytes) => Box::new(bytes.into_inner()),
            SpooledData::OnDisk(disk) => Box::new(File::of(fs_err::File::from_parts(disk, &file.name))?),
        })
    }
}

/// Passes on all bytes of a file, piece by piece.
///
/// # Errors
/// When it cannot be read, or the consumer of a piece fails.
pub(super) fn pieces(bytes: &dyn ReadAt, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let mut at = 0;
    while at < bytes.size() {
        let length = PIECE.min(bytes.size() - at);
        let mut piece = vec![0; usize::try_from(length).unwrap_or_default()];
        bytes.read_at(at, &mut piece)?;
        each(&piece)?;
        at += length;
    }
    Ok(())
}

/// Checks that a file has the hash of the index or the lock file.
///
/// # Errors
/// [`ErrorKind::Format`] when it does not.
pub(super) fn check_hash(promised: &str, found: &str, place: impl std::fmt::Display) -> Result<()> {
    if promised == found {
        return Ok(());
    }
    let what =
        format!("the file does not have the expected SHA-256\nits SHA-256 is {found},\nexpected is    {promised}");
    Err(Error::new(ErrorKind::Format, what).at(place).next("do not install it, and find out who changed it"))
}

/// Checks that a file has the size of the index.
///
/// # Errors
/// [`ErrorKind::Format`] when it does not.
pub(super) fn check_size(file: &RemoteFile, promised: u64, found: u64) -> Result<()> {
    if promised == found {
        return Ok(());
    }
    let what = format!("the file has {found} bytes, expected {promised}");
    Err(Error::new(ErrorKind::Format, what).at(&file.address).next("do not install it, and find out who changed it"))
}

/// The error for a connection that breaks too often.
pub(super) fn broken(file: &RemoteFile, why: &str) -> Error {
    Error::new(ErrorKind::Io, format!("the download keeps getting interrupted: {why}"))
        .at(&file.address)
        .next("check the network and run the command again")
}

/// The error for a server whose ranges cannot be trusted.
pub(super) fn lies(file: &RemoteFile) -> Error {
    Error::new(ErrorKind::Io, "the server sent a different part of the file than requested")
        .at(&file.address)
        .next("download the complete file")
}

/// The error for a file above the size limit.
pub(super) fn too_long(file: &RemoteFile, most: u64) -> Error {
    Error::new(ErrorKind::Format, format!("the file is longer than {most} bytes")).at(&file.address)
}
