//! An ELF file in memory: its program headers, its dynamic table, and its addresses.

use std::ops::Range;

use monowheel_error::Result;
use object::Endianness;
use object::elf::{DT_NULL, DT_STRSZ, DT_STRTAB, DynamicTag, PT_DYNAMIC, PT_LOAD};
use object::pod::{Pod, slice_from_bytes};
use object::read::elf::{Dyn as _, FileHeader, ProgramHeader as _};

use crate::binary::budget::Budget;
use crate::binary::data::Data;
use crate::binary::unreadable;

/// A file whose headers were found.
pub(super) struct Image<'a, Elf: FileHeader<Endian = Endianness>> {
    pub(super) data: Data<'a>,
    pub(super) endian: Endianness,
    pub(super) header: &'a Elf,
    pub(super) programs: &'a [Elf::ProgramHeader],
    /// The entries before the terminating one; none in a static program.
    pub(super) dynamic: &'a [Elf::Dyn],
    /// `DT_STRTAB`.
    strings: &'a [u8],
    loads: Vec<Load>,
}

/// The part of a `PT_LOAD` segment that comes from the file.
struct Load {
    address: u64,
    bytes: Range<usize>,
}

impl<'a, Elf: FileHeader<Endian = Endianness>> Image<'a, Elf> {
    pub(super) fn parse(data: Data<'a>, budget: &mut Budget) -> Result<Self> {
        let header = Elf::parse(data).map_err(|error| unreadable(&error))?;
        let endian = header.endian().map_err(|error| unreadable(&error))?;
        let programs = header.program_headers(endian, data).map_err(|error| unreadable(&error))?;
        budget.parts(programs.len())?;
        let mut loads = Vec::new();
        for program in programs.iter().filter(|program| program.p_type(endian) == PT_LOAD) {
            let (offset, size) = program.file_range(endian);
            let bytes = data.range(offset, size).map_err(|()| unreadable(&"a segment beyond the end of the file"))?;
            loads.push(Load { address: program.p_vaddr(endian).into(), bytes });
        }
        let mut image = Self { data, endian, header, programs, dynamic: &[], strings: &[], loads };
        // The loader uses the address; the offset in the file is for tools.
        if let Some(program) = programs.iter().rev().find(|program| program.p_type(endian) == PT_DYNAMIC) {
            let table = image.at(program.p_vaddr(endian).into(), "dynamic table")?;
            let entries: &[Elf::Dyn] = table_of(table);
            let end = entries.iter().position(|entry| entry.tag(endian) == DT_NULL);
            image.dynamic = end
                .and_then(|end| entries.get(..end))
                .ok_or_else(|| unreadable(&"a dynamic table that is not terminated"))?;
            budget.parts(image.dynamic.len())?;
        }
        if let Some(address) = image.value(DT_STRTAB) {
            let strings = image.at(address, "string table")?;
            let size = image.value(DT_STRSZ).and_then(|size| usize::try_from(size).ok()).unwrap_or(usize::MAX);
            image.strings = strings.get(..size).unwrap_or(strings);
        }
        Ok(image)
    }

    /// The file's bytes from an address to the end of its segment.
    pub(super) fn at(&self, address: u64, what: &str) -> Result<&'a [u8]> {
        let found = self.loads.iter().find_map(|load| {
            let offset = usize::try_from(address.checked_sub(load.address)?).ok()?;
            let start = load.bytes.start.checked_add(offset).filter(|start| *start < load.bytes.end)?;
            self.data.get(start..load.bytes.end).ok()
        });
        found.ok_or_else(|| unreadable(&format_args!("the {what} is outside the file")))
    }

    /// The value of a tag in the dynamic table. The last one counts, as for the loader.
    pub(super) fn value(&self, tag: DynamicTag) -> Option<u64> {
        let entry = self.dynamic.iter().rev().find(|entry| entry.tag(self.endian) == tag)?;
        Some(entry.val(self.endian))
    }

    /// A value that is a count or a size.
    pub(super) fn size(&self, tag: DynamicTag) -> usize {
        self.value(tag).map_or(0, |value| usize::try_from(value).unwrap_or(usize::MAX))
    }

    /// The string table from an offset on.
    pub(super) fn string_at(&self, offset: u32) -> Result<&'a [u8]> {
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        self.strings.get(offset..).ok_or_else(|| unreadable(&"a name outside the string table"))
    }

    /// The strings of all entries with a tag, in order.
    pub(super) fn strings_of(&self, tag: DynamicTag, budget: &mut Budget) -> Result<Vec<String>> {
        let entries = self.dynamic.iter().filter(|entry| entry.tag(self.endian) == tag);
        entries
            .map(|entry| budget.text(self.string_at(u32::try_from(entry.val(self.endian)).unwrap_or(u32::MAX))?))
            .collect()
    }
}

/// As many entries as fit into the bytes.
pub(super) fn table_of<T: Pod>(bytes: &[u8]) -> &[T] {
    let count = bytes.len().checked_div(size_of::<T>()).unwrap_or(0);
    slice_from_bytes(bytes, count).map_or(&[], |(table, _)| table)
}
