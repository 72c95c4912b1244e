//! A `.tar.gz` as a stream: each member with its hash; never unpacked to disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use monowheel_error::Result;
use monowheel_wheel::source::ReadAt;
use monowheel_wheel::tarball::{self, Kind, Limits, Member, unreadable};
use sha2::{Digest as _, Sha256};

use crate::compare::WHOLE;

/// A member.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// Its path; bytes that are not UTF-8 are replaced.
    pub(super) path: String,
    pub(super) is_file: bool,
    /// The type's letter from the header.
    pub(super) kind: u8,
    pub(super) size: u64,
    pub(super) mode: Option<u32>,
    pub(super) mtime: Option<u64>,
    /// `uid:gid (user:group)`.
    pub(super) owner: String,
    /// The target of a link.
    pub(super) link: Option<String>,
    /// The pax records, without the path and the link.
    pub(super) pax: BTreeMap<String, String>,
    /// SHA-256 of the content.
    pub(super) sha256: [u8; 32],
    /// SHA-256 of the 512 bytes of the header.
    pub(super) header: [u8; 32],
}

/// All members, and the fields of gzip.
#[derive(Debug, Default)]
pub(super) struct Tarball {
    pub(super) entries: Vec<Entry>,
    /// Seconds since 1970 in gzip's own header.
    pub(super) gzip_time: u32,
    /// The file name in it.
    pub(super) gzip_name: Option<String>,
    /// SHA-256 of the complete tar archive.
    pub(super) sha256: [u8; 32],
}

impl Tarball {
    /// Reads all of it once.
    pub(super) fn open(source: &dyn ReadAt) -> Result<Self> {
        let mut entries = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        let summary = tarball::each(source, &Limits::default(), &mut |member, content| {
            let mut hash = Sha256::new();
            loop {
                match content.read(&mut buffer).map_err(|error| unreadable(&error))? {
                    0 => break,
                    read => hash.update(buffer.get(..read).unwrap_or_default()),
                }
            }
            entries.push(Entry { sha256: hash.finalize().into(), ..describe(member) });
            Ok(())
        })?;
        Ok(Self { entries, gzip_time: summary.gzip_time, gzip_name: summary.gzip_name, sha256: summary.unpacked })
    }

    /// The content of the members with these numbers, as far as it fits into memory; the others are left out.
    pub(super) fn contents(source: &dyn ReadAt, wanted: &BTreeSet<usize>) -> Result<BTreeMap<usize, Vec<u8>>> {
        let mut contents = BTreeMap::new();
        if wanted.is_empty() {
            return Ok(contents);
        }
        let (mut number, mut left) = (0, WHOLE);
        tarball::each(source, &Limits::default(), &mut |member, content| {
            if wanted.contains(&number) && member.size <= left {
                let mut bytes = Vec::new();
                content.take(left).read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
                left -= bytes.len() as u64;
                contents.insert(number, bytes);
            }
            number += 1;
            Ok(())
        })?;
        Ok(contents)
    }
}

fn describe(member: &Member) -> Entry {
    let header = &member.header;
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let number = |number: std::io::Result<u64>| number.map_or_else(|_| "?".to_owned(), |number| number.to_string());
    let name = |name: Option<&[u8]>| lossy(name.unwrap_or_default());
    Entry {
        path: lossy(&member.path),
        is_file: member.kind == Kind::File,
        kind: header.entry_type().as_byte(),
        size: member.size,
        mode: header.mode().ok(),
        mtime: header.mtime().ok(),
        owner: format!(
            "{}:{} ({}:{})",
            number(header.uid()),
            number(header.gid()),
            name(header.username_bytes()),
            name(header.groupname_bytes())
        ),
        link: member.link.as_deref().map(lossy),
        pax: member.pax.clone(),
        sha256: [0; 32],
        header: Sha256::digest(header.as_bytes()).into(),
    }
}
