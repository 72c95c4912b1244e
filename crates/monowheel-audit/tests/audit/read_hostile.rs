//! Hostile libraries: reading ends quickly, with a result or an error.

use std::time::{Duration, Instant};

use monowheel_wheel::binary::{Arch, Binary, EmbeddedPaths, Format, Import, Library, Slice, VersionNeed, limits};

use crate::forge;
use crate::forge::elf::{Hash, forge_with};

/// Longer than any of these needs, even in an unoptimized build on a busy machine.
const SOON: Duration = Duration::from_secs(60);

fn is_refused(bytes: &[u8], why: &str) {
    let start = Instant::now();
    match Binary::read(bytes) {
        Ok(_) => panic!("taken, but: {why}"),
        Err(error) => assert!(error.to_string().contains(why), "{error}, not {why}"),
    }
    assert!(start.elapsed() < SOON, "{why}");
}

/// A library with an entry in every table.
fn sample(format: Format, arch: Arch) -> Slice {
    let mut slice = forge::clean(format, arch);
    let (library, version) = match format {
        Format::Elf => ("libc.so.6", Some("GLIBC_2.17".to_owned())),
        _ => ("python3.dll", None),
    };
    slice.libraries = vec![Library { name: library.to_owned(), delayed: false, weak: false }];
    for name in ["PyLong_FromLong", "malloc", "PyObject_Init"] {
        let import = Import {
            name: name.to_owned(),
            library: Some(library.to_owned()),
            version: version.clone(),
            weak: false,
            delayed: false,
        };
        slice.imports.push(import);
    }
    if let Some(version) = version {
        slice.versions = vec![VersionNeed { library: library.to_owned(), version }];
    } else {
        slice.libraries.push(Library { name: "user32.dll".to_owned(), delayed: true, weak: false });
    }
    slice.exports = crate::forge::exports(5, vec!["PyInit_demo".to_owned()]);
    slice.own_name = Some("demo.so".to_owned());
    slice.debug_info = if format == Format::Elf { vec![".debug_info".to_owned()] } else { vec!["demo.pdb".to_owned()] };
    slice.isa_level = (format == Format::Elf && slice.arch == Arch::X86_64).then_some(2);
    slice.paths = EmbeddedPaths { count: 1, examples: vec!["/home/me/demo/lib.rs".to_owned()] };
    slice
}

fn number(bytes: &[u8], at: usize) -> usize {
    usize::try_from(u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap_or_default())).unwrap_or(usize::MAX)
}

/// The offset of the value of a dynamic tag in a forged 64-bit file.
fn dynamic(bytes: &[u8], tag: usize) -> usize {
    let programs = (64..).step_by(56);
    let table = programs.take_while(|at| at + 56 <= bytes.len()).find(|at| bytes[*at..*at + 4] == [2, 0, 0, 0]);
    let table = number(bytes, table.map_or(0, |at| at + 8));
    let entry = (table..bytes.len()).step_by(16).find(|at| number(bytes, *at) == tag);
    entry.map_or_else(|| panic!("no tag {tag}"), |at| at + 8)
}

fn elf() -> Vec<u8> {
    forge_with(&sample(Format::Elf, Arch::X86_64), Hash::Sysv)
}

/// With one 64-bit value replaced.
fn with(mut bytes: Vec<u8>, at: usize, value: u64) -> Vec<u8> {
    bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn elf_tables_outside_the_file() {
    let sound = elf();
    assert!(Binary::read(&sound).is_ok());
    for tag in [4, 5, 6, 0x6fff_fff0, 0x6fff_fffe] {
        let at = dynamic(&sound, tag);
        for value in [u64::MAX, u64::from(u32::MAX), sound.len() as u64] {
            is_refused(&with(sound.clone(), at, value), "outside the file");
        }
    }
    // A string table of four billion bytes ends with its segment.
    let at = dynamic(&sound, 10);
    assert!(Binary::read(&with(sound.clone(), at, 1 << 32)).is_ok());
    is_refused(&with(sound.clone(), at, 1), "a name that is not terminated");
    is_refused(&with(sound.clone(), at, 0), "outside the string table");
    is_refused(&sound[..sound.len() - 1], "beyond the end of the file");
    is_refused(&with(sound, 32, u64::MAX), "program header");
}

#[test]
fn elf_counts_that_cannot_be() {
    let sound = elf();
    let hash = number(&sound, dynamic(&sound, 4));
    let mut many = sound.clone();
    many[hash + 4..hash + 8].copy_from_slice(&u32::MAX.to_le_bytes());
    is_refused(&many, "damaged hash table");
    let mut programs = sound;
    programs[56..58].copy_from_slice(&[0xfe, 0xff]);
    is_refused(&programs, "program header");
}

#[test]
fn elf_symbols_that_share_a_long_name() {
    let mut slice = sample(Format::Elf, Arch::X86_64);
    slice.imports.clear();
    slice.versions.clear();
    slice.exports = Default::default();
    for _ in 0..2000 {
        slice.imports.push(Import { name: "x".to_owned(), library: None, version: None, weak: false, delayed: false });
    }
    slice.own_name = Some("n".repeat(1 << 16));
    let mut bytes = forge_with(&slice, Hash::Sysv);
    let name = number(&bytes, dynamic(&bytes, 14));
    let table = number(&bytes, dynamic(&bytes, 6));
    for symbol in 1..=2000 {
        let at = table + symbol * 24;
        bytes[at..at + 4].copy_from_slice(&u32::try_from(name).unwrap_or(0).to_le_bytes());
    }
    is_refused(&bytes, "MiB of names");
}

#[test]
fn elf_versions_in_a_ring() {
    // Offsets only go forward, so a cycle is a chain of overlapping entries.
    let sound = elf();
    let needs = number(&sound, dynamic(&sound, 0x6fff_fffe));
    let mut bytes = sound;
    bytes[needs + 2..needs + 4].copy_from_slice(&u16::MAX.to_le_bytes());
    // The next entry begins only one byte after this one, again and again.
    bytes[needs + 28..needs + 32].copy_from_slice(&1_u32.to_le_bytes());
    is_refused(&bytes, "a name outside the string table");
}

#[test]
fn elf_more_segments_than_any_file_has() {
    let mut slice = sample(Format::Elf, Arch::X86_64);
    let segment = slice.segments[0].clone();
    slice.segments = vec![segment; limits::PARTS];
    is_refused(&forge_with(&slice, Hash::Sysv), "parts");
}

/// The offset of a data directory in a forged PE file.
fn directory(bytes: &[u8], index: usize) -> usize {
    let optional = 64 + 24;
    optional + if bytes[optional..optional + 2] == [0x0b, 0x02] { 112 } else { 96 } + 8 * index
}

fn put(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

/// The file offset of an address; in forged files they are equal.
fn address(bytes: &[u8], at: usize) -> usize {
    usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default())).unwrap_or(usize::MAX)
}

fn pe() -> Vec<u8> {
    forge::pe::forge(&sample(Format::Pe, Arch::X86_64))
}

#[test]
fn pe_tables_outside_the_image() {
    let sound = pe();
    assert!(Binary::read(&sound).is_ok());
    for index in [0, 1, 13] {
        for value in [u32::MAX, 0x0fff_0000, 0x7fff_ffff] {
            let mut bytes = sound.clone();
            put(&mut bytes, directory(&sound, index), value);
            is_refused(&bytes, "outside the image");
        }
    }
    // The debug directory is not needed.
    let mut bytes = sound.clone();
    put(&mut bytes, directory(&sound, 6), u32::MAX);
    assert!(Binary::read(&bytes).is_ok());
    is_refused(&sound[..sound.len() - 1], "beyond the end of the file");
}

#[test]
fn pe_counts_of_four_billion() {
    let sound = pe();
    let exports = address(&sound, directory(&sound, 0));
    for field in [20, 24] {
        let mut bytes = sound.clone();
        put(&mut bytes, exports + field, u32::MAX);
        is_refused(&bytes, "symbols");
        put(&mut bytes, exports + field, 100_000);
        is_refused(&bytes, "longer than its section");
    }
}

#[test]
fn pe_import_descriptors_that_share_their_thunks() {
    // As many descriptors as fit, all with the same long list of imports.
    let mut slice = sample(Format::Pe, Arch::X86_64);
    let import = slice.imports[0].clone();
    slice.imports = vec![import; 2000];
    let library = slice.libraries[0].clone();
    slice.libraries = (0..1000).map(|n| Library { name: format!("{n}.dll"), ..library.clone() }).collect();
    slice.libraries[0] = library;
    let mut bytes = forge::pe::forge(&slice);
    let table = address(&bytes, directory(&bytes, 1));
    let thunks = u32::try_from(address(&bytes, table)).unwrap_or(0);
    for index in 0..1000 {
        put(&mut bytes, table + 20 * index, thunks);
    }
    is_refused(&bytes, "more than");
}

#[test]
fn pe_imports_that_share_a_long_library() {
    // Each import keeps the library's name.
    let mut slice = sample(Format::Pe, Arch::X86_64);
    let long = "l".repeat(1 << 16);
    let import = Import { library: Some(long.clone()), ..slice.imports[0].clone() };
    slice.imports = vec![import; 1000];
    slice.libraries = vec![Library { name: long, delayed: false, weak: false }];
    is_refused(&forge::pe::forge(&slice), "MiB of names");
}

#[test]
fn pe_names_without_an_end() {
    // Only if the last page is full: otherwise zeros follow in memory.
    let full = (0..8).map(|more| {
        let mut slice = sample(Format::Pe, Arch::X86_64);
        slice.own_name = Some("n".repeat(1 + 0x200 * more));
        forge::pe::forge(&slice)
    });
    let mut bytes = full.into_iter().find(|bytes| bytes.len() % 0x1000 == 0).unwrap_or_default();
    let table = address(&bytes, directory(&bytes, 1));
    let last = bytes.len() - 1;
    bytes[last] = b'x';
    put(&mut bytes, table + 12, u32::try_from(last).unwrap_or(0));
    is_refused(&bytes, "name that is not terminated");
}

/// Numbers from a seed (Marsaglia's xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 16).unwrap_or(0) % limit.max(1)
    }
}

/// Changes a few bytes, most of them near the tables, and reads the file; returns how often it was accepted and
/// refused.
fn mutate(sound: &[u8], rounds: usize, seed: u64) -> (usize, usize) {
    let (mut read, mut refused) = (0, 0);
    let mut random = Random(seed);
    let mut bytes = sound.to_vec();
    let mut changed: Vec<usize> = Vec::new();
    for _ in 0..rounds {
        for at in changed.drain(..) {
            bytes[at] = sound[at];
        }
        for _ in 0..1 + random.below(4) {
            let near = if random.below(3) == 0 { sound.len() } else { sound.len().min(0x2000) };
            let at = random.below(near);
            let value = [0, 1, 0x7f, 0x80, 0xff, u8::try_from(random.below(256)).unwrap_or(0)][random.below(6)];
            let end = (at + [1, 1, 2, 4, 8][random.below(5)]).min(sound.len());
            bytes[at..end].fill(value);
            changed.extend(at..end);
        }
        let end = if random.below(8) == 0 { random.below(sound.len()) } else { sound.len() };
        match Binary::read(&bytes[..end]) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    (read, refused)
}

/// If all results were the same, the changes would not reach the tables.
fn mutate_forged(sound: &[u8], seed: u64) {
    let (read, refused) = mutate(sound, 3000, seed);
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}

#[test]
fn changed_bytes_of_forged_libraries() {
    for (index, arch) in [Arch::X86_64, Arch::I686, Arch::S390x, Arch::Armv7l].into_iter().enumerate() {
        for hash in [Hash::Sysv, Hash::Gnu, Hash::Lld] {
            mutate_forged(&forge_with(&sample(Format::Elf, arch.clone()), hash), 0x9e37_79b9 + index as u64);
        }
    }
    for (index, arch) in [Arch::X86_64, Arch::I686, Arch::Aarch64].into_iter().enumerate() {
        mutate_forged(&forge::pe::forge(&sample(Format::Pe, arch)), 0x85eb_ca6b + index as u64);
    }
}

/// The libraries of this process.
#[cfg(target_os = "linux")]
#[test]
fn changed_bytes_of_real_libraries() {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut files: Vec<&str> = maps.lines().filter_map(|line| line.split_once('/').map(|(_, path)| path)).collect();
    files.retain(|file| file.contains(".so"));
    files.dedup();
    assert!(!files.is_empty(), "no libraries in {maps}");
    for file in files {
        let bytes = fs_err::read(format!("/{file}")).unwrap();
        assert!(Binary::read(&bytes).is_ok(), "{file}");
        // Each round scans the complete file, which is slow in an unoptimized build.
        let (read, refused) = mutate(&bytes, (1 << 23) / bytes.len().clamp(1 << 16, 1 << 23), 0xc2b2_ae35);
        assert!(read + refused > 0, "{file}: nothing was changed");
    }
}
