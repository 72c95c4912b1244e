//! Hostile archives, each with a name. The measurement is deterministic: the bytes that the reader requests.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};

use super::*;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

/// The header of a member; names that `tar` refuses to write included.
fn header(name: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_cksum();
    header
}

/// The blocks of a member.
fn blocks(name: &str, kind: EntryType, content: &[u8]) -> Vec<u8> {
    let mut blocks = header(name, kind, content.len() as u64).as_bytes().to_vec();
    blocks.extend(content);
    blocks.resize(blocks.len().next_multiple_of(512), 0);
    blocks
}

fn file(name: &str, content: &str) -> Vec<u8> {
    blocks(name, EntryType::Regular, content.as_bytes())
}

fn link(name: &str, kind: EntryType, to: &str) -> Vec<u8> {
    let mut header = header(name, kind, 0);
    header.set_link_name_literal(to).unwrap();
    header.set_cksum();
    header.as_bytes().to_vec()
}

fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let mut text = String::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let length = (rest + 1..).find(|length| length.to_string().len() + rest == *length).unwrap();
        text += &format!("{length} {key}={value}\n");
    }
    text.into_bytes()
}

fn packed(blocks: &[&[u8]]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    for block in blocks {
        gzip.write_all(block).unwrap();
    }
    gzip.write_all(&[0; 1024]).unwrap();
    gzip.finish().unwrap()
}

/// An archive that begins with these bytes and continues with so many zeros, stored so that they can be counted.
fn stored(start: &[u8], zeros: usize) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(start).unwrap();
    gzip.write_all(&vec![0; zeros]).unwrap();
    gzip.finish().unwrap()
}

/// Limits that an archive built quickly in a debug build exceeds.
fn low() -> Limits {
    Limits {
        members: 100,
        name: 4 * KIB,
        names: 16 * KIB,
        member: 2 * MIB,
        total: 4 * MIB,
        modest: 64 * KIB,
        ratio: 50,
    }
}

/// Why limits reject an archive, for an unpacker that reads nothing; and the members until then.
fn beyond(bytes: &[u8], limits: &Limits) -> (String, u64) {
    let mut count = 0;
    let read = each(&bytes, limits, &mut |_, _| {
        count += 1;
        Ok(())
    });
    (read.err().map(|error| error.what().to_owned()).unwrap_or_default(), count)
}

/// A source that counts the requested bytes.
struct Counted<'a> {
    bytes: &'a [u8],
    asked: AtomicU64,
}

impl ReadAt for Counted<'_> {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        self.asked.fetch_add(buffer.len() as u64, Ordering::Relaxed);
        self.bytes.read_at(offset, buffer)
    }
}

/// What an unpacker would see: the paths, or why it stops; and the compressed bytes that were read until then.
fn seen(bytes: &[u8], system: FileSystem) -> (std::result::Result<Vec<String>, String>, u64) {
    within(&Limits::default(), bytes, system)
}

fn within(limits: &Limits, bytes: &[u8], system: FileSystem) -> (std::result::Result<Vec<String>, String>, u64) {
    let source = Counted { bytes, asked: AtomicU64::new(0) };
    let (mut names, mut paths) = (Names::new(system), Vec::new());
    let read = each(&source, limits, &mut |member, content| {
        if let Some((path, _)) = names.add(member)? {
            let mut bytes = Vec::new();
            content.read_to_end(&mut bytes)?;
            paths.push(format!("{}={}", path.display(), String::from_utf8_lossy(&bytes)));
        }
        Ok(())
    });
    let result = match read {
        Ok(summary) if summary.has_trailing_bytes => Err("trailing bytes".to_owned()),
        Ok(_) => Ok(paths),
        Err(error) => Err(error.to_string()),
    };
    (result, source.asked.into_inner())
}

const PLAIN: FileSystem = FileSystem { folds_case: false, is_windows: false };

#[track_caller]
fn refused(bytes: &[u8], why: &str) {
    let said = seen(bytes, PLAIN).0.unwrap_err();
    assert!(said.contains(why), "{said}");
}

#[test]
fn a_long_name_of_a_gibibyte_is_refused_by_its_header() {
    for kind in [EntryType::GNULongName, EntryType::GNULongLink, EntryType::XHeader, EntryType::XGlobalHeader] {
        for announced in [1 << 30, 65 * KIB] {
            // There is more of it in the file than is read.
            let bytes = stored(header("././@LongLink", kind, announced).as_bytes(), 512 << 10);
            let (read, asked) = within(&Limits { ratio: 5000, ..Limits::default() }, &bytes, PLAIN);
            assert!(read.unwrap_err().contains(&format!("a long name or pax header has {announced} bytes")));
            assert!(asked <= 128 * KIB, "{asked} of {}", bytes.len());
        }
    }
}

#[test]
fn many_long_names_are_refused_together() {
    let one = blocks("././@LongLink", EntryType::GNULongName, &[b'x'; 4000]);
    let member = file("x-1/y", "");
    let all: Vec<&[u8]> = (0..5).flat_map(|_| [one.as_slice(), &member]).collect();
    assert!(beyond(&packed(&all[..4]), &low()).0.is_empty());
    assert!(beyond(&packed(&all), &low()).0.contains("its names are more than"));
}

#[test]
fn a_member_that_inflates_to_too_much_is_refused_by_its_header() {
    let small = header("x-1/z", EntryType::Regular, 2047 * MIB);
    let (read, asked) = seen(&packed(&[small.as_bytes()]), PLAIN);
    assert!(read.unwrap_err().contains("it inflates to more than 64 MiB"));
    assert!(asked <= 64 * KIB, "{asked}");
    let larger = header("x-1/z", EntryType::Regular, 1025 * MIB);
    let limits = Limits { ratio: 5000, ..Limits::default() };
    let (read, asked) = within(&limits, &stored(larger.as_bytes(), 512 << 10), PLAIN);
    assert!(read.unwrap_err().contains("has more than 1024 MiB"));
    assert!(asked <= 128 * KIB, "{asked}");
}

#[test]
fn a_bomb_is_refused_whatever_it_announces() {
    let zeros = vec![0; 80 << 10];
    // Nothing, a member that has ended, and one that goes on.
    for start in [&[][..], &file("x-1/z", "z"), header("x-1/z", EntryType::Regular, 80 * KIB).as_bytes()] {
        assert!(beyond(&packed(&[start, &zeros]), &low()).0.contains("it inflates to more than"));
    }
    assert!(beyond(&stored(&[], 80 << 10), &low()).0.is_empty(), "as large as its file");
}

#[test]
fn members_without_end_are_refused_by_their_number() {
    let limits = Limits { modest: MIB, ..low() };
    let member = header("x-1/f", EntryType::Regular, 0);
    let all = vec![member.as_bytes().as_slice(); 101];
    assert!(beyond(&packed(&all[..100]), &limits).0.is_empty());
    let (why, count) = beyond(&packed(&all), &limits);
    assert!(why.contains("more than 100 members") && count == 100, "{why} {count}");
    // Headers that are not members are counted too.
    let global = blocks("g", EntryType::XGlobalHeader, b"");
    assert!(beyond(&packed(&vec![global.as_slice(); 201]), &limits).0.contains("more than 100 members"));
    assert_eq!(Limits::default().members, 100_000);
}

fn pax_block(records: &[(&str, &str)]) -> Vec<u8> {
    blocks("p", EntryType::XHeader, &pax(records))
}

#[test]
fn links_fifos_and_devices_are_not_unpacked() {
    let special = |kind| packed(&[&file("x-1/a", ""), header("x-1/p", kind, 0).as_bytes()]);
    refused(&packed(&[&link("x-1/h", EntryType::Link, "/etc/passwd")]), "is a hard link");
    refused(&packed(&[&link("x-1/s", EntryType::Symlink, "/etc")]), "is a symbolic link");
    refused(&special(EntryType::Fifo), "is a FIFO");
    refused(&special(EntryType::Char), "is a device");
    refused(&special(EntryType::Block), "is a device");
    refused(&special(EntryType::new(b'?')), "is of an unknown type");
}

#[test]
fn paths_stay_in_the_one_top_directory() {
    let deep = format!("x-1/{}f", "d/".repeat(45));
    assert!(seen(&packed(&[&file(&deep, "")]), PLAIN).0.is_ok());
    let deeper = format!("x-1/{}f", "d/".repeat(1500));
    refused(&packed(&[&pax_block(&[("path", &deeper)]), &file("x", "")]), "has a path of more than 1024 bytes");
    let deeper = format!("x-1/{}f", "d/".repeat(64));
    refused(&packed(&[&pax_block(&[("path", &deeper)]), &file("x", "")]), "more than 64 directories");
    for path in ["x-1/../../../evil", "../evil", "/etc/passwd", "x-1//a", "./x-1/a", "x-1/.", ".."] {
        refused(&packed(&[&file("x-1/a", ""), &file(path, "")]), "path that is not plain");
    }
    refused(&packed(&[&file("x-1/a", ""), &file("y-1/a", "")]), "second top-level directory");
    refused(&packed(&[&file("alone", "")]), "is not in a directory");
    refused(&packed(&[&file("x-1/a\\b", "")]), "has a backslash");
    refused(&packed(&[&file("x-1/\x1b[2J\n::error::x", "")]), "has a control character");
    refused(&packed(&[&pax_block(&[("path", "x-1/a\0b")]), &file("x", "")]), "has a control character");
    let name = "n".repeat(256);
    refused(&packed(&[&pax_block(&[("path", &format!("x-1/{name}"))]), &file("x", "")]), "more than 255 bytes");
}

#[test]
fn a_place_has_one_member() {
    refused(&packed(&[&file("x-1/a", ""), &file("x-1/a/b", "")]), "needs a directory where x-1/a is a file");
    refused(&packed(&[&file("x-1/a/b", ""), &file("x-1/a", "")]), "is both a file and a directory");
    let directory = header("x-1/a/", EntryType::Directory, 0);
    refused(&packed(&[&file("x-1/a", ""), directory.as_bytes()]), "is a file");
    refused(&packed(&[&file("x-1/a/", "")]), "a file with the name of a directory");
}

#[test]
fn another_machine_s_rules_for_names_hold_there() {
    let clash = packed(&[&file("x-1/A/b", ""), &file("x-1/a/c", "")]);
    let windows = FileSystem { folds_case: true, is_windows: true };
    assert!(seen(&clash, PLAIN).0.is_ok());
    assert!(seen(&clash, windows).0.unwrap_err().contains("only in case"));
    for name in ["aux", "nul.tar.gz", "Com1.txt", "lpt¹", "a:b", "a.", "a ", "a?", "CONIN$"] {
        let bytes = packed(&[&file(&format!("x-1/{name}"), "")]);
        assert!(seen(&bytes, PLAIN).0.is_ok(), "{name}");
        assert!(seen(&bytes, windows).0.unwrap_err().contains("Windows does not allow"), "{name}");
    }
    for name in ["auxiliary", "com", "com10", "console.log", "a.b c"] {
        assert!(seen(&packed(&[&file(&format!("x-1/{name}"), "")]), windows).0.is_ok(), "{name}");
    }
}

#[test]
fn what_readers_take_for_different_things_is_refused() {
    refused(&packed(&[&pax_block(&[("size", "3")]), &file("x-1/a", "abcd")]), "different sizes");
    refused(&packed(&[&pax_block(&[("GNU.sparse.major", "1")]), &file("x-1/a", "")]), "sparse files are not read");
    refused(&packed(&[header("x-1/a", EntryType::GNUSparse, 0).as_bytes()]), "sparse files are not read");
    refused(&packed(&[&blocks("x-1/d", EntryType::Directory, b"content")]), "it is a directory, and has 7 bytes");
    refused(&packed(&[&blocks("x-1/l", EntryType::Symlink, b"content")]), "it is a symbolic link, and has 7 bytes");
    let (one, other) = (blocks("L", EntryType::GNULongName, b"x-1/one"), pax_block(&[("path", "x-1/other")]));
    refused(&packed(&[&one, &other, &file("x", "")]), "two different names");
    refused(&packed(&[&one, &one, &file("x", "")]), "two long names");
    refused(&packed(&[&one]), "a member that is missing");
    refused(&packed(&[&blocks("L", EntryType::GNULongName, b"x-1/a\0b"), &file("x", "")]), "NUL byte");
    let global = blocks("g", EntryType::XGlobalHeader, &pax(&[("path", "x-1/all")]));
    refused(&packed(&[&global, &file("x-1/a", "")]), "a global pax header sets path");
    let mut prefixed = header("a", EntryType::Regular, 0);
    prefixed.as_mut_bytes()[345] = b'p';
    prefixed.set_cksum();
    refused(&packed(&[prefixed.as_bytes()]), "where only some readers look");
}

#[test]
fn nothing_hides_behind_the_end() {
    let good = packed(&[&file("x-1/a", "a")]);
    refused(&[good.as_slice(), &packed(&[&file("x-1/b", "b")])].concat(), "bytes after the compressed archive");
    refused(&[good.as_slice(), b"x"].concat(), "bytes after the compressed archive");
    refused(&packed(&[&file("x-1/a", "a"), &[0; 1024], &file("x-1/b", "b")]), "trailing bytes");
    refused(&good[..good.len() - 1], "not a readable .tar.gz");
    let mut wrong = good.clone();
    let crc = wrong.len() - 8;
    wrong[crc] ^= 1;
    refused(&wrong, "not a readable .tar.gz");
    for cut in 0..good.len() {
        assert!(seen(&good[..cut], PLAIN).0.is_err(), "{cut}");
    }
}

#[test]
fn what_common_writers_make_is_read() {
    let long = format!("x-1/{}.rs", "n".repeat(200));
    let comment = blocks("g", EntryType::XGlobalHeader, &pax(&[("comment", "0123")]));
    let bytes = packed(&[
        &comment,
        header("x-1/", EntryType::Directory, 0).as_bytes(),
        &file("x-1/a", "a"),
        &blocks("L", EntryType::GNULongName, format!("{long}\0").as_bytes()),
        &file("x-1/n", "long"),
        &pax_block(&[("mtime", "1.5"), ("size", "3"), ("path", "x-1/é\u{1f308}")]),
        &file("x-1/e", "pax"),
    ]);
    let (read, asked) = seen(&bytes, FileSystem { folds_case: true, is_windows: true });
    assert_eq!(read.unwrap(), ["x-1/a=a", &format!("{long}=long"), "x-1/é🌈=pax"]);
    assert_eq!(asked, bytes.len() as u64, "every byte is read once");
}

#[test]
fn the_hash_is_that_of_the_bytes_that_were_read() {
    use sha2::{Digest as _, Sha256};
    let bytes = packed(&[&file("x-1/a", "a")]);
    let summary = each(&bytes, &Limits::default(), &mut |_, _| Ok(())).unwrap();
    assert_eq!(summary.packed, <[u8; 32]>::from(Sha256::digest(&bytes)));
    // A file that changes while it is read has the hash of the bytes read, not of its later content.
    struct Changing(Vec<u8>, AtomicU64);
    impl ReadAt for Changing {
        fn size(&self) -> u64 {
            self.0.size()
        }
        fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
            assert_eq!(self.1.fetch_add(buffer.len() as u64, Ordering::Relaxed), offset, "read once, in order");
            self.0.read_at(offset, buffer)
        }
    }
    let changing = Changing(bytes, AtomicU64::new(0));
    assert_eq!(each(&changing, &Limits::default(), &mut |_, _| Ok(())).unwrap().packed, summary.packed);
}

#[test]
fn what_the_source_says_is_said() {
    struct Broken;
    impl ReadAt for Broken {
        fn size(&self) -> u64 {
            100
        }
        fn read_at(&self, _: u64, _: &mut [u8]) -> Result<()> {
            Err(Error::new(ErrorKind::Io, "the disk is gone"))
        }
    }
    let error = each(&Broken, &Limits::default(), &mut |_, _| Ok(())).unwrap_err();
    assert_eq!((error.kind(), error.what()), (ErrorKind::Io, "the disk is gone"));
}
