//! The few facts from section headers.

use monowheel_error::Result;
use object::Endianness;
use object::elf::{SHF_ALLOC, SHT_DYNSYM, SHT_NOBITS};
use object::read::elf::{FileHeader, SectionHeader as _};

use crate::binary::budget::Budget;
use crate::binary::elf::image::Image;

/// The names of debug sections: `.debug_*`, `.zdebug_*` and the symbol table `.symtab`, if they take up
/// space in the file and none in memory. None if section headers are stripped or damaged.
pub(super) fn debug_info<Elf: FileHeader<Endian = Endianness>>(
    image: &Image<'_, Elf>,
    budget: &mut Budget,
) -> Result<Vec<String>> {
    let endian = image.endian;
    let Ok(sections) = image.header.section_headers(endian, image.data) else { return Ok(Vec::new()) };
    let Ok(index) = image.header.shstrndx(endian, image.data) else { return Ok(Vec::new()) };
    let table = usize::try_from(index).ok().and_then(|index| sections.get(index));
    let Some(strings) = table.and_then(|table| table.data(endian, image.data).ok()) else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for section in sections {
        let name = usize::try_from(section.sh_name(endian)).ok().and_then(|offset| strings.get(offset..));
        let Some(name) = name else { continue };
        let is_debug = name.starts_with(b".debug_") || name.starts_with(b".zdebug_") || name.starts_with(b".symtab\0");
        let is_loaded = section.sh_flags(endian).contains(SHF_ALLOC);
        if is_debug && !is_loaded && section.sh_type(endian) != SHT_NOBITS && section.sh_size(endian).into() > 0 {
            budget.parts(1)?;
            names.push(budget.text(name)?);
        }
    }
    Ok(names)
}

/// The number of dynamic symbols from the header of `.dynsym`, if it refers to the table at `address`.
pub(super) fn symbol_count<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>, address: u64) -> usize {
    let endian = image.endian;
    let sections = image.header.section_headers(endian, image.data).unwrap_or_default();
    let is_table = |section: &&Elf::SectionHeader| {
        section.sh_type(endian) == SHT_DYNSYM && section.sh_addr(endian).into() == address
    };
    let size = sections.iter().find(is_table).map_or(0, |section| section.sh_size(endian).into());
    let entry = size_of::<<Elf as FileHeader>::Sym>();
    usize::try_from(size).unwrap_or(usize::MAX).checked_div(entry).unwrap_or(0)
}
