//! The only reader of `.tar.gz`: every sdist that is unpacked, changed or compared is read here.
//!
//! A tar archive is read from its start to its end, and any number in it may be wrong. So each length is compared with
//! a limit before the announced bytes are read, and nothing is allocated by it. Anything that common readers (Python's
//! `tarfile`, with which pip installs; the crate `tar`; GNU tar) interpret differently is rejected, so that the members
//! seen here are those that everyone else sees: sparse files, sizes that a pax record changes, links and directories
//! with content, two names for one member, a second gzip stream.
//!
//! [`each`] returns every member, whatever its kind. [`Names`] decides which of them may be unpacked.

mod extension;
mod member;
mod names;
mod pax;
mod stream;

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Read};

use flate2::bufread::GzDecoder;
use monowheel_error::{Error, ErrorKind, Result};

use extension::Extensions;
pub use member::{Kind, Member};
pub use names::{FileSystem, Names};
use stream::{Bounded, Stream};

use crate::source::ReadAt;

/// Limits of an archive; everything beyond is rejected before it is read.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum number of members.
    pub members: u64,
    /// The maximum size of one long name or pax header: the longest path of any system has 32 KiB.
    pub name: u64,
    /// The maximum size of all names, long names and pax headers; a pax record counts as 64 more bytes.
    pub names: u64,
    /// The maximum size of one member.
    pub member: u64,
    /// The maximum inflated size of the archive.
    pub total: u64,
    /// An archive may inflate to this size, however small it is.
    pub modest: u64,
    /// Beyond that, the maximum inflated bytes for each of its own.
    pub ratio: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            members: 100_000,
            name: 64 << 10,
            names: 32 << 20,
            member: 1 << 30,
            total: 2 << 30,
            modest: 64 << 20,
            ratio: 50,
        }
    }
}

/// Facts about an archive that are known at its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// SHA-256 of the file as it was read, compressed.
    pub packed: [u8; 32],
    /// SHA-256 of the tar archive in it.
    pub unpacked: [u8; 32],
    /// Seconds since 1970 in gzip's own header.
    pub gzip_time: u32,
    /// The file name in it.
    pub gzip_name: Option<String>,
    /// Whether there is anything but zeros after the end of the archive.
    pub has_trailing_bytes: bool,
}

/// The callback of [`each`]: gets a member and its content, which it need not read.
pub type Look<'l> = dyn FnMut(&Member, &mut dyn Read) -> Result<()> + 'l;

/// Calls `look` for each member, in order. The bytes read are exactly the file of [`Summary::packed`].
///
/// # Errors
/// [`ErrorKind::Format`] when it is not a `.tar.gz`, is damaged, is beyond a limit, or is ambiguous;
/// the error of `look`, and that of the source.
pub fn each(source: &dyn ReadAt, limits: &Limits, look: &mut Look<'_>) -> Result<Summary> {
    let failed = RefCell::new(None);
    let packed = BufReader::with_capacity(1 << 16, Stream::new(source, &failed));
    let mut gzip = GzDecoder::new(packed);
    let mut summary = Summary::default();
    if let Some(header) = gzip.header() {
        summary.gzip_time = header.mtime();
        summary.gzip_name = header.filename().map(|name| String::from_utf8_lossy(name).into_owned());
    }
    let most = limits.total.min(limits.modest.max(source.size().saturating_mul(limits.ratio)));
    let read = inflated(&mut gzip, most, limits, look, &mut summary).and_then(|()| end(gzip.into_inner()));
    // `io::Error` has no room for the source's error.
    summary.packed = failed.take().map_or(read, Err)?;
    Ok(summary)
}

/// The complete inflated stream.
fn inflated(gzip: &mut dyn Read, most: u64, limits: &Limits, look: &mut Look<'_>, summary: &mut Summary) -> Result<()> {
    let mut inflated = Bounded::new(gzip, most);
    members(&mut inflated, limits, look)?;
    summary.has_trailing_bytes = inflated.drain()?;
    summary.unpacked = inflated.hash();
    Ok(())
}

/// The members, up to the end of the archive.
fn members(inflated: &mut Bounded<'_>, limits: &Limits, look: &mut Look<'_>) -> Result<()> {
    let most = inflated.limit();
    let mut extensions = Extensions::new(limits);
    let (mut count, mut announced) = (0_u64, 0_u64);
    let reader: &mut dyn Read = inflated;
    let mut archive = tar::Archive::new(reader);
    // Raw: otherwise the crate reads long names and pax headers into memory, of any length.
    for entry in archive.entries().map_err(|error| unreadable(&error))?.raw(true) {
        let mut entry = entry.map_err(|error| unreadable(&error))?;
        count += 1;
        announced = announced.saturating_add(entry.size()).saturating_add(512);
        if count > limits.members.saturating_mul(2) {
            return Err(unreadable(&format_args!("it has more than {} members", limits.members)));
        }
        if announced > most {
            return Err(unreadable(&stream::TooLarge { most }));
        }
        if extensions.take(&mut entry)? {
            continue;
        }
        if extensions.members > limits.members {
            return Err(unreadable(&format_args!("it has more than {} members", limits.members)));
        }
        let member = Member::of(&entry, &mut extensions)?;
        if member.size > limits.member {
            let what = format!("member {} has more than {} MiB", member.shown(), limits.member >> 20);
            return Err(unreadable(&what));
        }
        look(&member, &mut entry)?;
    }
    extensions.end()
}

/// The end of the file must be that of the gzip stream; returns the hash of all of it.
fn end(mut packed: BufReader<Stream<'_>>) -> Result<[u8; 32]> {
    if !packed.fill_buf().map_err(|error| unreadable(&error))?.is_empty() {
        return Err(unreadable(
            &"there are bytes after the compressed archive, which some readers treat as part of it",
        ));
    }
    Ok(packed.into_inner().hash())
}

/// The error for an archive that is not read to its end.
pub fn unreadable(why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("not a readable .tar.gz: {why}"))
}

#[cfg(test)]
mod tests;
