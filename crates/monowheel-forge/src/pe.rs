//! Builds PE DLLs.
//!
//! The first section holds all tables; the others are named and empty.

use monowheel_wheel::binary::{Arch, Import, MinimumOs, Segment, Signature, Slice};

use super::bytes::Bytes;

/// Where the first section begins in memory.
const BASE: u32 = 0x1000;
/// Where it begins in the file: after the headers of at most 64 sections.
const DATA: u64 = 0x1000;

/// The time that `/Brepro` writes: a hash that could be 2026-03-14.
const HASH: u32 = 1_773_500_966;

/// A DLL without findings of hardening rules.
pub fn clean(arch: Arch) -> Slice {
    let mut slice = Slice::of(arch);
    slice.hardening.nx = Some(true);
    slice.hardening.aslr = Some(true);
    slice.hardening.high_entropy = slice.is_64.then_some(true);
    slice.hardening.control_flow_guard = Some(true);
    let section = |name: &str, write, execute| Segment { name: name.to_owned(), read: true, write, execute };
    slice.segments =
        vec![section(".rdata", false, false), section(".text", false, true), section(".data", true, false)];
    slice.timestamp = Some(0);
    slice.minimum_os = Some(MinimumOs { platform: "windows".to_owned(), version: (6, 0) });
    slice
}

/// A PE file that reads back as `slice`, which has at least one segment and at most 64, a
/// minimum system, and imports in the order of its libraries: those that are loaded at once, then the
/// delayed ones. Names of sections in `debug_info` are among its segments. Hardening fields that are `None`
/// are written as in [`clean`].
pub fn forge(slice: &Slice) -> Vec<u8> {
    let default = [Segment { name: ".rdata".to_owned(), read: true, write: false, execute: false }];
    let segments = if slice.segments.is_empty() { &default[..] } else { &slice.segments };
    let mut data = Bytes::new(false, slice.is_64);
    data.zeros(16);
    let mut directories = [(0_u32, 0_u32); 16];
    if slice.exports.count > 0 || slice.own_name.is_some() {
        directories[0] = exports(&mut data, slice);
    }
    if slice.libraries.iter().any(|library| !library.delayed) {
        directories[1] = imports(&mut data, slice);
    }
    if slice.libraries.iter().any(|library| library.delayed) {
        directories[13] = delayed(&mut data, slice);
    }
    let pdb = slice.debug_info.iter().find(|name| !name.starts_with('.'));
    if pdb.is_some() || slice.timestamp.is_none() {
        directories[6] = debug(&mut data, pdb, slice.timestamp.is_none());
    }
    if slice.arch == Arch::Other("arm64ec".to_owned()) {
        directories[10] = hybrid_configuration(&mut data);
    }
    if slice.arch == Arch::Other("any-cpu".to_owned()) {
        directories[14] = managed_header(&mut data);
    }
    super::write_paths(&mut data, &slice.paths);
    data.align(0x200);
    let size = data.here() as u32;

    // The string table of long section names is after the data, and the signature after that.
    let mut strings: Vec<u8> = Vec::new();
    let names: Vec<[u8; 8]> = segments.iter().map(|segment| section_name(&segment.name, &mut strings)).collect();
    let mut tail = Bytes::new(false, slice.is_64);
    if !strings.is_empty() {
        tail.u32(strings.len() as u32 + 4).raw(&strings).align(8);
    }
    if slice.signature == Signature::Unchecked {
        directories[4] = (DATA as u32 + size + tail.here() as u32, 16);
        tail.u32(16).u16(0x200).u16(2).zeros(8);
    }

    let symbols = if strings.is_empty() { 0 } else { DATA as u32 + size };
    let mut out = headers(slice, segments.len(), symbols, &directories);
    for (index, (segment, name)) in segments.iter().zip(&names).enumerate() {
        let (memory, in_file, at) = if index == 0 { (size, size, DATA as u32) } else { (0x1000, 0, 0) };
        let address = if index == 0 { BASE } else { 0x1000_0000 + 0x1000 * index as u32 };
        out.raw(name).u32(memory).u32(address).u32(in_file).u32(at).zeros(12);
        let flag = |set, bit| if set { 1_u32 << bit } else { 0 };
        out.u32(flag(segment.execute, 29) | flag(segment.read, 30) | flag(segment.write, 31));
    }
    assert!(out.here() <= DATA, "too many sections");
    out.zeros((DATA - out.here()) as usize).raw(&data.bytes).raw(&tail.bytes);
    out.bytes
}

/// Everything before the section table.
fn headers(slice: &Slice, sections: usize, symbols: u32, directories: &[(u32, u32); 16]) -> Bytes {
    let machine = match &slice.arch {
        Arch::X86_64 => 0x8664,
        Arch::I686 => 0x14c,
        Arch::Aarch64 => 0xaa64,
        Arch::Other(name) => match name.as_str() {
            "arm64ec" => 0x8664,
            "any-cpu" => 0x14c,
            "arm64x" => 0xa64e,
            other => other.strip_prefix("machine-").expect("a known architecture").parse().unwrap(),
        },
        other => panic!("no {other} in PE"),
    };
    let hardening = &slice.hardening;
    let flag = |given: Option<bool>, bits: u16| if given == Some(false) { 0 } else { bits };
    let high_entropy = if slice.is_64 { flag(hardening.high_entropy, 0x20) } else { 0 };
    let characteristics = high_entropy
        | flag(hardening.aslr, 0x40)
        | flag(hardening.nx, 0x100)
        | flag(hardening.control_flow_guard, 0x4000);
    let (major, minor) = slice.minimum_os.as_ref().map_or((6, 0), |os| os.version);

    let mut out = Bytes::new(false, slice.is_64);
    out.raw(b"MZ").zeros(58).u32(64).raw(b"PE\0\0");
    out.u16(machine).u16(sections as u16).u32(slice.timestamp.unwrap_or(HASH)).u32(symbols).u32(0);
    out.u16(if slice.is_64 { 240 } else { 224 }).u16(if slice.link.is_program { 0x22 } else { 0x2022 });
    out.u16(if slice.is_64 { 0x20b } else { 0x10b }).zeros(2).zeros(20);
    if !slice.is_64 {
        out.u32(0);
    }
    out.word(0x1000_0000).u32(0x1000).u32(0x200).zeros(8).u16(major).u16(minor).u32(0);
    out.u32(0x4000_0000).u32(DATA as u32).u32(0).u16(2).u16(characteristics);
    out.word(0).word(0).word(0).word(0).u32(0).u32(16);
    for (address, size) in directories {
        out.u32(*address).u32(*size);
    }
    out
}

/// Eight bytes, or the offset in the string table, counted from its size field.
fn section_name(name: &str, strings: &mut Vec<u8>) -> [u8; 8] {
    let mut field = [0; 8];
    let short = if name.len() > 8 {
        let at = strings.len() + 4;
        strings.extend_from_slice(name.as_bytes());
        strings.push(0);
        format!("/{at}")
    } else {
        name.to_owned()
    };
    field[..short.len()].copy_from_slice(short.as_bytes());
    field
}

/// A string, and its address.
fn string(data: &mut Bytes, text: &str) -> u32 {
    let at = address(data);
    data.raw(text.as_bytes()).u8(0);
    at
}

fn address(data: &Bytes) -> u32 {
    BASE + data.here() as u32
}

fn exports(data: &mut Bytes, slice: &Slice) -> (u32, u32) {
    let mut names = super::export_names(&slice.exports);
    names.sort();
    let count = names.len() as u32;
    let own = slice.own_name.as_ref().map_or(0, |name| string(data, name));
    let names: Vec<u32> = names.iter().map(|name| string(data, name)).collect();
    data.align(4);
    let functions = address(data);
    for _ in &names {
        data.u32(BASE + 4);
    }
    let pointers = address(data);
    for name in &names {
        data.u32(*name);
    }
    let ordinals = address(data);
    for index in 0..count {
        data.u16(index as u16);
    }
    data.align(4);
    let at = address(data);
    data.u32(0).u32(0).u32(0).u32(own).u32(1).u32(count).u32(count).u32(functions).u32(pointers).u32(ordinals);
    (at, 40)
}

/// The thunks of one library, ended by zero: their address.
fn thunks(data: &mut Bytes, imports: &[&Import]) -> u32 {
    let ordinal = if data.is_64 { 1 << 63 } else { 1 << 31 };
    let values: Vec<u64> = imports
        .iter()
        .map(|import| match import.name.strip_prefix('#').and_then(|number| number.parse::<u16>().ok()) {
            Some(number) => ordinal | u64::from(number),
            None => {
                data.align(2);
                let at = address(data);
                data.u16(0).raw(import.name.as_bytes()).u8(0);
                at.into()
            }
        })
        .collect();
    data.align(8);
    let at = address(data);
    for value in values.iter().chain(&[0]) {
        data.word(*value);
    }
    at
}

/// Name and thunks of each library that is, or is not, delayed.
fn tables(data: &mut Bytes, slice: &Slice, delayed: bool) -> Vec<(u32, u32)> {
    slice
        .libraries
        .iter()
        .filter(|library| library.delayed == delayed)
        .map(|library| {
            let of = |import: &&Import| import.delayed == delayed && import.library.as_ref() == Some(&library.name);
            let own: Vec<&Import> = slice.imports.iter().filter(of).collect();
            (string(data, &library.name), thunks(data, &own))
        })
        .collect()
}

fn imports(data: &mut Bytes, slice: &Slice) -> (u32, u32) {
    let tables = tables(data, slice, false);
    data.align(4);
    let at = address(data);
    for (name, thunks) in &tables {
        data.u32(*thunks).u32(0).u32(0).u32(*name).u32(*thunks);
    }
    data.zeros(20);
    (at, address(data) - at)
}

fn delayed(data: &mut Bytes, slice: &Slice) -> (u32, u32) {
    let tables = tables(data, slice, true);
    data.align(4);
    let at = address(data);
    for (name, thunks) in &tables {
        data.u32(1).u32(*name).u32(0).u32(0).u32(*thunks).u32(0).u32(0).u32(0);
    }
    data.zeros(32);
    (at, address(data) - at)
}

/// A debug directory with an entry that names a PDB, and the one of `/Brepro`.
fn debug(data: &mut Bytes, pdb: Option<&String>, reproducible: bool) -> (u32, u32) {
    data.align(4);
    let record = address(data);
    let size = pdb.map_or(0, |path| 24 + path.len() as u32 + 1);
    if let Some(path) = pdb {
        data.raw(b"RSDS").zeros(16).u32(1);
        string(data, path);
    }
    data.align(4);
    let at = address(data);
    if pdb.is_some() {
        data.u32(0).u32(0).u32(0).u32(2).u32(size).u32(record).u32(record - BASE + DATA as u32);
    }
    if reproducible {
        data.u32(0).u32(0).u32(0).u32(16).u32(0).u32(0).u32(0);
    }
    (at, address(data) - at)
}

/// A load configuration of 64 bits that points to metadata of hybrid code.
fn hybrid_configuration(data: &mut Bytes) -> (u32, u32) {
    data.align(8);
    let at = address(data);
    data.u32(208).zeros(196).u64(u64::from(BASE));
    (at, 208)
}

/// The header of a .NET assembly without native code.
fn managed_header(data: &mut Bytes) -> (u32, u32) {
    data.align(4);
    let at = address(data);
    data.u32(72).u16(2).u16(5).zeros(8).u32(1).zeros(52);
    (at, 72)
}
