//! A PE file as in memory: its headers, its directories, and the bytes at an address.

use monowheel_error::Result;
use object::LittleEndian as LE;
use object::pe::{ImageDosHeader, ImageFileHeader, ImageSectionHeader};
use object::pod::{Pod, from_bytes, slice_from_bytes};
use object::read::pe::{DataDirectories, ImageNtHeaders, ImageOptionalHeader as _};

use crate::binary::budget::Budget;
use crate::binary::unreadable;

/// A file whose headers were found.
pub(super) struct Image<'a, Pe: ImageNtHeaders> {
    pub(super) bytes: &'a [u8],
    pub(super) headers: &'a Pe,
    pub(super) sections: &'a [ImageSectionHeader],
    directories: DataDirectories<'a>,
    /// Long names of sections, which only MinGW writes.
    strings: &'a [u8],
    /// In the order of their addresses.
    parts: Vec<Part<'a>>,
}

/// A section in memory.
struct Part<'a> {
    address: u32,
    size: u32,
    /// Its bytes in the file; the rest is zeros.
    bytes: &'a [u8],
}

/// The memory from an address to the end of its section.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    bytes: &'a [u8],
    /// Whether zeros follow the bytes.
    zeros: bool,
}

impl<'a, Pe: ImageNtHeaders> Image<'a, Pe> {
    pub(super) fn parse(bytes: &'a [u8], budget: &mut Budget) -> Result<Self> {
        let dos = ImageDosHeader::parse(bytes).map_err(|error| unreadable(&error))?;
        let mut offset = dos.nt_headers_offset().into();
        let (headers, directories) = Pe::parse(bytes, &mut offset).map_err(|error| unreadable(&error))?;
        let count = usize::from(headers.file_header().number_of_sections.get(LE));
        budget.parts(count)?;
        let table = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
        let (sections, _) = slice_from_bytes::<ImageSectionHeader>(table, count)
            .map_err(|()| unreadable(&"a section table beyond the end of the file"))?;
        let mut parts = vec![headers_part(bytes, headers)];
        for section in sections {
            parts.push(part(bytes, section)?);
        }
        parts.sort_by_key(|part| part.address);
        Ok(Self { bytes, headers, sections, directories, strings: strings(bytes, headers.file_header()), parts })
    }

    /// Address and size of a data directory; `None` when it is absent or empty.
    pub(super) fn directory(&self, index: usize) -> Option<(u32, u32)> {
        let directory = self.directories.get(index)?;
        Some((directory.virtual_address.get(LE), directory.size.get(LE))).filter(|(address, _)| *address != 0)
    }

    /// The memory at an address, relative to the image's base.
    pub(super) fn at(&self, address: u32, what: &str) -> Result<View<'a>> {
        let after = self.parts.partition_point(|part| part.address <= address);
        let found = after.checked_sub(1).and_then(|index| self.parts.get(index)).and_then(|part| {
            let offset = address.checked_sub(part.address).filter(|offset| *offset < part.size)?;
            let bytes = part.bytes.get(usize::try_from(offset).ok()?..).unwrap_or_default();
            Some(View { bytes, zeros: part.bytes.len() < usize::try_from(part.size).ok()? })
        });
        found.ok_or_else(|| unreadable(&format_args!("the {what} is outside the image")))
    }

    /// A section's name, even if it is longer than the eight bytes of its header.
    pub(super) fn section_name(&self, section: &ImageSectionHeader, budget: &mut Budget) -> Result<String> {
        let offset = section.name_offset().ok().flatten().and_then(|offset| usize::try_from(offset).ok());
        match offset.and_then(|offset| self.strings.get(offset..)) {
            Some(long) => budget.text(long),
            None => Ok(String::from_utf8_lossy(section.raw_name()).into_owned()),
        }
    }
}

/// The string table is after the table of COFF symbols; offsets count from its size field.
fn strings<'a>(bytes: &'a [u8], header: &ImageFileHeader) -> &'a [u8] {
    let symbols = u64::from(header.number_of_symbols.get(LE)) * 18;
    let at = match header.pointer_to_symbol_table.get(LE) {
        0 => return &[],
        at => u64::from(at) + symbols,
    };
    usize::try_from(at).ok().and_then(|at| bytes.get(at..)).unwrap_or_default()
}

/// The headers are in memory too, before the first section.
fn headers_part<'a, Pe: ImageNtHeaders>(bytes: &'a [u8], headers: &Pe) -> Part<'a> {
    let size = headers.optional_header().size_of_headers();
    let within = usize::try_from(size).ok().and_then(|size| bytes.get(..size)).unwrap_or(bytes);
    Part { address: 0, size: u32::try_from(within.len()).unwrap_or(u32::MAX), bytes: within }
}

fn part<'a>(bytes: &'a [u8], section: &ImageSectionHeader) -> Result<Part<'a>> {
    let raw = section.size_of_raw_data.get(LE);
    // A section without a size in memory has its size in the file; memory comes in pages.
    let size = match section.virtual_size.get(LE) {
        0 => raw,
        size => size,
    };
    let size = size.checked_next_multiple_of(0x1000).unwrap_or(size);
    let in_file = raw.min(size);
    let start = usize::try_from(section.pointer_to_raw_data.get(LE)).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(in_file).unwrap_or(usize::MAX));
    let content = match (start, in_file) {
        (0, _) | (_, 0) => &[][..],
        _ => bytes.get(start..end).ok_or_else(|| unreadable(&"a section beyond the end of the file"))?,
    };
    Ok(Part { address: section.virtual_address.get(LE), size, bytes: content })
}

impl<'a> View<'a> {
    /// The bytes that the file has.
    pub(super) const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The value at the start, and the rest. `None` if only zeros follow, which end every table.
    pub(super) fn next<T: Pod>(&mut self) -> Result<Option<&'a T>> {
        match from_bytes(self.bytes) {
            Ok((value, rest)) => {
                self.bytes = rest;
                Ok(Some(value))
            }
            // A table whose last bytes are zero may omit them in the file.
            Err(()) if self.zeros && self.bytes.iter().all(|byte| *byte == 0) => Ok(None),
            Err(()) => Err(unreadable(&"a table that is not terminated")),
        }
    }

    /// The string at the start.
    pub(super) fn text(self, budget: &mut Budget) -> Result<String> {
        if self.zeros && memchr::memchr(0, self.bytes).is_none() {
            return budget.text_of(self.bytes);
        }
        budget.text(self.bytes)
    }

    /// The string at the start, the name of an export.
    pub(super) fn export(self, budget: &mut Budget) -> Result<&'a [u8]> {
        if self.zeros && memchr::memchr(0, self.bytes).is_none() {
            budget.export_of(self.bytes.len())?;
            return Ok(self.bytes);
        }
        budget.export(self.bytes)
    }

    /// A table of that many values.
    pub(super) fn table<T: Pod>(self, count: u32, what: &str) -> Result<&'a [T]> {
        let table = usize::try_from(count).ok().and_then(|count| slice_from_bytes(self.bytes, count).ok());
        table.map(|(table, _)| table).ok_or_else(|| unreadable(&format_args!("the {what} is longer than its section")))
    }
}
