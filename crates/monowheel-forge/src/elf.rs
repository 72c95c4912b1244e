//! Builds ELF shared libraries.
//!
//! One file is one `LOAD` segment in which addresses are offsets. Everything is found by program headers
//! and the dynamic table; section headers exist for `debug_info` alone, as in a stripped library.

mod symbols;
mod versions;

use monowheel_wheel::binary::{Arch, FramePointers, Segment, Slice};

use self::symbols::Symbols;
use self::versions::{Needs, define};
use super::bytes::{Bytes, Strings};

/// How a library records the number of its dynamic symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// `DT_HASH`, which counts them.
    Sysv,
    /// `DT_GNU_HASH`, which has only the exports; imports are found by their relocations.
    Gnu,
    /// Both, as lld writes them: `DT_HASH` has entries of 32 bits for every processor.
    Lld,
}

/// A shared library without findings of hardening rules.
pub fn clean(arch: Arch) -> Slice {
    let mut slice = Slice::of(arch);
    slice.hardening.executable_stack = Some(false);
    slice.hardening.relro = Some(true);
    slice.hardening.bind_now = Some(true);
    slice.hardening.text_relocations = Some(false);
    let load = |write, execute| Segment { name: "LOAD".to_owned(), read: true, write, execute };
    slice.segments = vec![load(false, false), load(false, true), load(true, false)];
    slice
}

/// An ELF file that reads back as `slice`, which has at least one segment, all named `LOAD`. Hardening fields
/// that are `None` are written as in [`clean`].
pub fn forge(slice: &Slice) -> Vec<u8> {
    forge_with(slice, Hash::Sysv)
}

/// The same with a choice of hash table.
pub fn forge_with(slice: &Slice, hash: Hash) -> Vec<u8> {
    let (_, big_endian, _) = machine(&slice.arch);
    let mut out = Bytes::new(big_endian, slice.is_64);
    let needs = Needs::of(slice);
    let default = [Segment { name: "LOAD".to_owned(), read: true, write: false, execute: false }];
    let segments = if slice.segments.is_empty() { &default[..] } else { &slice.segments };
    let relro = slice.hardening.relro != Some(false);
    let storage = storage(slice).is_some();
    let optional = [relro, slice.isa_level.is_some(), storage, slice.frame_pointers.is_some()];
    let program_headers = segments.len() + 2 + optional.into_iter().filter(|is| *is).count();
    let header_size = if slice.is_64 { 64 } else { 52 };
    out.zeros(header_size + program_headers * if slice.is_64 { 56 } else { 32 });

    // Strings, then the references to them.
    let mut strings = Strings::new();
    let mut dynamic = names(slice, &mut strings);
    let symbols = Symbols::of(slice, &needs, &mut strings);
    out.align(8);
    dynamic.push((6, out.here()));
    symbols.write(&mut out);
    dynamic.push((11, if slice.is_64 { 24 } else { 16 }));
    let defined = &slice.link.defined_versions;
    if needs.count > 0 || !defined.is_empty() {
        dynamic.push((0x6fff_fff0, out.align(8).here()));
        for version in &symbols.versions {
            out.u16(*version);
        }
    }
    if !defined.is_empty() {
        dynamic.push((0x6fff_fffc, out.align(8).here()));
        let own_name = slice.own_name.as_deref().unwrap_or_default();
        define(&mut out, own_name, defined, needs.next_index(), &mut strings);
        dynamic.push((0x6fff_fffd, defined.len() as u64 + 1));
    }
    if needs.count > 0 {
        dynamic.push((0x6fff_fffe, out.align(8).here()));
        needs.write(&mut out, &mut strings);
        dynamic.push((0x6fff_ffff, needs.files.len() as u64));
    }
    match hash {
        Hash::Sysv => dynamic.push((4, symbols.sysv_hash(&mut out, slice.arch == Arch::S390x))),
        Hash::Gnu | Hash::Lld => {
            if hash == Hash::Lld {
                dynamic.push((4, symbols.sysv_hash(&mut out, false)));
            }
            dynamic.push((0x6fff_fef5, symbols.gnu_hash(&mut out)));
            let (table, size) = symbols.relocations(&mut out);
            let entry = if slice.is_64 { 24 } else { 8 };
            let tags = if slice.is_64 { [7, 8, 9] } else { [17, 18, 19] };
            dynamic.extend(tags.into_iter().zip([table, size, entry]));
        }
    }
    if slice.link.indirect_functions {
        assert_eq!(slice.arch, Arch::X86_64, "the type of the relocation");
        // `DT_JMPREL`, with one `R_X86_64_IRELATIVE`.
        dynamic.extend([(23, out.align(8).here()), (2, 24), (20, 7)]);
        out.word(0).word(37).word(0);
    }
    dynamic.push((5, out.here()));
    dynamic.push((10, strings.0.len() as u64));
    out.raw(&strings.0);
    super::write_paths(&mut out, &slice.paths);

    let note = out.align(8).here();
    if let Some(level) = slice.isa_level {
        isa_note(&mut out, level);
    }
    let note = (note, out.here() - note);
    let frames = out.align(8).here();
    if let Some(pointers) = slice.frame_pointers {
        unwind_information(&mut out, pointers);
    }
    let frames = (frames, out.here() - frames);
    let table = out.align(8).here();
    dynamic.push((0, 0));
    for (tag, value) in &dynamic {
        out.word(*tag).word(*value);
    }
    let table = (table, out.here() - table);
    let sections = write_sections(&mut out, &slice.debug_info);

    let layout =
        Layout { segments, program_headers, header_size, whole: out.here(), table, note, frames, sections, relro };
    out.put(0, &layout.head(slice).bytes);
    out.bytes
}

/// The entries of the dynamic section that name things or are flags.
fn names(slice: &Slice, strings: &mut Strings) -> Vec<(u64, u64)> {
    let hardening = &slice.hardening;
    let mut dynamic: Vec<(u64, u64)> = Vec::new();
    for library in &slice.libraries {
        dynamic.push((1, strings.add(&library.name).into()));
    }
    if let Some(name) = &slice.own_name {
        dynamic.push((14, strings.add(name).into()));
    }
    if !slice.run_paths.is_empty() {
        // `DT_RPATH` or `DT_RUNPATH`.
        dynamic.push((
            if slice.link.inherits_run_paths { 15 } else { 29 },
            strings.add(&slice.run_paths.join(":")).into(),
        ));
    }
    let flags_1 = u64::from(hardening.bind_now != Some(false)) | u64::from(slice.link.is_program) << 27;
    if flags_1 != 0 {
        dynamic.push((0x6fff_fffb, flags_1));
    }
    if slice.link.static_tls.is_some() {
        dynamic.push((30, 0x10));
    }
    if slice.link.packed_relocations {
        dynamic.push((36, 0));
    }
    if hardening.text_relocations == Some(true) {
        dynamic.push((22, 0));
    }
    dynamic
}

/// How many bytes each thread has.
fn storage(slice: &Slice) -> Option<u64> {
    slice.link.static_tls.filter(|size| *size > 0).or_else(|| slice.link.dynamic_tls.then_some(8))
}

/// The positions of the parts of the file, for its header.
struct Layout<'a> {
    segments: &'a [Segment],
    program_headers: usize,
    header_size: usize,
    /// The size of the file.
    whole: u64,
    /// The dynamic section, the note and the unwind information: where, and how long.
    table: (u64, u64),
    note: (u64, u64),
    frames: (u64, u64),
    sections: (u64, u16),
    relro: bool,
}

impl Layout<'_> {
    /// The file header and the program headers.
    fn head(&self, slice: &Slice) -> Bytes {
        let Self { segments, program_headers, header_size, whole, table, note, frames, sections, relro } = *self;
        let (machine, big_endian, flags) = machine(&slice.arch);
        let hardening = &slice.hardening;
        let mut head = Bytes::new(big_endian, slice.is_64);
        head.raw(b"\x7fELF").u8(1 + u8::from(slice.is_64)).u8(1 + u8::from(big_endian)).u8(1).zeros(9);
        head.u16(3).u16(machine).u32(1).word(0).word(header_size as u64).word(sections.0).u32(flags);
        head.u16(header_size as u16).u16(if slice.is_64 { 56 } else { 32 }).u16(program_headers as u16);
        head.u16(if slice.is_64 { 64 } else { 40 }).u16(sections.1).u16(sections.1.saturating_sub(1));
        for (index, segment) in segments.iter().enumerate() {
            let flags = u32::from(segment.execute) | u32::from(segment.write) << 1 | u32::from(segment.read) << 2;
            // The first contains the file; the others are zeros after it.
            let place = if slice.link.is_unsorted { segments.len() - index } else { index };
            let (address, in_file) = if index == 0 { (0, whole) } else { (0x100_0000 * place as u64, 0) };
            // A multiple of every kernel's page size.
            let align = slice.link.small_alignment.unwrap_or(0x1_0000);
            if slice.link.is_incongruent && index == 1 {
                mapped(&mut head, 1, flags, (0, address + 8), 8, align);
            } else {
                program_header(&mut head, 1, flags, address, in_file, align);
            }
        }
        program_header(&mut head, 2, 4, table.0, table.1, 8);
        program_header(&mut head, 0x6474_e551, if hardening.executable_stack == Some(true) { 7 } else { 6 }, 0, 0, 16);
        if relro {
            program_header(&mut head, 0x6474_e552, 4, table.0, table.1, 1);
        }
        if slice.isa_level.is_some() {
            program_header(&mut head, 4, 4, note.0, note.1, 8);
        }
        if slice.frame_pointers.is_some() {
            program_header(&mut head, 0x6474_e550, 4, frames.0, frames.1, 4);
        }
        if let Some(size) = storage(slice) {
            storage_header(&mut head, size);
        }
        head
    }
}

fn program_header(out: &mut Bytes, kind: u32, flags: u32, at: u64, size: u64, align: u64) {
    // A segment without bytes in the file begins at offset 0.
    mapped(out, kind, flags, (if size == 0 { 0 } else { at }, at), size, align);
}

/// A program header with its offset in the file and its address.
fn mapped(out: &mut Bytes, kind: u32, flags: u32, (offset, address): (u64, u64), size: u64, align: u64) {
    let memory = size.max(0x1000);
    out.u32(kind);
    if out.is_64 {
        out.u32(flags);
    }
    out.word(offset).word(address).word(address).word(size).word(memory);
    if !out.is_64 {
        out.u32(flags);
    }
    out.word(align);
}

/// `PT_TLS`: this many zeros for each thread.
fn storage_header(out: &mut Bytes, size: u64) {
    out.u32(7);
    if out.is_64 {
        out.u32(4);
    }
    out.word(0).word(0).word(0).word(0).word(size);
    if !out.is_64 {
        out.u32(4);
    }
    out.word(8);
}

/// `e_machine`, whether it is big-endian, and `e_flags`.
fn machine(arch: &Arch) -> (u16, bool, u32) {
    match arch {
        Arch::X86_64 => (62, false, 0),
        Arch::I686 => (3, false, 0),
        Arch::Aarch64 => (183, false, 0),
        Arch::Armv7l => (40, false, 0x0500_0400),
        Arch::Ppc64le => (21, false, 2),
        Arch::S390x => (22, true, 0),
        Arch::Riscv64 => (243, false, 5),
        Arch::Loongarch64 => (258, false, 0x43),
        Arch::Wasm32 => panic!("there is no ELF for WebAssembly"),
        Arch::Other(name) => match name.as_str() {
            "ppc64" => (21, true, 1),
            "arm" => (40, false, 0x0500_0200),
            "ppc64le-elfv1" => (21, false, 1),
            "riscv64-lp64" => (243, false, 1),
            other => (other.strip_prefix("machine-").expect("a known architecture").parse().unwrap(), false, 0),
        },
    }
}

/// `GNU_PROPERTY_X86_ISA_1_NEEDED` with every level up to this one.
fn isa_note(out: &mut Bytes, level: u8) {
    let data = if out.is_64 { 16 } else { 12 };
    out.u32(4).u32(data).u32(5).raw(b"GNU\0").u32(0xc000_8002).u32(4).u32((1 << level) - 1);
    out.align(if out.is_64 { 8 } else { 4 });
}

/// `.eh_frame_hdr` without a table, and `.eh_frame`: functions that move their frame to `rbp`, then others with locals,
/// and one without a frame.
fn unwind_information(out: &mut Bytes, pointers: FramePointers) {
    const PC_RELATIVE: u8 = 0x1b;
    // No count and no table; the distance to what follows.
    out.u8(1).u8(PC_RELATIVE).u8(0xff).u8(0xff).u32(4);
    let rules = [0x0c, 7, 8, 0x90, 1, 0, 0];
    out.u32(20).u32(0).u8(1).raw(b"zR\0").u8(1).u8(0x78).u8(16).u8(1).u8(PC_RELATIVE).raw(&rules);
    let mut distance = 28;
    for index in 0..=pointers.functions {
        let instructions: [u8; 7] = match index {
            _ if index < pointers.kept => [0x0e, 16, 0x86, 2, 0x0d, 6, 0],
            _ if index < pointers.functions => [0x0e, 64, 0x83, 3, 0, 0, 0],
            _ => [0; 7],
        };
        out.u32(20).u32(distance).u32(0).u32(1).u8(0).raw(&instructions);
        distance += 24;
    }
    out.u32(0);
}

/// Sections with these names, not loaded: the offset of their headers, and how many there are.
fn write_sections(out: &mut Bytes, names: &[String]) -> (u64, u16) {
    if names.is_empty() {
        return (0, 0);
    }
    let mut strings = Strings::new();
    let offsets: Vec<u32> =
        names.iter().map(String::as_str).chain([".shstrtab"]).map(|name| strings.add(name)).collect();
    let table = (out.here(), strings.0.len() as u64);
    out.raw(&strings.0);
    let at = out.align(8).here();
    let is_64 = out.is_64;
    out.zeros(if is_64 { 64 } else { 40 });
    for (index, name) in offsets.iter().enumerate() {
        let last = index + 1 == offsets.len();
        let (offset, size) = if last { table } else { (0, 4) };
        out.u32(*name).u32(if last { 3 } else { 1 }).word(0).word(0).word(offset).word(size);
        out.u32(0).u32(0).word(1).word(0);
    }
    (at, offsets.len() as u16 + 1)
}
