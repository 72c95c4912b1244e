//! Mach-O files that no linker writes: they are refused, or cost no more than their bytes.

use std::time::{Duration, Instant};

use monowheel_wheel::binary::{Arch, Binary, Format, Import, Library, MinimumOs, Signature, Slice};
use object::macho;

use crate::forge::macho::{command, forge_with, set, word};
use crate::forge::macho_names::Names;

fn slice(arch: Arch) -> Slice {
    let mut slice = Slice::of(arch);
    slice.libraries = vec![Library { name: "/usr/lib/libSystem.B.dylib".to_owned(), delayed: false, weak: false }];
    let import = |name: &str, library: Option<&str>| Import {
        name: name.to_owned(),
        library: library.map(str::to_owned),
        version: None,
        weak: false,
        delayed: false,
    };
    slice.imports = vec![import("PyLong_FromLong", None), import("malloc", Some("/usr/lib/libSystem.B.dylib"))];
    slice.exports = crate::forge::exports(40, vec!["PyInit_demo".to_owned()]);
    slice.own_name = Some("@rpath/demo.abi3.so".to_owned());
    slice.run_paths = vec!["@loader_path".to_owned()];
    slice.minimum_os = Some(MinimumOs { platform: "macos".to_owned(), version: (11, 0) });
    slice.signature = Signature::Valid { ad_hoc: true, identifier: "demo".to_owned(), team: None };
    slice
}

fn thin(names: Names) -> Vec<u8> {
    forge_with(&Binary { format: Format::MachO, fat: false, slices: vec![slice(Arch::Aarch64)] }, names)
}

fn fat() -> Vec<u8> {
    let slices = vec![slice(Arch::X86_64), slice(Arch::Aarch64)];
    forge_with(&Binary { format: Format::MachO, fat: true, slices }, Names::ChainedFixups)
}

/// The result for the file, which must not take long.
fn read(bytes: &[u8]) -> Result<Binary, String> {
    let start = Instant::now();
    let read = Binary::read(bytes).map_err(|error| error.to_string());
    assert!(start.elapsed() < Duration::from_secs(10), "{:?} for {read:?}", start.elapsed());
    read
}

fn refused(bytes: &[u8], why: &str) {
    let error = read(bytes).expect_err(why);
    assert!(error.contains(why), "{error} instead of {why}");
}

#[test]
fn absurd_load_commands_are_refused() {
    let good = thin(Names::SymbolTable);
    for (at, value, why) in [
        (16, u32::MAX, "4294967295 load commands"),
        (20, u32::MAX, "Invalid Mach-O load command table size"),
        // The size of the first command: none, less than its own header, more than there is.
        (36, 0, "Invalid Mach-O load command size"),
        (36, 7, "Invalid Mach-O load command size"),
        (36, u32::MAX, "Invalid Mach-O load command size"),
        (12, macho::MH_OBJECT.0, "a Mach-O file of type 1 cannot be loaded"),
    ] {
        let mut bytes = good.clone();
        set(&mut bytes, at, value);
        refused(&bytes, why);
    }
    let mut twice = good.clone();
    let id = command(&twice, macho::LC_RPATH.0);
    set(&mut twice, id, macho::LC_SYMTAB.0);
    refused(&twice, "two load commands 0x2");
}

#[test]
fn absurd_counts_are_refused() {
    for (names, kind, field, why) in [
        (Names::SymbolTable, macho::LC_SYMTAB, 12, "Invalid Mach-O symbol table offset or size"),
        (Names::ChainedFixups, macho::LC_DYLD_CHAINED_FIXUPS, 12, "Invalid Mach-O chained fixups offset or size"),
        (Names::ChainedFixups, macho::LC_DYLD_EXPORTS_TRIE, 12, "an export trie outside the file"),
        (Names::Opcodes, macho::LC_DYLD_INFO_ONLY, 20, "Invalid Mach-O dyld info bind offset or size"),
    ] {
        let mut bytes = thin(names);
        let at = command(&bytes, kind.0);
        set(&mut bytes, at + field, u32::MAX);
        refused(&bytes, why);
    }
    let mut bytes = thin(Names::ChainedFixups);
    let fixups = word(&bytes, command(&bytes, macho::LC_DYLD_CHAINED_FIXUPS.0) + 8) as usize;
    set(&mut bytes, fixups + 16, u32::MAX);
    refused(&bytes, "Invalid Mach-O chained fixups import");
}

#[test]
fn a_symbol_of_a_library_that_is_not_loaded_is_refused() {
    let mut bytes = thin(Names::SymbolTable);
    let symbols = word(&bytes, command(&bytes, macho::LC_SYMTAB.0) + 8) as usize;
    bytes[symbols + 16 + 7] = 9;
    refused(&bytes, "malloc comes from library 9 of 1");
}

#[test]
fn fat_files_hold_each_byte_and_each_architecture_once() {
    let big = |bytes: &mut [u8], at: usize, value: u32| bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
    let good = fat();
    // The second slice's table entry is at 28: processor, subtype, offset, size.
    let first = u32::from_be_bytes(good[16..20].try_into().unwrap());
    for (at, value, why) in [
        (36, first, "slices of a fat file that overlap"),
        (36, 8, "slices of a fat file that overlap"),
        (28, macho::CPU_TYPE_X86_64.0, "two slices of one architecture"),
        (28, macho::CPU_TYPE_X86.0, "a slice for aarch64 where the fat header says i686"),
        (36, u32::MAX, "Invalid fat arch offset or size"),
        (4, 0x0fff_ffff, "not a readable shared library"),
    ] {
        let mut bytes = good.clone();
        big(&mut bytes, at, value);
        if why.starts_with("two") {
            big(&mut bytes, 32, macho::CPU_SUBTYPE_X86_64_ALL.0);
        }
        refused(&bytes, why);
    }
    let mut nested = good.clone();
    nested[first as usize..first as usize + 4].copy_from_slice(&macho::FAT_MAGIC.to_be_bytes());
    refused(&nested, "not a readable shared library");
}

/// Replaces the export trie of a file.
fn with_trie(trie: &[u8]) -> Vec<u8> {
    let mut bytes = thin(Names::ChainedFixups);
    let at = command(&bytes, macho::LC_DYLD_EXPORTS_TRIE.0);
    let end = bytes.len() as u32;
    set(&mut bytes, at + 8, end);
    set(&mut bytes, at + 12, trie.len() as u32);
    bytes.extend_from_slice(trie);
    bytes
}

#[test]
fn export_tries_end() {
    let cycle = [0, 1, b'a', 0, 0];
    refused(&with_trie(&cycle), "a broken export trie");
    // Each node has `edges` edges, all to the next one: 2^40 names if there are two.
    let chain = |edges: u8| {
        let mut trie = Vec::new();
        for _ in 0..40 {
            let next = trie.len() + 2 + 5 * usize::from(edges);
            trie.extend_from_slice(&[0, edges]);
            for edge in 0..edges {
                trie.extend_from_slice(&[b'a' + edge, 0, next as u8 | 0x80, (next >> 7) as u8 | 0x80, 0]);
            }
        }
        [trie, vec![2, 0, 0, 0]].concat()
    };
    assert!(read(&with_trie(&chain(1))).is_ok_and(|binary| binary.slices[0].exports.count == 1));
    refused(&with_trie(&chain(2)), "a broken export trie");
    assert!(read(&with_trie(&[])).is_ok_and(|binary| binary.slices[0].exports.count == 0));
}

#[test]
fn a_binding_repeated_2_64_times_is_one_import() {
    let mut bytes = thin(Names::Opcodes);
    let info = command(&bytes, macho::LC_DYLD_INFO_ONLY.0);
    let mut stream = vec![macho::BIND_OPCODE_SET_DYLIB_ORDINAL_IMM.0 | 1];
    stream.push(macho::BIND_OPCODE_SET_SYMBOL_TRAILING_FLAGS_IMM.0);
    stream.extend_from_slice(b"_free\0");
    stream.push(macho::BIND_OPCODE_DO_BIND_ULEB_TIMES_SKIPPING_ULEB.0);
    stream.extend_from_slice(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0]);
    let end = bytes.len() as u32;
    set(&mut bytes, info + 16, end);
    set(&mut bytes, info + 20, stream.len() as u32);
    bytes.extend_from_slice(&stream);
    let names: Vec<String> = read(&bytes).unwrap().slices[0].imports.iter().map(|import| import.name.clone()).collect();
    assert_eq!(names, ["free", "malloc"]);
}

#[test]
fn a_million_symbols_may_not_share_one_long_name() {
    let mut bytes = thin(Names::SymbolTable);
    let symtab = command(&bytes, macho::LC_SYMTAB.0);
    // String table: a megabyte without a terminator except the last. Symbols: all undefined, all with that name.
    let strings = bytes.len();
    bytes.resize(strings + (1 << 20), b'_');
    bytes.push(0);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let symbols = bytes.len();
    for _ in 0..1 << 16 {
        bytes.extend_from_slice(&[0, 0, 0, 0, macho::N_EXT.0, 0, 0, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    for (field, value) in [(8, symbols), (12, 1 << 16), (16, strings), (20, (1 << 20) + 1)] {
        set(&mut bytes, symtab + field, value as u32);
    }
    assert!(read(&bytes).is_err());
}

#[test]
fn a_signature_outside_or_of_nothing_is_invalid() {
    let good = thin(Names::SymbolTable);
    let at = command(&good, macho::LC_CODE_SIGNATURE.0);
    let blob = word(&good, at + 8) as usize;
    let why = |bytes: &[u8]| match &read(bytes).unwrap().slices[0].signature {
        Signature::Invalid { why } => why.clone(),
        other => panic!("{other:?}"),
    };
    let spoilt = |at: usize, value: u32| {
        let mut bytes = good.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_be_bytes());
        bytes
    };
    assert_eq!(why(&spoilt(at + 8, u32::MAX)), "it is outside the file");
    // The wrapper: length, count, offset of the first part.
    assert_eq!(why(&spoilt(blob + 4, u32::MAX)), "it is longer than the space for it");
    assert_eq!(why(&spoilt(blob + 8, u32::MAX)), "Invalid Mach-O code signature blob count");
    assert_eq!(why(&spoilt(blob + 16, u32::MAX)), "Invalid Mach-O code signature blob offset");
    assert_eq!(why(&spoilt(blob + 12, 2)), "its requirements is of another type");
    // The code directory begins after an index of three parts: limit, pages, hashes.
    let directory = blob + 12 + 3 * 8;
    assert_eq!(why(&spoilt(directory + 32, 4096)), format!("it covers only 4096 of the {blob} bytes before it"));
    assert_eq!(why(&spoilt(directory + 32, u32::MAX)), "it covers more bytes than the file has");
    assert_eq!(why(&spoilt(directory + 28, 1)), "it has 1 hashes for 9 pages");
    assert_eq!(why(&spoilt(directory + 36, 0x2002_001f)), "its pages have 2^31 bytes");
    assert_eq!(why(&spoilt(directory + 16, u32::MAX)), "Invalid Mach-O code directory hash offset");
    // The hash of the requirements is the first of the special slots, right before that of the first page.
    let mut bytes = good.clone();
    let hashes = directory + u32::from_be_bytes(good[directory + 16..directory + 20].try_into().unwrap()) as usize;
    bytes[hashes - 64] ^= 1;
    assert_eq!(why(&bytes), "the hash of its requirements is wrong");
}

/// Marsaglia's generator, so that a failure can be reproduced.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn no_mutation_panics_or_hangs() {
    let seeds = [thin(Names::SymbolTable), thin(Names::Opcodes), thin(Names::ChainedFixups), fat()];
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let (mut taken, mut refused) = (0, 0);
    for round in 0..1000_usize {
        let mut bytes = seeds[round % seeds.len()].clone();
        for _ in 0..=random(&mut state) % 4 {
            // Most of the file is empty code: aim at the headers and the tables.
            let tables = 0x8000 + (random(&mut state) % (bytes.len() as u64 - 0x8000)) as usize;
            let header = (random(&mut state) % 900) as usize;
            let at = if random(&mut state) % 2 == 0 { header } else { tables }.min(bytes.len() - 4);
            let values = [0, 1, 7, u32::MAX, 1 << 31, bytes.len() as u32, random(&mut state) as u32];
            match random(&mut state) % 8 {
                value @ 0..7 => set(&mut bytes, at, values[value as usize]),
                _ => bytes[at] ^= 1 << (random(&mut state) % 8),
            }
        }
        if random(&mut state) % 8 == 0 {
            bytes.truncate((random(&mut state) % bytes.len() as u64) as usize);
        }
        match read(&bytes) {
            Ok(_) => taken += 1,
            Err(_) => refused += 1,
        }
    }
    // If all results were the same, the changes would not reach their targets.
    assert!(taken > 0 && refused > 0, "{taken} read, {refused} refused");
}
