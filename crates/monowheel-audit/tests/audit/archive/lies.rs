//! Ambiguous archives, each with one mismatch.

use std::collections::BTreeSet;

use monowheel_wheel::archive::OddityKind::{self, *};

use super::{look, three};
use crate::forge::zip::{Entry, Zip, crc32, extra, tar_block};

/// The corruption, and the expected oddities.
type Case = (&'static str, fn(&mut Zip), &'static [OddityKind]);

const CASES: &[Case] = &[
    ("a name twice", |zip| zip.entries.push(Entry::new("demo/a.txt", b"other")), &[DuplicateName]),
    ("another case", |zip| zip.entries.push(Entry::new("demo/A.txt", b"other")), &[CaseClash]),
    ("a file and a folder", |zip| zip.entries.push(Entry::new("demo/a.txt/x", b"other")), &[DuplicateName]),
    ("local name", |zip| zip.entry("demo/a.txt").local().name = b"demo/z.txt".to_vec(), &[LocalMismatch]),
    ("local CRC", |zip| zip.entry("demo/a.txt").local().crc32 ^= 1, &[LocalMismatch]),
    ("local size", |zip| zip.entry("demo/a.txt").local().size += 1, &[LocalMismatch]),
    ("local compressed size", |zip| zip.entry("demo/a.txt").local().compressed -= 1, &[LocalMismatch]),
    ("local method", |zip| zip.entry("demo/a.txt").local().method = 0, &[LocalMismatch]),
    ("local flags", |zip| zip.entry("demo/a.txt").local().flags = 1, &[LocalMismatch]),
    ("local time is nobody's business", |zip| zip.entry("demo/a.txt").local().time = 7, &[]),
    (
        "central compressed size",
        |zip| zip.entry("demo/a.txt").central().compressed -= 1,
        &[LocalMismatch, StrayBytes, BadData],
    ),
    ("central offset", |zip| zip.entry("demo/a.txt").offset = Some(1), &[StrayBytes, Overlap]),
    ("both sizes", |zip| zip.entry("demo/a.txt").both(|r| r.size += 1), &[BadData]),
    ("both sizes the other way", |zip| zip.entry("demo/a.txt").both(|r| r.size -= 1), &[BadData]),
    ("stored of two sizes", |zip| zip.entry("demo/b.txt").both(|r| r.size += 1), &[BadData]),
    ("both CRCs", |zip| zip.entry("demo/b.txt").both(|r| r.crc32 ^= 1), &[BadCrc]),
    ("no deflate", |zip| zip.entry("demo/a.txt").data.fill(0xff), &[BadData]),
    ("a tail in the data", |zip| hidden_tail(zip, b"hidden"), &[BadData]),
    ("a tail that begins as the trailer of gzip", gzip_tail, &[BadData]),
    ("a data descriptor", |zip| descriptor(zip, true, true, 0), &[DataDescriptor]),
    ("without its signature", |zip| descriptor(zip, false, true, 0), &[DataDescriptor]),
    ("only in the local header", |zip| descriptor(zip, true, false, 0), &[DataDescriptor, LocalMismatch]),
    ("a descriptor that lies", |zip| descriptor(zip, true, true, 1), &[DataDescriptor, LocalMismatch]),
    ("bytes before", |zip| zip.prefix = b"#!/bin/sh\n".to_vec(), &[StrayBytes]),
    (
        "bytes before, unknown to the writer",
        |zip| {
            zip.prefix = b"MZ".to_vec();
            zip.blind_offsets = true;
        },
        &[StrayBytes],
    ),
    ("bytes between", |zip| zip.entry("demo/a.txt").after = b"zzz".to_vec(), &[StrayBytes]),
    ("bytes before the directory", |zip| zip.before_directory = vec![0; 70_000], &[StrayBytes]),
    ("bytes after", |zip| zip.suffix = vec![0], &[StrayBytes]),
    ("a member that is not listed", |zip| zip.entry("demo/b.txt").central = None, &[UnknownRecord]),
    ("the first is not listed", |zip| zip.entry("demo/a.txt").central = None, &[StrayBytes]),
    ("a member that is not there", |zip| zip.entry("demo/b.txt").local = None, &[Overlap]),
    ("a count of the end record", |zip| zip.end.entries = Some(9), &[EndRecord]),
    (
        "both counts of the end record",
        |zip| {
            zip.end.entries = Some(2);
            zip.end.entries_here = Some(2);
        },
        &[EndRecord],
    ),
    ("a disk of the end record", |zip| zip.end.disk = 1, &[EndRecord]),
    ("an offset of the end record", |zip| zip.end.offset = Some(200), &[EndRecord, Overlap, StrayBytes, LocalMismatch]),
    ("an archive in the comment, end record and all", |zip| zip.end.comment = three().bytes(), &[StrayBytes]),
    ("a file comment", |zip| zip.entry("demo/a.txt").more.comment = b"hello".to_vec(), &[Comment]),
    ("an archive in the comment", |zip| zip.end.comment = b"PK\x01\x02...".to_vec(), &[Comment]),
    ("bzip2", |zip| zip.entry("demo/a.txt").both(|r| r.method = 12), &[Method]),
    ("encryption", |zip| zip.entry("demo/a.txt").both(|r| r.flags = 1), &[Method]),
    ("a version to come", |zip| zip.entry("demo/a.txt").both(|r| r.version_needed = 64), &[Method]),
    ("traversal", |zip| zip.entries.push(Entry::new("demo/../../a", b"")), &[Traversal]),
    ("an absolute path", |zip| zip.entries.push(Entry::new("/demo/x", b"")), &[Traversal]),
    ("a backslash", |zip| zip.entries.push(Entry::new("demo\\x", b"")), &[Backslash]),
    ("a dot", |zip| zip.entries.push(Entry::new("demo/./x", b"")), &[OddPath]),
    ("a control character", |zip| zip.entries.push(Entry::new("demo/\u{1b}x", b"")), &[BadName]),
    ("no UTF-8", |zip| zip.entry("demo/a.txt").both(|r| r.name[0] = 0xe9), &[BadName]),
    ("an extra field cut short", |zip| zip.entry("demo/a.txt").central().extra = vec![1, 0, 9, 0], &[BadExtra]),
    (
        "an extra field twice",
        |zip| zip.entry("demo/a.txt").both(|r| r.extra = [extra(7, b"x"), extra(7, b"y")].concat()),
        &[BadExtra],
    ),
    ("an extra field of no one", |zip| zip.entry("demo/a.txt").both(|r| r.extra = extra(7, b"x")), &[]),
    ("a ZIP64 field without need", |zip| zip.entry("demo/a.txt").central().extra = extra(1, &[0; 8]), &[BadExtra]),
    ("ZIP64 sizes", |zip| zip64_sizes(zip, 0, false), &[]),
    ("ZIP64 sizes once more", |zip| zip64_sizes(zip, 0, true), &[]),
    ("ZIP64 sizes that lie", |zip| zip64_sizes(zip, 1, false), &[LocalMismatch]),
    ("ZIP64 sizes that lie once more", |zip| zip64_sizes(zip, 1, true), &[BadExtra]),
    ("a second name", second_name, &[BadExtra]),
    ("a symbolic link", |zip| zip.entries.push(Entry::new("demo/l", b"a.txt").mode(0o120_777)), &[SpecialFile]),
    ("a folder with data", |zip| zip.entries.push(Entry::stored("demo/d/", b"x").mode(0o040_755)), &[BadData]),
    ("a tar archive in front", |zip| zip.prefix = tar_block(b"x"), &[StrayBytes, Polyglot]),
    ("a tar archive from the first byte", tar_name, &[Polyglot]),
];

fn hidden_tail(zip: &mut Zip, tail: &[u8]) {
    let entry = zip.entry("demo/a.txt");
    entry.data.extend(tail);
    entry.both(|record| record.compressed += u32::try_from(tail.len()).unwrap());
}

/// A reader of gzip stops at this tail and finds nothing wrong.
fn gzip_tail(zip: &mut Zip) {
    let central = zip.entry("demo/a.txt").central();
    let trailer = [central.crc32.to_le_bytes(), central.size.to_le_bytes()].concat();
    hidden_tail(zip, &[&trailer, &b"hidden"[..]].concat());
}

fn descriptor(zip: &mut Zip, signature: bool, listed: bool, lie: u32) {
    let entry = zip.entry("demo/a.txt");
    let (crc, compressed, size) = (entry.central().crc32, entry.central().compressed, entry.central().size);
    let local = entry.local();
    (local.crc32, local.compressed, local.size) = (0, 0, 0);
    local.flags |= 8;
    if listed {
        entry.central().flags |= 8;
    }
    if signature {
        entry.after.extend(b"PK\x07\x08");
    }
    for number in [crc, compressed + lie, size] {
        entry.after.extend(number.to_le_bytes());
    }
}

/// The local sizes of a member in a ZIP64 field, instead of or in addition to the 32-bit ones.
fn zip64_sizes(zip: &mut Zip, lie: u64, beside: bool) {
    let entry = zip.entry("demo/a.txt");
    let local = entry.local();
    let (size, compressed) = (u64::from(local.size), u64::from(local.compressed) + lie);
    local.extra = extra(1, &[size.to_le_bytes(), compressed.to_le_bytes()].concat());
    if !beside {
        (local.size, local.compressed) = (u32::MAX, u32::MAX);
    }
}

fn second_name(zip: &mut Zip) {
    let field = [&[1][..], &crc32(b"demo/a.txt").to_le_bytes(), b"demo/z.txt"].concat();
    zip.entry("demo/a.txt").central().extra = extra(0x7075, &field);
}

/// A local header that is also a tar header: the checksum is in an extra field.
fn tar_name(zip: &mut Zip) {
    let extra_from = 30 + "demo/a.txt".len() + 4;
    zip.entry("demo/a.txt").local().extra = extra(7, &[0; 600]);
    let block = tar_block(&zip.bytes()[..148]);
    let mut field = vec![0; 600];
    field[148 - extra_from..156 - extra_from].copy_from_slice(&block[148..156]);
    zip.entry("demo/a.txt").local().extra = extra(7, &field);
}

#[test]
fn each_lie_is_told() {
    let mut wrong = String::new();
    for (name, spoil, expected) in CASES {
        let mut zip = three();
        spoil(&mut zip);
        let looked = look(&zip.bytes().as_slice()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected: BTreeSet<OddityKind> = expected.iter().copied().collect();
        if looked.kinds() != expected {
            wrong += &format!("{name}: expected {expected:?}, got {:#?}\n", looked.oddities);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
