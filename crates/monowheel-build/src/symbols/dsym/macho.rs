//! Reads a thin, little-endian, 64-bit Mach-O file (`mach-o/loader.h`): an object or a library.

use monowheel_wheel::bytes::{part, place_at, u32_at, u64_at};
use object::macho;

use super::Damage;
use super::budget::{Budget, ITEM};

/// Bytes of a `mach_header_64`, a `segment_command_64`, a `section_64` and an `nlist_64`.
pub(super) const HEADER: usize = 32;
pub(super) const SEGMENT: usize = 72;
pub(super) const SECTION: usize = 80;
pub(super) const SYMBOL: usize = 16;
/// `N_STAB`, `N_TYPE`, `N_SECT` and `N_EXT` of `mach-o/nlist.h`.
const STAB: u8 = 0xe0;
const TYPE: u8 = 0x0e;
const IN_SECTION: u8 = 0x0e;
const EXTERNAL: u8 = 0x01;
/// `N_ALT_ENTRY`: the symbol is inside of the atom before it.
const ALTERNATE: u16 = 0x0200;
/// `S_ATTR_PURE_INSTRUCTIONS` and `S_ATTR_SOME_INSTRUCTIONS`.
const CODE: u32 = 0x8000_0400;

/// The relevant parts of a file.
#[derive(Debug)]
pub(super) struct Macho<'a> {
    pub(super) bytes: &'a [u8],
    /// `cputype` and `cpusubtype`.
    pub(super) cpu: [u32; 2],
    /// `MH_OBJECT` and so on.
    pub(super) kind: u32,
    pub(super) segments: Vec<Segment<'a>>,
    pub(super) symbols: Vec<Symbol<'a>>,
    /// `LC_UUID`, `LC_BUILD_VERSION` and `LC_VERSION_MIN_*`, as they are.
    pub(super) identity: Vec<&'a [u8]>,
}

/// A segment, and its sections.
#[derive(Debug)]
pub(super) struct Segment<'a> {
    /// The `segment_command_64`.
    pub(super) raw: &'a [u8],
    pub(super) sections: Vec<Section<'a>>,
}

/// A section.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// The `section_64`.
    pub(super) raw: &'a [u8],
    pub(super) address: u64,
    pub(super) size: u64,
    pub(super) is_code: bool,
    /// It is one of `__DWARF`.
    pub(super) is_debug: bool,
}

/// A symbol.
#[derive(Debug)]
pub(super) struct Symbol<'a> {
    pub(super) name: &'a [u8],
    pub(super) kind: u8,
    /// The number of its section, from 1; 0 if it has none.
    pub(super) section: u8,
    pub(super) flags: u16,
    pub(super) value: u64,
}

impl<'a> Macho<'a> {
    /// The section with a number of a symbol or a relocation.
    pub(super) fn section(&self, number: usize) -> Option<&Section<'a>> {
        // Symbols have one byte for it.
        self.sections().nth(number.checked_sub(1).filter(|index| *index < 255)?)
    }

    pub(super) fn sections(&self) -> impl Iterator<Item = &Section<'a>> {
        self.segments.iter().flat_map(|segment| &segment.sections)
    }
}

impl<'a> Section<'a> {
    pub(super) fn name(&self) -> &'a [u8] {
        let name = part(self.raw, 0, 16).unwrap_or_default();
        name.split(|byte| *byte == 0).next().unwrap_or_default()
    }

    /// Its bytes in the file.
    pub(super) fn content(&self, file: &'a [u8]) -> Option<&'a [u8]> {
        part(file, place_at(self.raw, 48)?, usize::try_from(self.size).ok()?)
    }

    /// Its relocations in the file, 8 bytes each.
    pub(super) fn relocations(&self, file: &'a [u8]) -> Option<&'a [u8]> {
        part(file, place_at(self.raw, 56)?, place_at(self.raw, 60)?.checked_mul(8)?)
    }
}

impl Symbol<'_> {
    /// It is an entry of the debug map.
    pub(super) fn is_stab(&self) -> bool {
        self.kind & STAB != 0
    }

    /// It is defined, in a section.
    pub(super) fn is_placed(&self) -> bool {
        !self.is_stab() && self.kind & TYPE == IN_SECTION
    }

    /// There is one such symbol in a library: it is not private to an object.
    pub(super) fn is_external(&self) -> bool {
        self.kind & EXTERNAL != 0
    }

    /// It begins an atom.
    pub(super) fn is_start(&self) -> bool {
        self.is_placed() && self.flags & ALTERNATE == 0
    }
}

/// Reads a file; `None` if it is of another kind.
pub(super) fn read<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<Option<Macho<'a>>, Damage> {
    if u32_at(bytes, 0) != Some(macho::MH_MAGIC_64) {
        return Ok(None);
    }
    let cut = || Damage("the Mach-O file is truncated or damaged".to_owned());
    let field = |at: usize| u32_at(bytes, at).ok_or_else(cut);
    let mut file = Macho {
        bytes,
        cpu: [field(4)?, field(8)?],
        kind: field(12)?,
        segments: Vec::new(),
        symbols: Vec::new(),
        identity: Vec::new(),
    };
    let mut at = HEADER;
    for _ in 0..field(16)? {
        let size = place_at(bytes, at.saturating_add(4)).filter(|size| *size >= 8).ok_or_else(cut)?;
        let command = part(bytes, at, size).ok_or_else(cut)?;
        match u32_at(command, 0).map(macho::LoadCommandType) {
            Some(macho::LC_SEGMENT_64) => file.segments.push(segment(command).ok_or_else(cut)?),
            Some(macho::LC_SYMTAB) => file.symbols = symbols(bytes, command, budget)?.ok_or_else(cut)?,
            Some(macho::LC_UUID | macho::LC_BUILD_VERSION | macho::LC_VERSION_MIN_MACOSX) => {
                file.identity.push(command);
            }
            _ => {}
        }
        at = at.saturating_add(size);
    }
    Ok(Some(file))
}

fn segment(command: &[u8]) -> Option<Segment<'_>> {
    let count = place_at(command, 64)?;
    let sections = part(command, SEGMENT, count.checked_mul(SECTION)?)?;
    let sections = sections.chunks_exact(SECTION).map(|raw| {
        Some(Section {
            raw,
            address: u64_at(raw, 32)?,
            size: u64_at(raw, 40)?,
            is_code: u32_at(raw, 64)? & CODE != 0,
            is_debug: raw.get(16..)?.starts_with(b"__DWARF\0"),
        })
    });
    Some(Segment { raw: part(command, 0, SEGMENT)?, sections: sections.collect::<Option<_>>()? })
}

fn symbols<'a>(bytes: &'a [u8], command: &[u8], budget: &mut Budget) -> Result<Option<Vec<Symbol<'a>>>, Damage> {
    let tables = || {
        let [table, count, names, size] = [8, 12, 16, 20].map(|at| place_at(command, at));
        Some((part(bytes, table?, count?.checked_mul(SYMBOL)?)?, part(bytes, names?, size?)?))
    };
    let Some((table, names)) = tables() else { return Ok(None) };
    let mut symbols = Vec::new();
    for raw in table.chunks_exact(SYMBOL) {
        let Some(symbol) = symbol(raw, names) else { return Ok(None) };
        budget.spend(ITEM + symbol.name.len())?;
        symbols.push(symbol);
    }
    Ok(Some(symbols))
}

fn symbol<'a>(raw: &[u8], names: &'a [u8]) -> Option<Symbol<'a>> {
    let name = match place_at(raw, 0)? {
        // An empty name, even without a table of names.
        0 => &[],
        at => names.get(at..)?,
    };
    let end = memchr::memchr(0, name).unwrap_or(name.len());
    Some(Symbol {
        name: name.get(..end)?,
        kind: *raw.get(4)?,
        section: *raw.get(5)?,
        flags: u16::from_le_bytes([*raw.get(6)?, *raw.get(7)?]),
        value: u64_at(raw, 8)?,
    })
}
