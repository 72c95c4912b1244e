//! Differences of the archive.

use monowheel_build::compare::{self, Kind};

use crate::forge::wheel::{INFO, Wheel};
use crate::forge::zip::{Entry, Zip, extra, zeros};
use crate::{has, said, wheels};

fn pure() -> Zip {
    Wheel::pure().zip()
}

#[test]
fn the_same_bytes_are_identical_whatever_they_are() {
    let wheel = Wheel::pure().bytes();
    assert!(compare::wheels(&wheel, &wheel).unwrap().is_identical());
    let garbage = b"no archive at all".to_vec();
    assert!(compare::distributions(&garbage, &garbage).unwrap().is_identical());
}

#[test]
fn what_is_no_archive_is_an_error_that_names_the_side() {
    let (wheel, garbage) = (Wheel::pure().bytes(), b"no archive at all".to_vec());
    let error = compare::wheels(&wheel, &garbage).unwrap_err();
    assert!(error.what().starts_with("B cannot be compared: not a zip archive"), "{error}");
    let error = compare::wheels(&garbage, &wheel).unwrap_err();
    assert!(error.what().starts_with("A cannot be compared"), "{error}");
}

#[test]
fn zip_mode() {
    let (a, mut b) = (pure(), pure());
    let entry = b.entry("demo/__init__.py");
    *entry = entry.clone().mode(0o100_755);
    let found = wheels(&a.bytes(), &b.bytes());
    assert_eq!(said(&found), ["mode: zip mode of demo/__init__.py is 0644 in A and 0755 in B"]);
    assert_eq!(found[0].place.member.as_deref(), Some("demo/__init__.py"));
}

#[test]
fn zip_mode_of_another_type_of_file() {
    let (a, mut b) = (pure(), pure());
    let entry = b.entry("demo/__init__.py");
    *entry = entry.clone().mode(0o120_777);
    let found = wheels(&a.bytes(), &b.bytes());
    assert_eq!(said(&found)[0], "mode: zip mode of demo/__init__.py is 0100644 in A and 0120777 in B");
}

#[test]
fn zip_time() {
    let (a, mut b) = (pure(), pure());
    b.entry("demo/__init__.py")
        .both(|record| (record.date, record.time) = (46 << 9 | 3 << 5 | 14, 15 << 11 | 9 << 5 | 13));
    let found = wheels(&a.bytes(), &b.bytes());
    let expected = "time: zip time of demo/__init__.py is 1980-01-01 00:00:00 in A and 2026-03-14 15:09:26 in B";
    assert_eq!(said(&found), [expected]);
}

#[test]
fn one_time_of_all_members_is_one_difference() {
    let (a, mut b) = (pure(), pure());
    let count = b.entries.len();
    b.entries.iter_mut().for_each(|entry| entry.both(|record| record.date = 46 << 9 | 3 << 5 | 14));
    let found = wheels(&a.bytes(), &b.bytes());
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].cause.starts_with(&format!("zip time of all {count} members is")), "{}", found[0].cause);
}

#[test]
fn member_order() {
    let (a, mut b) = (pure(), pure());
    b.entries.swap(0, 1);
    let found = wheels(&a.bytes(), &b.bytes());
    let expected = format!(
        "order: member order: the first that differs is number 1, demo/__init__.py in A and {INFO}/METADATA in B"
    );
    let said = said(&found);
    assert!(
        said.len() == 1 && said[0].starts_with("order: member order: the first that differs is number 1, "),
        "{said:?} {expected}"
    );
}

#[test]
fn compressed_differently() {
    let text = "the same words again and again, ".repeat(50);
    let a = Wheel::pure().with("demo/data.txt", text.clone()).zip();
    let mut b = a.clone();
    let entry = b.entry("demo/data.txt");
    *entry = Entry::stored("demo/data.txt", text.as_bytes());
    let found = wheels(&a.bytes(), &b.bytes());
    let found = has(
        &found,
        Kind::Compression,
        &["compressed differently, same content: demo/data.txt, deflated in A (", "stored in B (1600 bytes)"],
    );
    assert!(!found.follows);
}

#[test]
fn what_only_one_has() {
    let a = Wheel::pure().with("demo/more.py", "x = 1\n");
    let b = Wheel::pure();
    let found = wheels(&a.bytes(), &b.bytes());
    assert_eq!(said(&found)[0], "presence: only in A: demo/more.py (6 B)");
    let row = has(&found, Kind::Record, &["(`demo/more.py`) is only in A"]);
    assert!(row.follows, "RECORD agrees with the archive");
}

#[test]
fn record_rows() {
    let a = Wheel::pure();
    let b = Wheel::pure().recorded(|text| text.replacen("__init__.py,sha256=", "__init__.py,sha256=x", 1));
    let found = wheels(&a.bytes(), &b.bytes());
    let row = has(&found, Kind::Record, &["RECORD row ", "(`demo/__init__.py`): hash sha256=", "in A and sha256=x"]);
    assert!(!row.follows, "the file itself is the same");
    assert!(row.place.part.as_deref().is_some_and(|part| part.starts_with("row ")));

    let b = Wheel::pure().recorded(|text| {
        let mut rows: Vec<&str> = text.lines().collect();
        rows.swap(0, 1);
        rows.join("\n") + "\n"
    });
    let found = wheels(&a.bytes(), &b.bytes());
    has(&found, Kind::Record, &["RECORD row 1 is `", "its rows are in a different order"]);

    let b = Wheel::pure().recorded(|text| text.replace('\n', "\r\n"));
    let found = wheels(&a.bytes(), &b.bytes());
    has(&found, Kind::Record, &["written differently: its lines end in LF in A and in CR LF in B"]);
}

#[test]
fn a_changed_file_explains_its_row() {
    let b = Wheel::pure().info("METADATA", |text| text.replace("A demonstration", "Another one"));
    let found = wheels(&Wheel::pure().bytes(), &b.bytes());
    assert_eq!(found[0].kind, Kind::Metadata);
    assert!(has(&found, Kind::Record, &["METADATA`): hash"]).follows);
}

#[test]
fn bytes_of_the_archive() {
    let a = pure();
    let differs = |change: &dyn Fn(&mut Zip), words: &[&str]| {
        let mut b = a.clone();
        change(&mut b);
        let found = wheels(&a.bytes(), &b.bytes());
        has(&found, Kind::Archive, words);
    };
    differs(
        &|b| b.entry("demo/__init__.py").central().extra = extra(0x9999, b"abc"),
        &["zip extra fields of demo/__init__.py is none in A and 9999"],
    );
    differs(
        &|b| b.entry("demo/__init__.py").more.comment = b"hello".to_vec(),
        &["zip comment of demo/__init__.py is none in A"],
    );
    differs(
        &|b| b.entry("demo/__init__.py").both(|record| record.flags |= 1 << 11),
        &["zip flags of demo/__init__.py is 0x0000 in A and 0x0800 in B"],
    );
    differs(&|b| b.entry("demo/__init__.py").more.made_by = 20, &["zip version of the writer of demo/__init__.py"]);
    differs(
        &|b| b.entry("demo/__init__.py").both(|record| record.version_needed = 10),
        &["zip version needed of demo/__init__.py is 0x0014 in A and 0x000a in B"],
    );
    differs(
        &|b| b.entry("demo/__init__.py").more.internal = 1,
        &["the archives first differ at byte ", "in the directory"],
    );
    differs(
        &|b| b.entry("demo/__init__.py").local().extra = extra(0x9999, b"abc"),
        &["in the local header of demo/__init__.py"],
    );
    differs(
        &|b| b.end.comment = b"hello".to_vec(),
        &["the end record with the archive's comment has 22 bytes in A and 27 bytes in B"],
    );
    differs(&|b| b.prefix = b"#!x".to_vec(), &["only in B: 3 bytes before the first member"]);
    differs(&|b| b.suffix = b"xyz".to_vec(), &["only in B: 3 bytes after the end of the archive"]);
}

#[test]
fn a_damaged_member_is_not_compared() {
    let (a, mut b) = (pure(), pure());
    b.entry("demo/__init__.py").both(|record| record.crc32 ^= 1);
    let comparison = compare::wheels(&a.bytes(), &b.bytes()).unwrap();
    assert!(!comparison.is_complete());
    has(comparison.differences(), Kind::NotCompared, &["it cannot be read: in B its bytes have the CRC"]);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let (a, mut b) = (pure(), pure());
    let mut entry = Entry::with("demo/big.bin", b"", zeros(300), 8);
    entry.both(|record| record.size = 300 << 20);
    b.entries.push(entry.clone());
    let mut c = b.clone();
    c.entry("demo/big.bin").both(|record| record.crc32 = 5);
    let comparison = compare::wheels(&b.bytes(), &c.bytes()).unwrap();
    assert!(!comparison.is_complete(), "{comparison:?}");
    // A file on only one side need not be examined.
    assert!(compare::wheels(&a.bytes(), &b.bytes()).unwrap().is_complete());
}

#[test]
fn content_comes_before_packaging() {
    let mut a = pure();
    a.entry("demo/__init__.py").both(|record| record.date = 46 << 9 | 3 << 5 | 14);
    a.entries.swap(1, 2);
    let b = Wheel::pure().info("METADATA", |text| text.replace("MIT", "BSD-2-Clause"));
    let comparison = compare::wheels(&a.bytes(), &b.bytes()).unwrap();
    let found: Vec<Kind> = comparison.differences().iter().map(|difference| difference.kind).collect();
    assert_eq!(found, [Kind::Metadata, Kind::Record, Kind::Time, Kind::Order]);
    assert!(!comparison.is_packaging_only());
    assert_eq!(comparison.first_cause().map(|first| first.kind), Some(Kind::Metadata));
}

#[test]
fn names_that_are_there_twice_are_paired_in_their_order() {
    let a = Wheel::pure().with("demo/x.py", "a\n").with("demo/x.py", "b\n");
    let b = Wheel::pure().with("demo/x.py", "a\n").with("demo/x.py", "c\n");
    let found = wheels(&a.bytes(), &b.bytes());
    has(&found, Kind::Text, &["line 1 is `b` in A and `c` in B"]);
}
