//! The archive as installers and the index see it: a bounded zip reader that reports inconsistencies.
//!
//! Installers differ: pip's zipfile trusts the central directory, uv also reads the local headers
//! one after the other as they arrive, and the index rejects a file in which the two
//! disagree (warehouse `utils/zipfiles.py`, commit 6b62157). So both are read here, and each difference is
//! an [`Oddity`] instead of a choice. If a choice is necessary to continue, it is zipfile's.
//!
//! [`Archive::open`] reads the end of the file and the directory, in one read for most wheels, and
//! checks them. A local header is checked when its member is [read](Archive::read), together
//! with the bytes up to the next member, so that a wheel read over the network costs no request per
//! member that is not needed; a caller that reads every member (or calls [`Archive::check_local`] for the rest)
//! has checked every byte of the file. Nothing is written to disk, and nothing is allocated by a length
//! that the file does not contain.

mod clash;
mod data;
mod end;
mod layout;
mod local;
mod name;
mod open;
mod read;
mod records;
mod scratch;
mod tar;
mod whole;

use std::ops::Range;

pub use clash::folded;
use layout::Layout;
use monowheel_error::Result;
use records::{Central, LOCAL, Record};
use serde::{Deserialize, Serialize};

use crate::bytes::u16_at;
use crate::source::ReadAt;

/// A member of the central directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Member {
    /// Its path, `/` between its parts; a name that is not UTF-8 has replacement characters.
    pub path: String,
    /// Whether it is a directory (its path ends in `/`).
    pub is_folder: bool,
    /// Inflated size according to the directory.
    pub size: u64,
    /// Compressed size according to the directory.
    pub compressed: u64,
    /// CRC-32 according to the directory.
    pub crc32: u32,
    /// The compression method: 0 stored, 8 deflated.
    pub method: u16,
    /// MS-DOS date and time, `(date, time)`.
    pub modified: (u16, u16),
    /// Unix mode with the file type, if the archive was created on Unix.
    pub mode: Option<u32>,
    /// The offset of its local header in the file.
    pub offset: u64,
    /// SHA-256 of the inflated bytes; `None` when it was not inflated or could not be.
    pub sha256: Option<[u8; 32]>,
    /// For a Python file with carriage returns: SHA-256 without them.
    pub unix_sha256: Option<[u8; 32]>,
}

/// A property that could confuse an installer or the index.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Oddity {
    /// Its kind.
    pub kind: OddityKind,
    /// The member, if it concerns one.
    pub member: Option<String>,
    /// The details, in words.
    pub detail: String,
}

/// Kinds of [`Oddity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OddityKind {
    /// Two members with one name in the directory, or a file where another member needs a directory.
    DuplicateName,
    /// Two names that one file system treats as the same.
    CaseClash,
    /// Local header and directory disagree on name, sizes, method, flags or CRC.
    LocalMismatch,
    /// General purpose bit 3: sizes after the data.
    DataDescriptor,
    /// Bytes before the first or after the last record, or between members.
    StrayBytes,
    /// A local header that the directory does not list.
    UnknownRecord,
    /// The end records disagree with each other, with the directory or with the file.
    EndRecord,
    /// Two members share bytes, or a member's bytes belong to another record.
    Overlap,
    /// A file comment in the directory, or an archive comment that could hide another archive.
    Comment,
    /// Neither stored nor deflated, encrypted, or requires a newer version of the format.
    Method,
    /// A path that leaves the installation directory, is absolute, or has a drive.
    Traversal,
    /// A name that is empty, is not marked as UTF-8 or is not, or has control characters.
    BadName,
    /// A name with backslashes: directories on Windows, part of a file's name elsewhere.
    Backslash,
    /// A path with an empty part, `.` or `..`, that stays inside.
    OddPath,
    /// A duplicate or malformed extra field (ZIP64, Unicode path), or a second name in one.
    BadExtra,
    /// Inflates to over 64 MiB and more than 50 times the file, or to more than [`Limits`] allow.
    Bomb,
    /// The bytes do not match the directory's CRC.
    BadCrc,
    /// The size of the bytes does not match the directory, or they cannot be inflated.
    BadData,
    /// A symbolic link or a device.
    SpecialFile,
    /// It is also a tar archive.
    Polyglot,
}

/// The rest of a member's record in the directory: fields that no installer uses, but that affect the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Details<'a> {
    /// The system and the version of its writer.
    pub made_by: u16,
    /// The version of the format that it requires.
    pub needed: u16,
    /// The general purpose bits.
    pub flags: u16,
    /// The system's own bits, without the Unix mode.
    pub attributes: u16,
    /// The extra fields.
    pub extra: &'a [u8],
    /// The comment.
    pub comment: &'a [u8],
}

/// Limits on the resources for an archive.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum number of members.
    pub members: u64,
    /// The maximum size of all directory records.
    pub directory: u64,
    /// The maximum inflated size of one member.
    pub member: u64,
    /// The maximum inflated size of all members.
    pub total: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { members: 200_000, directory: 64 << 20, member: 2 << 30, total: 8 << 30 }
    }
}

/// An opened archive.
pub struct Archive<'a> {
    source: &'a dyn ReadAt,
    /// The members, in the order of the directory.
    pub members: Vec<Member>,
    /// The oddities found at opening.
    pub oddities: Vec<Oddity>,
    /// The directory's bytes, with which the local headers are compared.
    directory: Vec<u8>,
    /// Their offset in the file.
    start: u64,
    layout: Layout,
    /// Which members may be inflated.
    allowance: Allowance,
}

/// Which members of an archive may be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowance {
    /// Members up to this many bytes.
    Up(u64),
    /// It is a bomb: only members up to this many bytes that are not bombs themselves.
    Modest(u64),
    /// None: all members together exceed [`Limits::total`].
    Nothing,
}

/// Deflate packs at most this many bytes into one: a larger claim by the directory is not trusted until the bytes are
/// there.
pub const MOST_INFLATION: u64 = 1032;

/// A bomb, by the index's criterion: more than this many times the size of the file (warehouse
/// `forklift/legacy.py`, `COMPRESSION_RATIO_THRESHOLD`) …
const MOST_RATIO: u64 = 50;
/// … and over this many bytes (`COMPRESSION_RATIO_MIN_SIZE`).
const BOMB_FROM: u64 = 64 << 20;

impl<'a> Archive<'a> {
    /// Reads the end records and the directory.
    ///
    /// # Errors
    /// [`ErrorKind::Format`](monowheel_error::ErrorKind::Format) when an installer would not open it
    /// either, or it is beyond `limits`; the source's own errors.
    pub fn open(source: &'a dyn ReadAt, limits: &Limits) -> Result<Self> {
        open::open(source, limits)
    }

    /// Inflates a member in pieces of at most 128 KiB, in order, and checks its local header on the way.
    ///
    /// `true`: the sink got exactly the bytes that the directory describes, and their CRC matches.
    /// `false`: it got some or none of them; the reason is in `oddities` or was reported at opening. Members that share
    /// bytes with another member are not read, so that all reads together are linear in the file.
    ///
    /// # Errors
    /// Those of the source.
    pub fn read(&self, member: &Member, oddities: &mut Vec<Oddity>, sink: &mut dyn FnMut(&[u8])) -> Result<bool> {
        read::read(self, member, oddities, sink)
    }

    /// The rest of a member's record in the directory; `None` if the member shares its slot with another.
    #[must_use]
    pub fn details(&self, member: &Member) -> Option<Details<'_>> {
        let slot = self.layout.slot(member.offset)?;
        let central = Central::parse(self.directory.get(slot.record..)?)?;
        Some(Details {
            made_by: central.made_by,
            needed: central.record.needed,
            flags: central.record.flags,
            attributes: u16::try_from(central.external & 0xffff).unwrap_or_default(),
            extra: central.record.extra,
            comment: central.comment,
        })
    }

    /// The position of a member's compressed data in the file; `None` if there is no local header where
    /// the directory places it, or no room for the data after it.
    ///
    /// # Errors
    /// Those of the source.
    pub fn packed(&self, member: &Member) -> Result<Option<Range<u64>>> {
        let Some(slot) = self.layout.slot(member.offset) else { return Ok(None) };
        let mut header = [0; Record::LOCAL_LENGTH];
        self.source.read_at(slot.offset, &mut header)?;
        let lengths = u16_at(&header, 26).zip(u16_at(&header, 28)).filter(|_| header.starts_with(&LOCAL));
        let Some((name, extra)) = lengths else { return Ok(None) };
        let from = slot.offset + Record::LOCAL_LENGTH as u64 + u64::from(name) + u64::from(extra);
        let to = from.checked_add(member.compressed).filter(|to| *to <= slot.end);
        Ok(to.map(|to| from..to))
    }

    /// The position of the directory in the file.
    #[must_use]
    pub fn directory(&self) -> Range<u64> {
        self.start..self.start.saturating_add(self.directory.len() as u64)
    }

    /// Checks a member's local header, and the bytes from its data's end to the next member, without
    /// its data. For members that are not [read](Self::read).
    ///
    /// # Errors
    /// Those of the source.
    pub fn check_local(&self, member: &Member, oddities: &mut Vec<Oddity>) -> Result<()> {
        read::check_local(self, member, oddities)
    }
}

impl std::fmt::Debug for Archive<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Archive").field("members", &self.members).field("oddities", &self.oddities).finish()
    }
}

impl Oddity {
    /// An oddity of a member.
    fn of(kind: OddityKind, member: &str, detail: impl Into<String>) -> Self {
        Self { kind, member: Some(member.to_owned()), detail: detail.into() }
    }

    /// An oddity of the complete file.
    fn of_file(kind: OddityKind, detail: impl Into<String>) -> Self {
        Self { kind, member: None, detail: detail.into() }
    }
}
