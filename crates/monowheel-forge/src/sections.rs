//! Builds ELF files with sections and a symbol table, and Mach-O files with sections, as before stripping. No loader
//! would accept them: only the contents of their sections matter.

use super::bytes::{Bytes, Strings};

/// A section: name, whether it is code, bytes.
pub type Section<'a> = (&'a str, bool, Vec<u8>);
/// A function: name, number of its section, offset, size.
pub type Function<'a> = (&'a str, usize, u64, u64);

/// Where a section begins in memory.
fn address(section: usize) -> u64 {
    0x1000 * (section as u64 + 1)
}

/// An ELF file of x86-64.
pub fn elf(sections: &[Section<'_>], functions: &[Function<'_>]) -> Vec<u8> {
    let mut out = Bytes::new(false, true);
    let (mut names, mut strings) = (Strings::new(), Strings::new());
    out.zeros(64);
    // Name, type, flags, address, offset, size, link, entry size.
    let mut headers: Vec<[u64; 8]> = vec![[0; 8]];
    for (index, (name, is_code, bytes)) in sections.iter().enumerate() {
        let at = out.align(16).here();
        out.raw(bytes);
        let is_loaded = !name.starts_with(".debug") && *name != ".comment";
        let flags = if !is_loaded {
            0
        } else if *is_code {
            6
        } else {
            2
        };
        let place = if is_loaded { address(index) } else { 0 };
        headers.push([names.add(name).into(), 1, flags, place, at, bytes.len() as u64, 0, 0]);
    }
    let table = out.align(16).here();
    out.zeros(24);
    for (name, section, offset, size) in functions {
        out.u32(strings.add(name)).u8(0x12).u8(0).u16(*section as u16 + 1);
        out.u64(address(*section) + offset).u64(*size);
    }
    let size = out.here() - table;
    let link = sections.len() as u64 + 2;
    headers.push([names.add(".symtab").into(), 2, 0, 0, table, size, link, 24]);
    headers.push([names.add(".strtab").into(), 3, 0, 0, out.here(), strings.0.len() as u64, 0, 0]);
    out.raw(&strings.0);
    let own = names.add(".shstrtab").into();
    headers.push([own, 3, 0, 0, out.here(), names.0.len() as u64, 0, 0]);
    out.raw(&names.0);
    let at = out.align(8).here();
    for [name, kind, flags, address, offset, size, link, entry] in &headers {
        out.u32(*name as u32).u32(*kind as u32).u64(*flags).u64(*address).u64(*offset).u64(*size);
        out.u32(*link as u32).u32(if *kind == 2 { 1 } else { 0 }).u64(1).u64(*entry);
    }
    let mut head = Bytes::new(false, true);
    head.raw(b"\x7fELF").u8(2).u8(1).u8(1).zeros(9).u16(3).u16(62).u32(1).u64(0).u64(0).u64(at).u32(0);
    head.u16(64).u16(56).u16(0).u16(64).u16(headers.len() as u16).u16(headers.len() as u16 - 1);
    out.put(0, &head.bytes);
    out.bytes
}

/// A Mach-O bundle of arm64 with this UUID, code, and bytes in `__LINKEDIT`.
pub fn macho(uuid: [u8; 16], code: &[u8], linkedit: &[u8]) -> Vec<u8> {
    let name = |text: &str| {
        let mut name = [0; 16];
        name[..text.len()].copy_from_slice(text.as_bytes());
        name
    };
    let mut out = Bytes::new(false, true);
    let commands = 152 + 24 + 72;
    let at = 32 + commands;
    out.u32(0xfeed_facf).u32(0x0100_000c).u32(0).u32(8).u32(3).u32(commands).u32(0).u32(0);
    out.u32(0x19).u32(152).raw(&name("__TEXT")).u64(0).u64(0x4000).u64(0).u64(u64::from(at) + code.len() as u64);
    out.u32(5).u32(5).u32(1).u32(0);
    out.raw(&name("__text")).raw(&name("__TEXT")).u64(at.into()).u64(code.len() as u64);
    out.u32(at).u32(0).u32(0).u32(0).u32(0x8000_0400).u32(0).u32(0).u32(0);
    out.u32(0x1b).u32(24).raw(&uuid);
    out.u32(0x19).u32(72).raw(&name("__LINKEDIT")).u64(0x4000).u64(0x4000).u64(u64::from(at) + code.len() as u64);
    out.u64(linkedit.len() as u64).u32(1).u32(1).u32(0).u32(0);
    out.raw(code).raw(linkedit);
    out.bytes
}
