//! The two streams of a `.tar.gz`: the file's own bytes, and the inflated ones. Both are hashed as they pass.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Read};

use monowheel_error::{Error, Result};
use monowheel_system::exec::check_signals;
use sha2::{Digest as _, Sha256};

use crate::source::ReadAt;
use crate::tarball::unreadable;

/// A source from its start to its end.
pub(super) struct Stream<'a> {
    source: &'a dyn ReadAt,
    at: u64,
    hash: Sha256,
    /// The source's error when it could not be read.
    failed: &'a RefCell<Option<Error>>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(source: &'a dyn ReadAt, failed: &'a RefCell<Option<Error>>) -> Self {
        Self { source, at: 0, hash: Sha256::new(), failed }
    }

    /// SHA-256 of the bytes read.
    pub(super) fn hash(self) -> [u8; 32] {
        self.hash.finalize().into()
    }
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.source.size().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        let part = buffer.get_mut(..length).unwrap_or_default();
        if let Err(error) = check_signals().and_then(|()| self.source.read_at(self.at, part)) {
            let said = io::Error::other(error.what().to_owned());
            *self.failed.borrow_mut() = Some(error);
            return Err(said);
        }
        self.hash.update(part);
        self.at += length as u64;
        Ok(length)
    }
}

/// Inflated bytes, up to a limit; one more is an error.
pub(super) struct Bounded<'a> {
    from: &'a mut dyn Read,
    left: u64,
    most: u64,
    hash: Sha256,
}

impl<'a> Bounded<'a> {
    pub(super) fn new(from: &'a mut dyn Read, most: u64) -> Self {
        Self { from, left: most, most, hash: Sha256::new() }
    }

    pub(super) const fn limit(&self) -> u64 {
        self.most
    }

    /// Reads to the end; returns whether there was anything but zeros.
    pub(super) fn drain(&mut self) -> Result<bool> {
        let mut buffer = vec![0; 1 << 16];
        let mut found = false;
        loop {
            match self.read(&mut buffer).map_err(|error| unreadable(&error))? {
                0 => return Ok(found),
                read => found |= buffer.iter().take(read).any(|byte| *byte != 0),
            }
        }
    }

    /// SHA-256 of the bytes read.
    pub(super) fn hash(&mut self) -> [u8; 32] {
        std::mem::take(&mut self.hash).finalize().into()
    }
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // One byte more than allowed shows that there are more.
        let most = usize::try_from(self.left.saturating_add(1)).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.from.read(buffer.get_mut(..most).unwrap_or_default())?;
        let Some(left) = self.left.checked_sub(read as u64) else {
            return Err(io::Error::other(TooLarge { most: self.most }));
        };
        self.left = left;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}

/// The archive inflates to more than allowed.
#[derive(Debug)]
pub(super) struct TooLarge {
    pub(super) most: u64,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it inflates to more than {} MiB, the limit for a file of its size", self.most >> 20)
    }
}

impl std::error::Error for TooLarge {}
