//! The Mach-O file around the DWARF, with the layout of `dsymutil`'s: the load commands, the symbols and their names on
//! the second page, and the DWARF from a page of its own on.

use gimli::write::{self, EndianVec, Sections};
use gimli::{LittleEndian, SectionId};
use monowheel_wheel::bytes::{put, put32, put64, u64_at};
use object::macho;

use super::Damage;
use super::macho::{HEADER, Macho, SECTION, SEGMENT, SYMBOL};

const PAGE: usize = 0x1000;
/// Bytes of a `symtab_command`.
const SYMTAB: usize = 24;
/// The sections, in the order of the file. DWARF 4 has no others that are needed.
const SECTIONS: [(SectionId, &str); 5] = [
    (SectionId::DebugLine, "__debug_line"),
    (SectionId::DebugRanges, "__debug_ranges"),
    (SectionId::DebugInfo, "__debug_info"),
    (SectionId::DebugAbbrev, "__debug_abbrev"),
    (SectionId::DebugStr, "__debug_str"),
];

/// The companion file of `library`.
pub(super) fn write(library: &Macho<'_>, dwarf: &mut write::Dwarf) -> Result<Vec<u8>, Damage> {
    let mut sections = Sections::new(EndianVec::new(LittleEndian));
    dwarf.write(&mut sections)?;
    let parts: Vec<(&str, &[u8])> = SECTIONS
        .iter()
        .filter_map(|(id, name)| Some((*name, sections.get(*id)?.slice())))
        .filter(|(_, content)| !content.is_empty())
        .collect();
    file(library, &parts)
        .ok_or_else(|| Damage("it has more than 4 GiB, or the library's segments are damaged".to_owned()))
}

fn file(library: &Macho<'_>, parts: &[(&str, &[u8])]) -> Option<Vec<u8>> {
    let (symbols, names) = symbols(library)?;
    let (count, symbols_at) = (symbols.len() / SYMBOL, commands_size(library, parts).next_multiple_of(PAGE));
    let names_at = symbols_at + symbols.len();
    let names_end = names_at + names.len();
    let dwarf_at = names_end.next_multiple_of(PAGE);

    let mut commands: Vec<Vec<u8>> = library.identity.iter().map(|command| command.to_vec()).collect();
    let mut symtab = vec![0; SYMTAB];
    put32(&mut symtab, 0, usize::try_from(macho::LC_SYMTAB.0).ok()?)?;
    for (at, number) in [(4, SYMTAB), (8, symbols_at), (12, count), (16, names_at), (20, names.len())] {
        put32(&mut symtab, at, number)?;
    }
    commands.push(symtab);
    let mut end = 0;
    for segment in &library.segments {
        let mut command = segment.raw.to_vec();
        let is_link_edit = command.get(8..).is_some_and(|name| name.starts_with(b"__LINKEDIT\0"));
        end = end.max(u64_at(&command, 24)?.checked_add(u64_at(&command, 32)?)?);
        put32(&mut command, 4, SEGMENT + segment.sections.len() * SECTION)?;
        put64(&mut command, 40, if is_link_edit { symbols_at } else { 0 })?;
        put64(&mut command, 48, if is_link_edit { names_end - symbols_at } else { 0 })?;
        for section in &segment.sections {
            let mut raw = section.raw.to_vec();
            // It has no content and no relocations.
            put(&mut raw, 48, &[0; 4])?;
            put(&mut raw, 56, &[0; 8])?;
            command.extend(raw);
        }
        commands.push(command);
    }
    let address = usize::try_from(end).ok()?.checked_next_multiple_of(PAGE)?;
    commands.push(dwarf_segment(parts, address, dwarf_at)?);

    let mut out = vec![0; HEADER];
    for (at, number) in [(0, macho::MH_MAGIC_64), (4, library.cpu[0]), (8, library.cpu[1]), (12, macho::MH_DSYM.0)] {
        put(&mut out, at, &number.to_le_bytes())?;
    }
    put32(&mut out, 16, commands.len())?;
    put32(&mut out, 20, commands.iter().map(Vec::len).sum())?;
    out.extend(commands.concat());
    out.resize(symbols_at, 0);
    out.extend(symbols);
    out.extend(names);
    out.resize(dwarf_at, 0);
    for (_, content) in parts {
        out.extend(*content);
    }
    Some(out)
}

fn commands_size(library: &Macho<'_>, parts: &[(&str, &[u8])]) -> usize {
    let identity: usize = library.identity.iter().map(|command| command.len()).sum();
    let segments: usize = library.segments.iter().map(|segment| SEGMENT + segment.sections.len() * SECTION).sum();
    HEADER + identity + SYMTAB + segments + SEGMENT + parts.len() * SECTION
}

/// `__DWARF`, after all other segments.
fn dwarf_segment(parts: &[(&str, &[u8])], address: usize, at: usize) -> Option<Vec<u8>> {
    let size: usize = parts.iter().map(|(_, content)| content.len()).sum();
    let mut command = vec![0; SEGMENT];
    put32(&mut command, 0, usize::try_from(macho::LC_SEGMENT_64.0).ok()?)?;
    put32(&mut command, 4, SEGMENT + parts.len() * SECTION)?;
    put(&mut command, 8, b"__DWARF")?;
    put64(&mut command, 24, address)?;
    put64(&mut command, 32, size.next_multiple_of(PAGE))?;
    put64(&mut command, 40, at)?;
    put64(&mut command, 48, size)?;
    // Readable, writable and executable at most; readable and writable at first: `dsymutil`'s.
    put32(&mut command, 56, 7)?;
    put32(&mut command, 60, 3)?;
    put32(&mut command, 64, parts.len())?;
    let mut before = 0;
    for (name, content) in parts {
        let mut raw = vec![0; SECTION];
        put(&mut raw, 0, name.as_bytes())?;
        put(&mut raw, 16, b"__DWARF")?;
        put64(&mut raw, 32, address.checked_add(before)?)?;
        put64(&mut raw, 40, content.len())?;
        put32(&mut raw, 48, at + before)?;
        command.extend(raw);
        before += content.len();
    }
    Some(command)
}

/// The symbols of the library's code, and their names.
fn symbols(library: &Macho<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    let (mut symbols, mut names) = (Vec::new(), vec![0]);
    // The numbers of sections stay: all of them are written.
    let code: Vec<bool> = library.sections().map(|section| section.is_code).collect();
    for symbol in library.symbols.iter().filter(|symbol| symbol.is_placed()) {
        let index = usize::from(symbol.section).checked_sub(1);
        if index.and_then(|index| code.get(index)) != Some(&true) {
            continue;
        }
        symbols.extend(u32::try_from(names.len()).ok()?.to_le_bytes());
        symbols.extend([symbol.kind, symbol.section]);
        symbols.extend(symbol.flags.to_le_bytes());
        symbols.extend(symbol.value.to_le_bytes());
        names.extend(symbol.name);
        names.push(0);
    }
    Some((symbols, names))
}
