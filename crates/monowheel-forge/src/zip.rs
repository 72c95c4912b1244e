//! Writes zip archives, correct ones and malformed ones.
//!
//! An [`Entry`] contains both of its records, filled in correctly; a test changes a field of one of them
//! (`entry.local.crc32 = 1`) or of both (`entry.both(|record| record.time = 1)`).
#![allow(missing_docs, reason = "the fields are named as in APPNOTE.TXT")]

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// 1980-01-01, the first day of MS-DOS.
pub const EPOCH: u16 = 0x0021;

/// The description of an archive. Every field is public, so that a test can change it.
#[derive(Clone, Debug, Default)]
pub struct Zip {
    pub entries: Vec<Entry>,
    /// Bytes before the first local header. Offsets count them, unless `blind_offsets`.
    pub prefix: Vec<u8>,
    /// Offsets are counted from the first local header, as if the prefix were not there.
    pub blind_offsets: bool,
    /// Bytes between the last member and the directory.
    pub before_directory: Vec<u8>,
    /// Bytes between the directory and the end records.
    pub after_directory: Vec<u8>,
    /// Whether to write the end record and locator of ZIP64.
    pub zip64: bool,
    /// The end record.
    pub end: End,
    /// Bytes after the end record.
    pub suffix: Vec<u8>,
}

/// The fields of the end records; `None` is the correct value.
#[derive(Clone, Debug, Default)]
pub struct End {
    pub disk: u16,
    pub entries_here: Option<u64>,
    pub entries: Option<u64>,
    pub size: Option<u64>,
    pub offset: Option<u64>,
    pub comment: Vec<u8>,
}

/// A member.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Its path, by which a test finds it; the written names are `local.name` and `central.name`.
    pub path: String,
    /// The local header; `None`: the directory names a member without a header.
    pub local: Option<Record>,
    /// The directory's record; `None`: the directory does not name it.
    pub central: Option<Record>,
    /// The archived bytes, usually deflated.
    pub data: Vec<u8>,
    /// Bytes after the data: a data descriptor, or a gap.
    pub after: Vec<u8>,
    /// The offset of the local header in the directory; `None` is the correct value.
    pub offset: Option<u32>,
    /// The part of the directory's record that a local header does not have.
    pub more: More,
}

/// The fields of both records of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub version_needed: u16,
    pub flags: u16,
    pub method: u16,
    pub time: u16,
    pub date: u16,
    pub crc32: u32,
    pub compressed: u32,
    pub size: u32,
    pub name: Vec<u8>,
    pub extra: Vec<u8>,
}

/// The fields of a member that only the directory has.
#[derive(Clone, Debug, Default)]
pub struct More {
    /// The high byte is the system (3: Unix).
    pub made_by: u16,
    pub comment: Vec<u8>,
    pub disk: u16,
    pub internal: u16,
    /// The high half is the Unix mode.
    pub external: u32,
}

impl Entry {
    /// A deflated file of mode 0644.
    pub fn new(path: &str, bytes: &[u8]) -> Self {
        Self::with(path, bytes, deflate(bytes), 8)
    }

    /// A stored file of mode 0644.
    pub fn stored(path: &str, bytes: &[u8]) -> Self {
        Self::with(path, bytes, bytes.to_vec(), 0)
    }

    /// A directory; its path ends in `/`.
    pub fn folder(path: &str) -> Self {
        Self::with(path, b"", Vec::new(), 0).mode(0o040_755)
    }

    /// A file with bytes packed by another method.
    pub fn with(path: &str, bytes: &[u8], data: Vec<u8>, method: u16) -> Self {
        let record = Record {
            version_needed: 20,
            // The UTF-8 flag: set only where it matters, as in Python's zipfile.
            flags: if path.is_ascii() { 0 } else { 1 << 11 },
            method,
            date: EPOCH,
            crc32: crc32(bytes),
            compressed: u32::try_from(data.len()).unwrap(),
            size: u32::try_from(bytes.len()).unwrap(),
            name: path.as_bytes().to_vec(),
            ..Record::default()
        };
        let entry = Self {
            path: path.to_owned(),
            local: Some(record.clone()),
            central: Some(record),
            data,
            more: More { made_by: 3 << 8 | 20, ..More::default() },
            ..Self::default()
        };
        entry.mode(0o100_644)
    }

    /// Sets the Unix mode, file type included (`0o100_755`, `0o120_777` for a link).
    pub fn mode(mut self, mode: u32) -> Self {
        self.more.external = mode << 16;
        self
    }

    /// Changes both records alike.
    pub fn both(&mut self, change: impl Fn(&mut Record)) {
        self.local.iter_mut().chain(&mut self.central).for_each(change);
    }

    /// The local header.
    pub fn local(&mut self) -> &mut Record {
        self.local.as_mut().unwrap()
    }

    /// The directory's record.
    pub fn central(&mut self) -> &mut Record {
        self.central.as_mut().unwrap()
    }
}

impl Zip {
    /// The first member with this path.
    pub fn entry(&mut self, path: &str) -> &mut Entry {
        let found = self.entries.iter_mut().find(|entry| entry.path == path);
        found.unwrap_or_else(|| panic!("no member {path}"))
    }

    /// The archive's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = self.prefix.clone();
        let base = if self.blind_offsets { self.prefix.len() } else { 0 };
        let mut offsets = Vec::new();
        for entry in &self.entries {
            offsets.push(u32::try_from(out.len() - base).unwrap());
            if let Some(local) = &entry.local {
                out.extend(b"PK\x03\x04");
                local.write(&mut out);
                put16(&mut out, local.extra.len());
                out.extend(&local.name);
                out.extend(&local.extra);
                out.extend(&entry.data);
                out.extend(&entry.after);
            }
        }
        out.extend(&self.before_directory);
        let start = out.len();
        let mut listed = 0;
        for (entry, offset) in self.entries.iter().zip(offsets) {
            let Some(central) = &entry.central else { continue };
            listed += 1;
            out.extend(b"PK\x01\x02");
            out.extend(entry.more.made_by.to_le_bytes());
            central.write(&mut out);
            put16(&mut out, central.extra.len());
            put16(&mut out, entry.more.comment.len());
            out.extend(entry.more.disk.to_le_bytes());
            out.extend(entry.more.internal.to_le_bytes());
            out.extend(entry.more.external.to_le_bytes());
            out.extend(entry.offset.unwrap_or(offset).to_le_bytes());
            out.extend(&central.name);
            out.extend(&central.extra);
            out.extend(&entry.more.comment);
        }
        let size = out.len() - start;
        out.extend(&self.after_directory);
        self.write_end(&mut out, listed, size as u64, (start - base) as u64);
        out.extend(&self.suffix);
        out
    }

    fn write_end(&self, out: &mut Vec<u8>, entries: u64, size: u64, offset: u64) {
        let End { disk, comment, .. } = &self.end;
        let entries_here = self.end.entries_here.unwrap_or(entries);
        let entries = self.end.entries.unwrap_or(entries);
        let (size, offset) = (self.end.size.unwrap_or(size), self.end.offset.unwrap_or(offset));
        if self.zip64 {
            let at = out.len() as u64;
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 3, 45, 0]);
            out.extend([0; 8]);
            for number in [entries_here, entries, size, offset] {
                out.extend(number.to_le_bytes());
            }
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(at.to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        out.extend(b"PK\x05\x06");
        out.extend(disk.to_le_bytes());
        out.extend(disk.to_le_bytes());
        for number in [entries_here, entries] {
            out.extend(if self.zip64 { u16::MAX } else { u16::try_from(number).unwrap() }.to_le_bytes());
        }
        for number in [size, offset] {
            out.extend(if self.zip64 { u32::MAX } else { u32::try_from(number).unwrap() }.to_le_bytes());
        }
        put16(out, comment.len());
        out.extend(comment);
    }
}

impl Record {
    /// From `version needed to extract` to the length of the name: the fields that both records share.
    fn write(&self, out: &mut Vec<u8>) {
        for number in [self.version_needed, self.flags, self.method, self.time, self.date] {
            out.extend(number.to_le_bytes());
        }
        for number in [self.crc32, self.compressed, self.size] {
            out.extend(number.to_le_bytes());
        }
        put16(out, self.name.len());
    }
}

/// An extra field.
pub fn extra(id: u16, bytes: &[u8]) -> Vec<u8> {
    let mut field = id.to_le_bytes().to_vec();
    put16(&mut field, bytes.len());
    field.extend(bytes);
    field
}

/// Raw deflate.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The CRC-32 of bytes.
pub fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

fn put16(out: &mut Vec<u8>, number: usize) {
    out.extend(u16::try_from(number).unwrap().to_le_bytes());
}

/// Deflated zeros, `mebibytes` of them, without the work of deflating them.
pub fn zeros(mebibytes: u32) -> Vec<u8> {
    let mut compress = flate2::Compress::new(flate2::Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 16);
    compress.compress_vec(&vec![0; 1 << 20], &mut block, flate2::FlushCompress::Full).unwrap();
    let mut data = block.repeat(mebibytes as usize);
    data.extend(deflate(b""));
    data
}

/// A tar header that begins with `name`.
pub fn tar_block(name: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}
