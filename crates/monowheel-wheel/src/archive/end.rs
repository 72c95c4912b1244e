//! Finds the end record, and through it the directory.

use monowheel_error::{Error, ErrorKind, Result};

use crate::archive::records::ELSEWHERE;
use crate::archive::{Oddity, OddityKind};
use crate::bytes::{u16_at, u32_at, u64_at};
use crate::source::ReadAt;

/// The size of the end record without its comment.
const LENGTH: usize = 22;
/// The size of the ZIP64 locator.
const LOCATOR: usize = 20;
/// The size of the ZIP64 end record without extensible data.
const LENGTH_64: usize = 56;
/// The first read: enough for end record and directory of most wheels.
const TAIL: usize = 16 << 10;
/// The maximum size of an end record's comment.
const LONGEST: usize = LENGTH + u16::MAX as usize;

/// The location of the directory, and the oddities found on the way.
#[derive(Debug)]
pub(super) struct End {
    /// The start of the directory.
    pub(super) start: u64,
    /// Its size in bytes.
    pub(super) size: u64,
    /// The number of records according to the end record.
    pub(super) entries: u64,
    /// The value to add (modulo 2⁶⁴) to an offset in the directory: not 0 if there is data before the
    /// archive that its writer did not know about.
    pub(super) shift: u64,
    /// The last bytes of the file, including the end record.
    pub(super) tail: Vec<u8>,
    /// The oddities.
    pub(super) oddities: Vec<Oddity>,
}

/// The fields of an end record.
struct Said {
    disks: (u32, u32),
    entries_here: u64,
    entries: u64,
    size: u64,
    offset: u64,
}

impl End {
    /// Finds the end record like zipfile: the last one that begins in the last 64 KiB.
    pub(super) fn find(source: &dyn ReadAt) -> Result<Self> {
        let whole = source.size();
        let mut tail = read_tail(source, TAIL)?;
        let plain = |tail: &[u8]| {
            let at = tail.len().checked_sub(LENGTH)?;
            (tail.get(at..)?.starts_with(b"PK\x05\x06") && u16_at(tail, at + 20)? == 0).then_some(at)
        };
        let at = match plain(&tail) {
            Some(at) => Some(at),
            None => {
                tail = read_tail(source, LONGEST.max(TAIL))?;
                memchr::memmem::rfind(&tail, b"PK\x05\x06")
            }
        };
        let end = at.and_then(|at| Some((at, tail.get(at..)?, u16_at(tail.get(at..)?, 20)?)));
        let Some((at, end, comment)) = end else {
            return Err(Error::new(ErrorKind::Format, "not a zip archive: it has no end record"));
        };
        let mut oddities = Vec::new();
        check_comment(end, comment.into(), &mut oddities);
        let said = Said {
            disks: (u16_at(end, 4).unwrap_or_default().into(), u16_at(end, 6).unwrap_or_default().into()),
            entries_here: u16_at(end, 8).unwrap_or_default().into(),
            entries: u16_at(end, 10).unwrap_or_default().into(),
            size: u32_at(end, 12).unwrap_or_default().into(),
            offset: u32_at(end, 16).unwrap_or_default().into(),
        };
        let before = whole.saturating_sub(tail.len() as u64);
        let (said, boundary) = widen(said, &tail, at, before, &mut oddities);
        if said.entries_here != said.entries || said.disks != (0, 0) {
            let detail = "the end record describes a multi-part archive";
            oddities.push(Oddity::of_file(OddityKind::EndRecord, detail));
        }
        let Some(start) = boundary.checked_sub(said.size) else {
            let what = format!("not a zip archive: a directory of {} bytes does not fit into the file", said.size);
            return Err(Error::new(ErrorKind::Format, what));
        };
        if start < said.offset {
            let detail = format!("the directory is at {start}, not at {} as the end record says", said.offset);
            oddities.push(Oddity::of_file(OddityKind::EndRecord, detail));
        }
        let shift = start.wrapping_sub(said.offset);
        Ok(Self { start, size: said.size, entries: said.entries, shift, tail, oddities })
    }
}

/// The last bytes of the file, at most `most`.
fn read_tail(source: &dyn ReadAt, most: usize) -> Result<Vec<u8>> {
    let length = usize::try_from(source.size()).unwrap_or(usize::MAX).min(most);
    let mut tail = vec![0; length];
    source.read_at(source.size() - length as u64, &mut tail)?;
    Ok(tail)
}

/// Checks the bytes from the end record (at the start of `end`) to the end of the file.
fn check_comment(end: &[u8], comment: usize, oddities: &mut Vec<Oddity>) {
    let after = end.get(LENGTH..).unwrap_or_default();
    match after.len().checked_sub(comment) {
        None => {
            let detail = "the archive's comment is truncated";
            oddities.push(Oddity::of_file(OddityKind::EndRecord, detail));
        }
        Some(0) => {}
        Some(stray) => {
            let detail = format!("{stray} bytes after the end of the archive");
            oddities.push(Oddity::of_file(OddityKind::StrayBytes, detail));
        }
    }
    // uv rejects these, because every record of a second archive in the comment has one (`ZipInZip`).
    if after.iter().take(comment).any(|byte| (1..=8).contains(byte)) {
        let detail = "the archive's comment contains records of another archive";
        oddities.push(Oddity::of_file(OddityKind::Comment, detail));
    }
}

/// Replaces the values of the end record (at `at` of `tail`) with those of the ZIP64 one, if there is one;
/// returns the position of the first of the end records. zipfile assumes its position, uv trusts the
/// locator.
fn widen(narrow: Said, tail: &[u8], at: usize, before: u64, oddities: &mut Vec<Oddity>) -> (Said, u64) {
    let place = |at: usize| before + at as u64;
    let locator = at.checked_sub(LOCATOR).and_then(|at| Some((at, tail.get(at..)?)));
    let Some((locator_at, locator)) = locator.filter(|(_, bytes)| bytes.starts_with(b"PK\x06\x07")) else {
        return (narrow, place(at));
    };
    let mut odd = |detail: &str| oddities.push(Oddity::of_file(OddityKind::EndRecord, detail));
    let wide = locator_at.checked_sub(LENGTH_64).and_then(|at| Some((at, tail.get(at..)?)));
    let said = wide.filter(|(_, bytes)| bytes.starts_with(b"PK\x06\x06")).and_then(|(at, bytes)| {
        let said = Said {
            disks: (u32_at(bytes, 16)?, u32_at(bytes, 20)?),
            entries_here: u64_at(bytes, 24)?,
            entries: u64_at(bytes, 32)?,
            size: u64_at(bytes, 40)?,
            offset: u64_at(bytes, 48)?,
        };
        Some((at, u64_at(bytes, 4)?, said))
    });
    let Some((wide_at, length, said)) = said else {
        odd("there is a ZIP64 locator, but no ZIP64 end record of the usual size before it");
        return (narrow, place(at));
    };
    if length != 44 {
        odd("the ZIP64 end record has extensible data");
    }
    if u64_at(locator, 8) != Some(place(wide_at)) {
        odd("the ZIP64 end record is not where its locator says");
    }
    let differs = |narrow: u64, sentinel: u64, wide: u64| narrow != sentinel && narrow != wide;
    if differs(narrow.entries, u16::MAX.into(), said.entries)
        || differs(narrow.size, ELSEWHERE.into(), said.size)
        || differs(narrow.offset, ELSEWHERE.into(), said.offset)
    {
        odd("the end record and the ZIP64 end record disagree");
    }
    (said, place(wide_at))
}
