//! Forges objects with DWARF, and libraries that they are linked into, for tests.

use gimli::write::{
    Address, AttributeValue as Value, Dwarf, EndianVec, LineProgram, LineString, Range, RangeList, Sections, Unit,
};
use gimli::{Encoding, LineEncoding, LittleEndian, SectionId, constants};

use super::macho::{HEADER, SECTION, SEGMENT};

/// `N_SECT`, `N_SECT | N_EXT`, `N_OSO` and `N_FUN`.
pub(super) const LOCAL: u8 = 0x0e;
pub(super) const SHARED: u8 = 0x0f;
pub(super) const OBJECT: u8 = 0x66;
pub(super) const FUNCTION: u8 = 0x24;

const PRODUCER: &str = "forged";
const ARM: [u32; 2] = [0x0100_000c, 0];

/// A symbol: name, `n_type`, section and value.
pub(super) type Symbol = (&'static str, u8, u8, u64);

/// A section: name, segment, address, content, flags, and relocations (offset and symbol) of 8 bytes.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) segment: &'static str,
    pub(super) address: u64,
    pub(super) content: Vec<u8>,
    pub(super) is_code: bool,
    pub(super) relocations: Vec<(u32, u32)>,
}

pub(super) fn section(name: &'static str, segment: &'static str, address: u64, content: Vec<u8>) -> Section {
    Section { name, segment, address, content, is_code: segment == "__TEXT", relocations: Vec::new() }
}

/// A file with one segment.
pub(super) fn macho(kind: u32, uuid: Option<[u8; 16]>, sections: &[Section], symbols: &[Symbol]) -> Vec<u8> {
    let segment_size = SEGMENT + SECTION * sections.len();
    let commands_size = segment_size + 24 + if uuid.is_some() { 24 } else { 0 };
    let mut at = HEADER + commands_size;
    let (mut headers, mut content) = (Vec::new(), Vec::new());
    for section in sections {
        let mut name = [0; 32];
        name[..section.name.len()].copy_from_slice(section.name.as_bytes());
        name[16..16 + section.segment.len()].copy_from_slice(section.segment.as_bytes());
        headers.extend(name);
        headers.extend(section.address.to_le_bytes());
        headers.extend((section.content.len() as u64).to_le_bytes());
        let relocations_at = at + section.content.len();
        let flags = if section.is_code { 0x8000_0400 } else { 0 };
        let count = section.relocations.len() as u32;
        for number in [at as u32, 0, relocations_at as u32, count, flags, 0, 0, 0] {
            headers.extend(number.to_le_bytes());
        }
        content.extend(&section.content);
        for (offset, symbol) in &section.relocations {
            content.extend(offset.to_le_bytes());
            // Unsigned, 8 bytes, external.
            content.extend((symbol | 3 << 25 | 1 << 27).to_le_bytes());
        }
        at = HEADER + commands_size + content.len();
    }
    let mut names = vec![0];
    let mut table = Vec::new();
    for (name, kind, section, value) in symbols {
        table.extend((if name.is_empty() { 0 } else { names.len() as u32 }).to_le_bytes());
        table.extend([*kind, *section, 0, 0]);
        table.extend(value.to_le_bytes());
        names.extend(name.bytes().chain([0]));
    }

    let mut out = Vec::new();
    let count = if uuid.is_some() { 3 } else { 2 };
    for number in [0xfeed_facf, ARM[0], ARM[1], kind, count, commands_size as u32, 0, 0] {
        out.extend(number.to_le_bytes());
    }
    for number in [0x19, segment_size as u32] {
        out.extend(number.to_le_bytes());
    }
    out.extend(*b"__TEXT\0\0\0\0\0\0\0\0\0\0");
    for number in [0, 0x10000, 0, at as u64] {
        out.extend(u64::to_le_bytes(number));
    }
    for number in [7, 7, sections.len() as u32, 0] {
        out.extend(u32::to_le_bytes(number));
    }
    out.extend(headers);
    for number in [2, 24, at, symbols.len(), at + table.len(), names.len()] {
        out.extend((number as u32).to_le_bytes());
    }
    if let Some(uuid) = uuid {
        out.extend([0x1b_u32.to_le_bytes(), 24_u32.to_le_bytes()].concat());
        out.extend(uuid);
    }
    out.extend([content, table, names].concat());
    out
}

/// The DWARF of functions (name, address, size) in `file`. Each has a row for every 4 bytes, whose lines begin at 10 for
/// the first function, 20 for the second and so on; bytes 4 to 8 are of an inlined call of `helper`, from line 7.
pub(super) fn dwarf(file: &str, functions: &[(&str, u64, u64)], version: u16) -> Vec<Section> {
    let encoding = Encoding { format: gimli::Format::Dwarf32, version, address_size: 8 };
    let mut dwarf = Dwarf::new();
    let mut text = |text: &str| LineString::new(text, encoding, &mut dwarf.line_strings);
    let (directory, name) = (text("/src"), text(file));
    let mut lines = LineProgram::new(encoding, LineEncoding::default(), directory, None, name.clone(), None);
    let directory = lines.default_directory();
    let file_id = lines.add_file(name, directory, None);
    for (index, (_, start, size)) in functions.iter().enumerate() {
        lines.begin_sequence(Some(Address::Constant(*start)));
        for offset in (0..*size).step_by(4) {
            lines.row().address_offset = offset;
            lines.row().file = file_id;
            lines.row().line = 10 * (index as u64 + 1) + offset / 4;
            lines.generate_row();
        }
        lines.end_sequence(*size);
    }
    let mut unit = Unit::new(encoding, lines);
    let root = unit.root();
    let code =
        functions.iter().map(|(_, start, size)| Range::StartLength { begin: Address::Constant(*start), length: *size });
    let code = unit.ranges.add(RangeList(code.collect()));
    unit.get_mut(root).set(constants::DW_AT_ranges, Value::RangeListRef(code));
    unit.get_mut(root).set(constants::DW_AT_low_pc, Value::Address(Address::Constant(0)));
    for (name, text) in
        [(constants::DW_AT_producer, PRODUCER), (constants::DW_AT_name, file), (constants::DW_AT_comp_dir, "/src")]
    {
        unit.get_mut(root).set(name, Value::StringRef(dwarf.strings.add(text)));
    }
    let helper = unit.add(root, constants::DW_TAG_subprogram);
    unit.get_mut(helper).set(constants::DW_AT_name, Value::StringRef(dwarf.strings.add("helper")));
    for (name, start, size) in functions {
        let function = unit.add(root, constants::DW_TAG_subprogram);
        unit.get_mut(function).set(constants::DW_AT_name, Value::String(name.as_bytes().to_vec()));
        unit.get_mut(function).set(constants::DW_AT_low_pc, Value::Address(Address::Constant(*start)));
        unit.get_mut(function).set(constants::DW_AT_high_pc, Value::Data8(*size));
        let block = unit.add(function, constants::DW_TAG_lexical_block);
        let call = unit.add(block, constants::DW_TAG_inlined_subroutine);
        let entry = unit.get_mut(call);
        entry.set(constants::DW_AT_abstract_origin, Value::UnitRef(helper));
        entry.set(constants::DW_AT_low_pc, Value::Address(Address::Constant(start + 4)));
        entry.set(constants::DW_AT_high_pc, Value::Data8(4));
        entry.set(constants::DW_AT_call_file, Value::FileIndex(Some(file_id)));
        entry.set(constants::DW_AT_call_line, Value::Udata(7));
    }
    dwarf.units.add(unit);
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    dwarf.write(&mut sections).unwrap();
    let names = [
        (SectionId::DebugInfo, "__debug_info"),
        (SectionId::DebugAbbrev, "__debug_abbrev"),
        (SectionId::DebugLine, "__debug_line"),
        (SectionId::DebugLineStr, "__debug_line_str"),
        (SectionId::DebugStr, "__debug_str"),
        (SectionId::DebugRanges, "__debug_ranges"),
        (SectionId::DebugRngLists, "__debug_rnglists"),
    ];
    let content = |id| sections.get(id).unwrap().slice().to_vec();
    names.into_iter().map(|(id, name)| section(name, "__DWARF", 0x100, content(id))).collect()
}

/// An object with functions of 16 bytes, each the size of an atom.
pub(super) fn object(file: &str, functions: &[Symbol], version: u16) -> Vec<u8> {
    let described: Vec<_> = functions.iter().map(|(name, _, _, at)| (name.trim_start_matches('_'), *at, 16)).collect();
    let mut sections = vec![section("__text", "__TEXT", 0, vec![0; 16 * functions.len()])];
    sections.extend(dwarf(file, &described, version));
    macho(1, None, &sections, functions)
}

/// A library whose code is from 0x1000 to 0x2000.
pub(super) fn library(symbols: &[Symbol]) -> Vec<u8> {
    macho(6, Some([7; 16]), &[section("__text", "__TEXT", 0x1000, vec![0; 0x1000])], symbols)
}
