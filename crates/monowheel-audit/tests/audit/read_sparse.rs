//! A library that arrives in pieces reads as in one, or not at all, whatever of it is left out.

use monowheel_wheel::binary::{Arch, Binary, EmbeddedPaths, Sparse};
use proptest::prelude::*;

use crate::forge::elf::{Hash, clean, forge_with};

/// The program headers of a 64-bit file; of a forged one, the second is of the code, the third of variables.
const HEADERS: usize = 64;
const HEADER: usize = 56;
const COUNT: usize = 6;
/// Where `e_phoff` is in the file, and `p_offset`, `p_vaddr` and `p_filesz` in a program header.
const TABLE: usize = 32;
const OFFSET: usize = 8;
const ADDRESS: usize = 16;
const SIZE: usize = 32;

/// The size of the code, and of other bytes before and behind it.
const CODE: usize = 150_000;
const OTHERS: usize = 10_000;

/// Pieces as large as the audit's, and others.
const PIECES: [usize; 6] = [128 << 10, 64 << 10, 10_007, 4096, 700, 512];

fn put(bytes: &mut [u8], at: usize, number: usize) {
    bytes[at..at + 8].copy_from_slice(&(number as u64).to_le_bytes());
}

/// A library, and the offset of its code.
fn library() -> (Vec<u8>, usize) {
    let mut slice = clean(Arch::X86_64);
    slice.exports = crate::forge::exports(5, vec!["PyInit_demo".to_owned()]);
    slice.paths = EmbeddedPaths { count: 1, examples: vec!["/home/me/demo/lib.rs".to_owned()] };
    let mut bytes = forge_with(&slice, Hash::Gnu);
    let start = bytes.len() + OTHERS;
    bytes.resize(start + CODE + OTHERS, 0xcc);
    put(&mut bytes, HEADERS + HEADER + OFFSET, start);
    put(&mut bytes, HEADERS + HEADER + SIZE, CODE);
    put(&mut bytes, HEADERS + 2 * HEADER + OFFSET, start + CODE);
    put(&mut bytes, HEADERS + 2 * HEADER + SIZE, OTHERS);
    (bytes, start)
}

fn in_pieces(bytes: &[u8], piece: usize) -> Sparse {
    let mut sparse = Sparse::new(b"of the last file".to_vec());
    bytes.chunks(piece).for_each(|piece| sparse.add(piece));
    assert_eq!(sparse.len(), bytes.len());
    sparse
}

/// Reads the library in pieces without its code, and compares.
fn is_the_same(bytes: &[u8], why: &str) {
    let whole = Binary::read(bytes).unwrap();
    for piece in PIECES {
        let mut sparse = in_pieces(bytes, piece);
        assert_eq!(sparse.kept().len(), bytes.len() - CODE, "{why}, in pieces of {piece}");
        assert_eq!(sparse.read().unwrap().unwrap(), whole, "{why}, in pieces of {piece}");
    }
}

#[test]
fn the_code_is_left_out() {
    let (bytes, start) = library();
    is_the_same(&bytes, "code");

    let mut complete = Sparse::complete(Vec::new());
    complete.add(&bytes);
    assert_eq!(complete.kept(), bytes);

    // Without program headers in the first piece, nothing is left out.
    let mut sparse = in_pieces(&bytes, 100);
    assert_eq!(sparse.kept(), bytes);
    assert_eq!(sparse.read().unwrap().unwrap(), Binary::read(&bytes).unwrap());

    // The same when the headers are in the segment of the code, or nothing is behind it.
    for (header, offset) in [(HEADER, 0), (HEADER, 8), (HEADER, HEADERS - 1), (2 * HEADER, start)] {
        let mut bytes = bytes.clone();
        put(&mut bytes, HEADERS + header + OFFSET, offset);
        assert_eq!(in_pieces(&bytes, 4096).kept(), bytes, "{offset}");
    }
}

#[test]
fn headers_may_be_elsewhere() {
    let (mut bytes, _) = library();
    let (table, end) = (bytes[HEADERS..HEADERS + COUNT * HEADER].to_vec(), bytes.len());
    put(&mut bytes, TABLE, end);
    bytes.extend(table);
    is_the_same(&bytes, "headers at the end");
}

#[test]
fn tables_in_the_code_are_not_guessed() {
    let (mut bytes, start) = library();
    let headers = HEADERS + COUNT * HEADER;
    put(&mut bytes, HEADERS + SIZE, headers);
    put(&mut bytes, HEADERS + HEADER + OFFSET, headers);
    put(&mut bytes, HEADERS + HEADER + ADDRESS, headers);
    put(&mut bytes, HEADERS + HEADER + SIZE, start + CODE - headers);
    // The dynamic table, which is also that of PT_GNU_RELRO, would be the end of the code.
    put(&mut bytes, HEADERS + 3 * HEADER + OFFSET, 0);
    put(&mut bytes, HEADERS + 5 * HEADER + OFFSET, 0);
    assert!(Binary::read(&bytes).is_ok());
    for piece in PIECES {
        let mut sparse = in_pieces(&bytes, piece);
        assert!(sparse.kept().len() < bytes.len() - CODE);
        assert!(sparse.read().is_none(), "{piece}");
    }
}

#[test]
fn build_paths_are_found_wherever_they_are() {
    let (bytes, start) = library();
    let short = b"\0/home/me/demo/src/lib.c\0".to_vec();
    let long = [b"/home/me/", &b"x".repeat(3900)[..], b".c\0"].concat();
    let registry = [b"\0/opt/", &b"x".repeat(200)[..], b"/cargo/registry/src/demo/lib.rs\0"].concat();
    let edges = [start, start + CODE / 2, start + CODE].into_iter().flat_map(|at| at - 30..at + 8);
    let pieces = PIECES.into_iter().flat_map(|piece| [-4200, -300, -30, -3, 0, 1].map(|by| (piece as isize, by)));
    let places = pieces.map(|(piece, by)| usize::try_from((start as isize / piece + 1) * piece + by).unwrap());
    for at in edges.chain(places) {
        for path in [&short, &long, &registry] {
            let mut bytes = bytes.clone();
            bytes[at..at + path.len()].copy_from_slice(path);
            assert_eq!(Binary::read(&bytes).unwrap().slices[0].paths.count, 2, "{at}");
            is_the_same(&bytes, &format!("path of {} bytes at {at}", path.len()));
        }
    }
}

#[test]
fn neighbours_of_the_code_do_not_join() {
    let (mut bytes, start) = library();
    let path = b"\0/home/me/demo/src/lib.c\0";
    for half in 3..path.len() - 3 {
        bytes[start - half..start].copy_from_slice(&path[..half]);
        bytes[start + CODE..start + CODE + path.len() - half].copy_from_slice(&path[half..]);
        is_the_same(&bytes, &format!("{half} bytes of a path before the code"));
    }
}

proptest! {
    #[test]
    fn nothing_is_read_differently(
        changes in prop::collection::vec((0usize..1200, any::<u8>()), 0..6),
        code in 0usize..CODE,
        behind in 0usize..CODE,
        paths in prop::collection::vec((2000usize..CODE, 1usize..4000), 0..8),
        piece in 1usize..140_000,
    ) {
        let (mut bytes, _) = library();
        put(&mut bytes, HEADERS + HEADER + OFFSET, code);
        put(&mut bytes, HEADERS + 2 * HEADER + OFFSET, behind);
        for (place, byte) in changes {
            bytes[place] = byte;
        }
        for (at, length) in paths {
            let path = [b"/home/me/", &b"x".repeat(length)[..], b"/home/me/lib.c"].concat();
            bytes[at..at + path.len()].copy_from_slice(&path);
        }
        if let Some(read) = in_pieces(&bytes, piece).read() {
            let whole = Binary::read(&bytes);
            prop_assert_eq!(read.map_err(|error| error.to_string()), whole.map_err(|error| error.to_string()));
        }
    }
}
