//! The bytes that a reader sees: of a file, or of a part of it.

use std::cell::Cell;
use std::ops::Range;

use object::read::ReadRef;

use crate::binary::EmbeddedPaths;

/// The bytes of a file, of which some in the middle may be missing.
#[derive(Clone, Copy)]
pub(super) struct Data<'a> {
    pub(super) front: &'a [u8],
    /// The number of missing bytes.
    pub(super) hole: usize,
    pub(super) back: &'a [u8],
    /// Set when one of those is asked for.
    pub(super) missed: &'a Cell<bool>,
    /// The build paths in the file, if they were searched for.
    pub(super) paths: Option<&'a EmbeddedPaths>,
}

impl<'a> Data<'a> {
    /// The size of the file.
    const fn size(self) -> usize {
        self.front.len() + self.hole + self.back.len()
    }

    /// A range, if it is in the file.
    pub(super) fn range(self, offset: u64, size: u64) -> Result<Range<usize>, ()> {
        let start = usize::try_from(offset).map_err(drop)?;
        let end = start.checked_add(usize::try_from(size).map_err(drop)?).ok_or(())?;
        if end <= self.size() { Ok(start..end) } else { Err(()) }
    }

    /// The bytes of a range of the file.
    pub(super) fn get(self, range: Range<usize>) -> Result<&'a [u8], ()> {
        let after = self.front.len() + self.hole;
        let in_back = || self.back.get(range.start.checked_sub(after)?..range.end.checked_sub(after)?);
        let found = self.front.get(range.clone()).or_else(in_back);
        self.missed.set(self.missed.get() || found.is_none());
        found.ok_or(())
    }
}

impl<'a> ReadRef<'a> for Data<'a> {
    fn len(self) -> Result<u64, ()> {
        u64::try_from(self.size()).map_err(drop)
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        self.get(self.range(offset, size)?)
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        let size = range.end.checked_sub(range.start).ok_or(())?;
        let bytes = self.read_bytes_at(range.start, size)?;
        let end = memchr::memchr(delimiter, bytes).ok_or(())?;
        bytes.get(..end).ok_or(())
    }
}
