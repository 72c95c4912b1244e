//! The DWARF sections of an object, relocated to the addresses of the object.

use gimli::{DwarfSections, EndianSlice, LittleEndian, SectionId};
use monowheel_wheel::bytes::{put, u32_at, u64_at};

use super::Damage;
use super::macho::{Macho, Section};

/// How DWARF is read.
pub(super) type Reader<'a> = EndianSlice<'a, LittleEndian>;

/// The relocation types of arm64 and x86-64.
const UNSIGNED: u32 = 0;
const SUBTRACTOR_ARM: u32 = 1;
const SUBTRACTOR_X86: u32 = 5;
/// `r_extern`: the target is a symbol.
const EXTERNAL: u32 = 1 << 27;
/// `CPU_TYPE_ARM64`.
const ARM: u32 = 0x0100_000c;

/// The sections, by the names of DWARF. An object without one has an empty one.
pub(super) fn sections(file: &Macho<'_>) -> Result<DwarfSections<Vec<u8>>, Damage> {
    DwarfSections::load(|id: SectionId| {
        // `.debug_info` is `__debug_info`; a name of Mach-O has at most 16 bytes.
        let name = format!("_{}", id.name().replacen('.', "_", 1));
        let name = name.get(..16).unwrap_or(&name);
        let own = file.sections().find(|section| section.is_debug && section.name() == name.as_bytes());
        own.map_or_else(
            || Ok(Vec::new()),
            |section| relocated(file, section).ok_or_else(|| Damage(format!("its section {name} is damaged"))),
        )
    })
}

fn relocated(file: &Macho<'_>, section: &Section<'_>) -> Option<Vec<u8>> {
    let mut content = section.content(file.bytes)?.to_vec();
    for raw in section.relocations(file.bytes)?.chunks_exact(8) {
        let (at, info) = (usize::try_from(u32_at(raw, 0)?).ok()?, u32_at(raw, 4)?);
        let kind = info >> 28;
        let is_difference = kind == if file.cpu[0] == ARM { SUBTRACTOR_ARM } else { SUBTRACTOR_X86 };
        if !(is_difference || kind == UNSIGNED) {
            return None;
        }
        let number = usize::try_from(info & 0x00ff_ffff).ok()?;
        // The content has the address already if the target is a section; otherwise it is an offset to a symbol.
        let (value, target) = if info & EXTERNAL != 0 {
            let symbol = file.symbols.get(number)?;
            (if symbol.is_placed() { symbol.value } else { 0 }, usize::from(symbol.section))
        } else {
            (0, number)
        };
        // DWARF refers to its own sections by offsets, not by addresses.
        let base = file.section(target).filter(|target| target.is_debug).map_or(0, |target| target.address);
        let value = value.wrapping_sub(base);
        let change = if is_difference { value.wrapping_neg() } else { value };
        match (info >> 25) & 3 {
            2 => {
                let new = u32_at(&content, at)?.wrapping_add(change as u32);
                put(&mut content, at, &new.to_le_bytes())?;
            }
            3 => {
                let new = u64_at(&content, at)?.wrapping_add(change);
                put(&mut content, at, &new.to_le_bytes())?;
            }
            _ => return None,
        }
    }
    Some(content)
}
