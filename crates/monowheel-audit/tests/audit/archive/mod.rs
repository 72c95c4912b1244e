//! The zip reader: what it accepts, what it reports, and the cost limits for hostile archives.

mod any;
mod hostile;
mod lies;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use monowheel_error::{ErrorKind, Result};
use monowheel_wheel::archive::{Archive, Limits, Oddity, OddityKind};
use monowheel_wheel::source::ReadAt;

use crate::forge::zip::{Entry, Zip};

/// Counts the bytes read.
struct Counted {
    bytes: Vec<u8>,
    read: AtomicU64,
    requests: AtomicU64,
}

impl Counted {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, read: AtomicU64::new(0), requests: AtomicU64::new(0) }
    }

    fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl ReadAt for Counted {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.read.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.bytes.as_slice().read_at(offset, buffer)
    }
}

/// Everything that the reader reports about an archive, and the bytes it returns.
struct Looked {
    files: Vec<(String, Option<Vec<u8>>)>,
    oddities: Vec<Oddity>,
}

impl Looked {
    fn kinds(&self) -> BTreeSet<OddityKind> {
        self.oddities.iter().map(|oddity| oddity.kind).collect()
    }
}

fn look(source: &dyn ReadAt) -> Result<Looked> {
    let archive = Archive::open(source, &Limits::default())?;
    let mut oddities = archive.oddities.clone();
    let mut files = Vec::new();
    for member in &archive.members {
        let mut bytes = Vec::new();
        let whole = archive.read(member, &mut oddities, &mut |piece| bytes.extend_from_slice(piece))?;
        files.push((member.path.clone(), whole.then_some(bytes)));
    }
    Ok(Looked { files, oddities })
}

fn three() -> Zip {
    let entries = vec![
        Entry::new("demo/a.txt", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        Entry::stored("demo/b.txt", b"bbb"),
        Entry::new("demo/c.txt", b"cccccccccccccccccccccccccccccccccccc"),
    ];
    Zip { entries, ..Zip::default() }
}

#[test]
fn a_sound_archive_has_nothing_odd() {
    let mut zip = three();
    zip.entries.push(Entry::folder("demo/folder/"));
    zip.entries.push(Entry::new("demo/é.txt", b""));
    zip.entries.push(Entry::new("demo/x.sh", b"#!/bin/sh\n").mode(0o100_755));
    zip.end.comment = b"a comment of the archive".to_vec();
    for zip64 in [false, true] {
        zip.zip64 = zip64;
        let looked = look(&zip.bytes().as_slice()).unwrap();
        assert_eq!(looked.oddities, []);
        let a = b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_vec();
        assert_eq!(looked.files[0], ("demo/a.txt".to_owned(), Some(a)));
        assert_eq!(looked.files[1], ("demo/b.txt".to_owned(), Some(b"bbb".to_vec())));
        assert!(looked.files.iter().all(|(_, bytes)| bytes.is_some()));
    }
    assert_eq!(look(&Zip::default().bytes().as_slice()).unwrap().kinds(), BTreeSet::new());
}

#[test]
fn what_no_installer_opens_is_an_error() {
    let cut = three().bytes();
    let mut no_directory = three();
    no_directory.end.size = Some(20);
    let mut too_large = three();
    too_large.end.size = Some(1 << 20);
    let mut fake = three();
    fake.after_directory = b"PK\x05\x05\x01\x00x".to_vec();
    for bytes in [
        Vec::new(),
        b"PK".to_vec(),
        vec![0; 100],
        cut[..cut.len() - 1].to_vec(),
        no_directory.bytes(),
        too_large.bytes(),
        fake.bytes(),
    ] {
        let error = Archive::open(&bytes.as_slice(), &Limits::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format);
    }
}

#[test]
fn an_archive_of_usual_size_costs_one_read_and_one_a_member() {
    let source = Counted::new(three().bytes());
    look(&source).unwrap();
    assert_eq!(source.requests.load(Ordering::Relaxed), 1 + 3);
}

#[test]
fn large_members_come_whole_and_in_pieces() {
    let bytes: Vec<u8> = (0..200_000_u32).flat_map(|n| (n ^ n >> 3).to_le_bytes()).collect();
    let entries = vec![Entry::new("a", &bytes), Entry::stored("b", &bytes)];
    let zip = Zip { entries, ..Zip::default() };
    let looked = look(&zip.bytes().as_slice()).unwrap();
    assert_eq!(looked.oddities, []);
    for (path, read) in looked.files {
        assert!(read.as_ref() == Some(&bytes), "{path}");
    }
}

#[test]
fn a_member_that_is_not_read_is_compared_too() {
    let mut zip = three();
    zip.entries.push(Entry::folder("demo/folder/"));
    zip.entry("demo/folder/").local().name = b"demo/other!/".to_vec();
    zip.entry("demo/b.txt").after = b"stray".to_vec();
    let source = Counted::new(zip.bytes());
    let archive = Archive::open(&source, &Limits::default()).unwrap();
    let before = source.read();
    let mut oddities = Vec::new();
    for member in &archive.members {
        archive.check_local(member, &mut oddities).unwrap();
    }
    let kinds: Vec<OddityKind> = oddities.iter().map(|oddity| oddity.kind).collect();
    assert_eq!(kinds, [OddityKind::StrayBytes, OddityKind::LocalMismatch]);
    let headers: usize = zip.entries.iter().map(|entry| 30 + entry.path.len() + 2 * entry.after.len()).sum();
    // And the first block, which could be a tar header: the archive is shorter than one.
    assert_eq!(source.read() - before, headers as u64);
}
