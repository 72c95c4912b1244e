//! Limits on the cost of archives built to be as expensive as possible. The bounds are on bytes read and bytes
//! returned, which determine time and memory.

use std::collections::BTreeSet;

use monowheel_error::Result;
use monowheel_wheel::archive::OddityKind::{self, BadData, Bomb, Overlap};
use monowheel_wheel::archive::{Archive, Limits};
use monowheel_wheel::source::ReadAt as _;

use super::{Counted, look, three};
use crate::forge::zip::{Entry, Zip, extra, zeros};

/// Opens a hostile archive and reads all of it: the number of bytes returned, and the oddities.
fn endure(bytes: Vec<u8>) -> Result<(u64, BTreeSet<OddityKind>)> {
    let source = Counted::new(bytes);
    let archive = Archive::open(&source, &Limits::default())?;
    let mut oddities = archive.oddities.clone();
    let mut given = 0;
    for member in &archive.members {
        archive.read(member, &mut oddities, &mut |piece| given += piece.len() as u64)?;
    }
    // The central directory, every slot, and the bytes after each.
    let most = 3 * source.size() + 1024 * archive.members.len() as u64;
    assert!(source.read() <= most, "{} bytes read of {}", source.read(), source.size());
    Ok((given, oddities.into_iter().map(|oddity| oddity.kind).collect()))
}

#[test]
fn a_bomb_of_10_gb_is_not_inflated() {
    let mut entry = Entry::with("bomb", b"", zeros(10 << 10), 8);
    // 10 GiB does not fit into 32 bits, so the size is in the ZIP64 field.
    let compressed = u64::try_from(entry.data.len()).unwrap();
    entry.both(|record| {
        record.size = u32::MAX;
        record.extra = extra(1, &(10_u64 << 30).to_le_bytes());
    });
    entry.local().compressed = u32::MAX;
    entry.local().extra = extra(1, &[(10_u64 << 30).to_le_bytes(), compressed.to_le_bytes()].concat());
    let (given, kinds) = endure(Zip { entries: vec![entry], ..Zip::default() }.bytes()).unwrap();
    assert_eq!((given, kinds), (0, BTreeSet::from([Bomb])));
}

#[test]
fn a_bomb_of_100_mib_is_not_inflated_and_its_harmless_members_are() {
    let mut entry = Entry::with("bomb", b"", zeros(100), 8);
    entry.both(|record| record.size = 100 << 20);
    let entries = vec![entry, Entry::new("text", b"some text")];
    let (given, kinds) = endure(Zip { entries, ..Zip::default() }.bytes()).unwrap();
    assert_eq!((given, kinds), (9, BTreeSet::from([Bomb])));
}

#[test]
fn a_bomb_that_denies_its_size_ends_where_it_said() {
    let mut entry = Entry::with("bomb", b"", zeros(1 << 10), 8);
    entry.both(|record| record.size = 1000);
    let (given, kinds) = endure(Zip { entries: vec![entry], ..Zip::default() }.bytes()).unwrap();
    assert_eq!(kinds, BTreeSet::from([BadData]));
    assert!(given <= 1000);
}

#[test]
fn members_that_share_one_kernel_are_not_inflated() {
    let mut entries = vec![Entry::with("0", &vec![0; 1 << 20], zeros(1), 8)];
    for number in 1..5000 {
        let mut entry = entries[0].clone();
        entry.local = None;
        entry.offset = Some(0);
        entry.central().name = number.to_string().into_bytes();
        entries.push(entry);
    }
    let (given, kinds) = endure(Zip { entries, ..Zip::default() }.bytes()).unwrap();
    assert_eq!(given, 0);
    assert!(kinds.contains(&Overlap) && kinds.contains(&Bomb), "{kinds:?}");
}

#[test]
fn lengths_of_4_gb_are_not_believed() {
    for stored in [false, true] {
        let mut zip = three();
        let entry = zip.entry(if stored { "demo/b.txt" } else { "demo/a.txt" });
        entry.both(|record| (record.compressed, record.size) = (u32::MAX - 1, u32::MAX - 1));
        let (given, kinds) = endure(zip.bytes()).unwrap();
        assert_eq!(kinds, BTreeSet::from([Overlap, Bomb]));
        assert!(given < 100);
    }
}

#[test]
fn a_million_members_are_refused_unread() {
    let record = {
        let zip = Zip { entries: vec![Entry::new("a", b"")], ..Zip::default() };
        let bytes = zip.bytes();
        bytes[bytes.len() - 22 - 47..bytes.len() - 22].to_vec()
    };
    let mut zip = three();
    zip.after_directory = record.repeat(1_000_000 - 3);
    zip.zip64 = true;
    zip.end.size = Some(3 * 56 + zip.after_directory.len() as u64);
    for honest in [true, false] {
        let count = if honest { 1_000_000 } else { 3 };
        (zip.end.entries, zip.end.entries_here) = (Some(count), Some(count));
        let source = Counted::new(zip.bytes());
        let error = Archive::open(&source, &Limits::default()).unwrap_err();
        assert!(error.what().contains("members"), "{error}");
        let most = if honest { 1 << 17 } else { source.size() + (1 << 17) };
        assert!(source.read() <= most, "{} bytes read", source.read());
    }
    let limits = Limits { directory: 1 << 20, ..Limits::default() };
    let error = Archive::open(&zip.bytes().as_slice(), &limits).unwrap_err();
    assert!(error.what().contains("directory"), "{error}");
}

#[test]
fn a_thousand_lies_of_a_kind_speak_for_all() {
    let entries = (0..3000).map(|number| Entry::new(&format!("{number}\u{7f}"), b"")).collect();
    let looked = look(&Zip { entries, ..Zip::default() }.bytes().as_slice()).unwrap();
    assert_eq!(looked.oddities.len(), 1000);
}
