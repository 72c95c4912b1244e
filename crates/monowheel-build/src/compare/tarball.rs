//! A `.tar.gz` as a stream: what each member is, with its hash; never unpacked to disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read};

use flate2::read::GzDecoder;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::archive::Limits;
use monowheel_wheel::source::ReadAt;
use sha2::{Digest as _, Sha256};
use tar::EntryType;

use crate::compare::WHOLE;

/// A long name or a pax header of more bytes is refused: the longest path of any system has 32 KiB.
const MOST_NAME: u64 = 64 << 10;
/// The bytes of all those together, as of a zip archive's directory.
const MOST_NAMES: u64 = 64 << 20;

/// A member.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// Its path; what is not UTF-8 has replacement characters.
    pub(super) path: String,
    pub(super) is_file: bool,
    /// The type's letter, as the header has it.
    pub(super) kind: u8,
    pub(super) size: u64,
    pub(super) mode: Option<u32>,
    pub(super) mtime: Option<u64>,
    /// `uid:gid (user:group)`.
    pub(super) owner: String,
    /// Where a link leads.
    pub(super) link: Option<String>,
    /// Records of pax, without the path and the link.
    pub(super) pax: BTreeMap<String, String>,
    /// SHA-256 of the content.
    pub(super) sha256: [u8; 32],
    /// SHA-256 of the 512 bytes of the header.
    pub(super) header: [u8; 32],
}

/// All members, and what gzip says.
#[derive(Debug, Default)]
pub(super) struct Tarball {
    pub(super) entries: Vec<Entry>,
    /// Seconds since 1970 in gzip's own header.
    pub(super) gzip_time: u32,
    /// The file name in it.
    pub(super) gzip_name: Option<String>,
    /// SHA-256 of the whole tar archive.
    pub(super) sha256: [u8; 32],
}

impl Tarball {
    /// Reads all of it once.
    pub(super) fn open(source: &dyn ReadAt) -> Result<Self> {
        let mut ball = Self::default();
        let limits = Limits::default();
        let (mut total, mut long) = (0_u64, Long::default());
        let sha256 = each(source, &mut |mut entry, gzip| {
            if let Some(header) = gzip {
                ball.gzip_time = header.mtime();
                ball.gzip_name = header.filename().map(|name| String::from_utf8_lossy(name).into_owned());
            }
            let Some(entry) = &mut entry else { return Ok(()) };
            if long.take(entry)? {
                return Ok(());
            }
            let mut made = describe(entry, &mut long);
            let mut hash = Sha256::new();
            let mut buffer = vec![0; 1 << 16];
            loop {
                match entry.read(&mut buffer).map_err(|error| unreadable(&error))? {
                    0 => break,
                    read => {
                        total += read as u64;
                        hash.update(buffer.get(..read).unwrap_or_default());
                    }
                }
            }
            made.sha256 = hash.finalize().into();
            if ball.entries.len() as u64 >= limits.members || total > limits.total {
                return Err(unreadable(&"it holds more than an sdist has"));
            }
            ball.entries.push(made);
            Ok(())
        })?;
        ball.sha256 = sha256;
        Ok(ball)
    }

    /// The content of the members with these numbers, as far as it fits into memory; the others are left out.
    pub(super) fn contents(source: &dyn ReadAt, wanted: &BTreeSet<usize>) -> Result<BTreeMap<usize, Vec<u8>>> {
        let mut contents = BTreeMap::new();
        if wanted.is_empty() {
            return Ok(contents);
        }
        let (mut number, mut left, mut long) = (0, WHOLE, Long::default());
        each(source, &mut |entry, _| {
            let Some(mut entry) = entry else { return Ok(()) };
            if long.take(&mut entry)? {
                return Ok(());
            }
            long = Long { spent: long.spent, ..Long::default() };
            if wanted.contains(&number) && entry.size() <= left {
                let mut bytes = Vec::new();
                entry.by_ref().take(left).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
                left -= bytes.len() as u64;
                contents.insert(number, bytes);
            }
            number += 1;
            Ok(())
        })?;
        Ok(contents)
    }
}

/// What stands before a member and speaks of it: GNU's long names, pax headers.
#[derive(Default)]
struct Long {
    name: Option<String>,
    link: Option<String>,
    pax: BTreeMap<String, String>,
    /// Bytes of all that was taken, of every member.
    spent: u64,
}

type Part<'a, 'b> = tar::Entry<'a, &'b mut dyn Read>;
/// Takes an entry, or gzip's header.
type Look<'l> = dyn FnMut(Option<Part<'_, '_>>, Option<&flate2::GzHeader>) -> Result<()> + 'l;

impl Long {
    /// Whether the entry is one of those; then it is kept.
    fn take(&mut self, entry: &mut Part<'_, '_>) -> Result<bool> {
        let kind = entry.header().entry_type();
        if !matches!(
            kind,
            EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader
        ) {
            return Ok(false);
        }
        self.spent = self.spent.saturating_add(entry.size());
        if entry.size() > MOST_NAME {
            return Err(unreadable(&"a name is longer than any system allows"));
        }
        if self.spent > MOST_NAMES {
            return Err(unreadable(&"it has more names than an sdist has"));
        }
        let mut bytes = Vec::new();
        entry.by_ref().take(MOST_NAME).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned();
        match kind {
            EntryType::GNULongName => self.name = Some(text(&bytes)),
            EntryType::GNULongLink => self.link = Some(text(&bytes)),
            _ => {
                for record in tar::PaxExtensions::new(&bytes) {
                    let record = record.map_err(|error| unreadable(&error))?;
                    let (key, value) = (text(record.key_bytes()), text(record.value_bytes()));
                    match key.as_str() {
                        "path" => self.name = Some(value),
                        "linkpath" => self.link = Some(value),
                        _ => {
                            self.pax.insert(key, value);
                        }
                    }
                }
            }
        }
        Ok(true)
    }
}

fn describe(entry: &Part<'_, '_>, long: &mut Long) -> Entry {
    let header = entry.header();
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let number = |number: std::io::Result<u64>| number.map_or_else(|_| "?".to_owned(), |number| number.to_string());
    let name = |name: Option<&[u8]>| lossy(name.unwrap_or_default());
    let spent = long.spent;
    let long = std::mem::replace(long, Long { spent, ..Long::default() });
    Entry {
        path: long.name.unwrap_or_else(|| lossy(&header.path_bytes())),
        is_file: matches!(header.entry_type(), EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse),
        kind: header.entry_type().as_byte(),
        size: entry.size(),
        mode: header.mode().ok(),
        mtime: header.mtime().ok(),
        owner: format!(
            "{}:{} ({}:{})",
            number(header.uid()),
            number(header.gid()),
            name(header.username_bytes()),
            name(header.groupname_bytes())
        ),
        link: long.link.or_else(|| header.link_name_bytes().map(|link| lossy(&link))),
        pax: long.pax,
        sha256: [0; 32],
        header: Sha256::digest(header.as_bytes()).into(),
    }
}

/// Calls `look` with gzip's header alone, then for every entry of the archive; the hash of all that was unpacked.
fn each(source: &dyn ReadAt, look: &mut Look<'_>) -> Result<[u8; 32]> {
    let packed = BufReader::with_capacity(1 << 16, Stream { source, at: 0, failed: None });
    let unpacked = GzDecoder::new(packed);
    if let Some(header) = unpacked.header() {
        look(None, Some(header))?;
    }
    // One byte more than is allowed shows that there are more.
    let mut hashed = Hashed { from: unpacked.take(Limits::default().total.saturating_add(1)), hash: Sha256::new() };
    {
        let reader: &mut dyn Read = &mut hashed;
        let mut archive = tar::Archive::new(reader);
        // The entries as they stand: who reads GNU's long names for us reads them of any length.
        for entry in archive.entries().map_err(|error| unreadable(&error))?.raw(true) {
            look(Some(entry.map_err(|error| unreadable(&error))?), None)?;
        }
    }
    std::io::copy(&mut hashed, &mut std::io::sink()).map_err(|error| unreadable(&error))?;
    if hashed.from.limit() == 0 {
        return Err(unreadable(&"it unpacks to more than an sdist has"));
    }
    let failed = hashed.from.get_mut().get_mut().get_mut().failed.take();
    failed.map_or_else(|| Ok(hashed.hash.finalize().into()), Err)
}

fn unreadable(why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("not a readable .tar.gz: {why}"))
}

/// A source from its start to its end.
struct Stream<'a> {
    source: &'a dyn ReadAt,
    at: u64,
    /// What the source said when it could not be read: `io::Error` has no room for it.
    failed: Option<Error>,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.source.size().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        let part = buffer.get_mut(..length).unwrap_or_default();
        if let Err(error) = self.source.read_at(self.at, part) {
            let said = std::io::Error::other(error.what().to_owned());
            self.failed = Some(error);
            return Err(said);
        }
        self.at += length as u64;
        Ok(length)
    }
}

/// Hashes what passes.
struct Hashed<R> {
    from: R,
    hash: Sha256,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(buffer)?;
        self.hash.update(buffer.get(..read).unwrap_or_default());
        Ok(read)
    }
}
