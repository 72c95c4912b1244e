//! Differences of source distributions.

use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use monowheel_build::compare::{self, Difference, Kind};

use crate::{has, kinds, said};

/// A member under construction.
struct File {
    pub path: &'static str,
    bytes: &'static str,
    mode: u32,
    mtime: u64,
    user: &'static str,
}

const fn file(path: &'static str, bytes: &'static str) -> File {
    File { path, bytes, mode: 0o644, mtime: 1, user: "" }
}

fn tar(files: &[File]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.bytes.len() as u64);
        header.set_mode(file.mode);
        header.set_mtime(file.mtime);
        header.set_uid(0);
        header.set_gid(0);
        header.set_username(file.user).unwrap();
        builder.append_data(&mut header, file.path, file.bytes.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn packed(tar: &[u8], time: u32, level: u32) -> Vec<u8> {
    let mut gzip = GzBuilder::new().mtime(time).write(Vec::new(), Compression::new(level));
    gzip.write_all(tar).unwrap();
    gzip.finish().unwrap()
}

fn sdist(files: &[File]) -> Vec<u8> {
    packed(&tar(files), 0, 6)
}

fn compared(a: &[u8], b: &[u8]) -> Vec<Difference> {
    let (one, other) = (compare::sdists(&a, &b).unwrap(), compare::distributions(&b, &a).unwrap());
    assert_eq!(kinds(&one), kinds(&other));
    one.differences().to_vec()
}

fn base() -> Vec<File> {
    vec![file("demo-1.0/PKG-INFO", "Metadata-Version: 2.4\nName: demo\n"), file("demo-1.0/src/lib.rs", "fn x() {}\n")]
}

#[test]
fn content_and_presence() {
    let mut b = base();
    b[0].bytes = "Metadata-Version: 2.5\nName: demo\n";
    b.push(file("demo-1.0/new.rs", "x"));
    let found = compared(&sdist(&base()), &sdist(&b));
    assert_eq!(
        said(&found),
        [
            "presence: only in B: demo-1.0/new.rs (1 B)",
            "metadata: PKG-INFO line 1: Metadata-Version is `2.4` in A and `2.5` in B"
        ]
    );
}

#[test]
fn mode_owner_time_and_order() {
    let mut b = base();
    (b[0].mode, b[0].user) = (0o664, "ann");
    b.iter_mut().for_each(|file| file.mtime = 9);
    b.swap(0, 1);
    let found = compared(&sdist(&base()), &sdist(&b));
    has(&found, Kind::Mode, &["tar mode of demo-1.0/PKG-INFO is 0644 in A and 0664 in B"]);
    has(&found, Kind::Owner, &["tar owner of demo-1.0/PKG-INFO is 0:0 (:) in A and 0:0 (ann:) in B"]);
    has(&found, Kind::Time, &["tar time (seconds since 1970) of all 2 members is 1 in A and 9 in B"]);
    has(&found, Kind::Order, &["number 1, demo-1.0/PKG-INFO in A and demo-1.0/src/lib.rs in B"]);
    assert_eq!(found.len(), 4, "{:#?}", said(&found));
}

#[test]
fn gzip_time_and_effort() {
    let tar = tar(&base());
    let found = compared(&packed(&tar, 0, 6), &packed(&tar, 7, 6));
    assert_eq!(said(&found), ["time: gzip's time is 0 in A and 7 in B (seconds since 1970)"]);
    let found = compared(&packed(&tar, 0, 0), &packed(&tar, 0, 9));
    has(&found, Kind::Compression, &["compressed differently, same content: "]);
}

#[test]
fn what_stands_behind_the_members() {
    let mut longer = tar(&base());
    longer.extend([0; 1024]);
    let found = compared(&sdist(&base()), &packed(&longer, 0, 6));
    has(&found, Kind::Archive, &["the bytes between or after them differ"]);
}

#[test]
fn long_names_are_read() {
    let long: &'static str = Box::leak(format!("demo-1.0/{}/x.rs", "folder/".repeat(40)).into_boxed_str());
    let found = compared(&sdist(&[file(long, "a\n")]), &sdist(&[file(long, "b\n")]));
    assert_eq!(found[0].place.member.as_deref(), Some(long));
}

#[test]
fn what_is_no_sdist() {
    let good = sdist(&base());
    for bad in [&good[..good.len() / 2], b"\x1f\x8b", b"\x1f\x8bxxxxxxxxxxxxxxxxxxxxxxxx"] {
        let error = compare::distributions(&good, &bad).unwrap_err();
        assert!(error.what().starts_with("B cannot be compared: not a readable .tar.gz"), "{error}");
    }
    let wheel = crate::forge::wheel::Wheel::pure().bytes();
    let error = compare::distributions(&good, &wheel).unwrap_err();
    assert!(error.what().contains("A is packed by gzip, B is not"), "{error}");
}
