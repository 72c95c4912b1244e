//! One binary as it is compared: its sections, its symbols, and the fields that are known to vary.

use std::borrow::Cow;
use std::ops::Range;

use monowheel_wheel::binary::limits;
use object::read::{ExportTarget, NameOrOrdinal, Object as _, ObjectSection as _, ObjectSymbol as _};
use object::{Architecture, BinaryFormat, SectionKind};

use crate::compare::binary::fields::{self, Field};

/// The Windows loader allows 96 sections.
const MOST_PE_SECTIONS: usize = 256;

/// A part of the file.
#[derive(Clone, Debug)]
pub(super) struct Section {
    /// Its name; bytes that are not UTF-8 are replaced.
    pub(super) name: String,
    pub(super) kind: SectionKind,
    /// The range of its bytes in the file; empty if it has none.
    pub(super) file: Range<usize>,
    pub(super) address: u64,
}

/// A name for an address in a section.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol<'a> {
    pub(super) name: &'a [u8],
    /// The number of its section.
    pub(super) section: usize,
    /// From the start of the section.
    pub(super) offset: usize,
    /// Size in bytes; up to the next symbol if the format does not store it.
    pub(super) size: usize,
    /// Whether the format stores the size.
    pub(super) sized: bool,
}

/// A binary.
#[derive(Debug)]
pub(super) struct Image<'a> {
    pub(super) bytes: &'a [u8],
    /// The bytes with zeros for every [`Field`].
    pub(super) blank: Vec<u8>,
    pub(super) format: BinaryFormat,
    pub(super) architecture: Architecture,
    pub(super) sections: Vec<Section>,
    /// Sorted by section and offset; each place once.
    pub(super) symbols: Vec<Symbol<'a>>,
    /// Every defined symbol's name, sorted.
    pub(super) names: Vec<&'a [u8]>,
    pub(super) fields: Vec<Field>,
    /// Named parts of the headers.
    pub(super) headers: Vec<(String, Range<usize>)>,
}

impl<'a> Image<'a> {
    /// Reads a binary; `None` when it is damaged or beyond the [`limits`] of a reader.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let file = object::File::parse(bytes).ok()?;
        let mut sections = Vec::new();
        let mut sum = 0_usize;
        // The place of each section by its number in the file.
        let mut places: Vec<(usize, usize)> = Vec::new();
        for section in file.sections() {
            if sections.len() == limits::PARTS {
                return None;
            }
            let file = section.file_range().and_then(|(from, size)| range(from, size)).unwrap_or(0..0);
            let file = if bytes.get(file.clone()).is_some() { file } else { return None };
            sum = sum.checked_add(file.len())?;
            places.push((section.index().0, sections.len()));
            let name = String::from_utf8_lossy(section.name_bytes().unwrap_or_default()).into_owned();
            sections.push(Section { name, kind: section.kind(), file, address: section.address() });
        }
        // Sections that share bytes would be compared many times.
        if sum > bytes.len().saturating_mul(2) {
            return None;
        }
        places.sort_unstable();
        let mut image = Self {
            bytes,
            blank: bytes.to_vec(),
            format: file.format(),
            architecture: file.architecture(),
            sections,
            symbols: Vec::new(),
            names: Vec::new(),
            fields: Vec::new(),
            headers: Vec::new(),
        };
        image.take_symbols(&file, &places)?;
        fields::find(&file, &mut image);
        for field in &image.fields {
            if let Some(part) = image.blank.get_mut(field.range.clone()) {
                part.fill(0);
            }
        }
        Some(image)
    }

    fn take_symbols(&mut self, file: &object::File<'a>, places: &[(usize, usize)]) -> Option<()> {
        let (mut left, mut name_bytes) = (limits::SYMBOLS, limits::NAME_BYTES);
        for symbol in file.symbols().chain(file.dynamic_symbols()) {
            left = left.checked_sub(1)?;
            let Ok(name) = symbol.name_bytes() else { continue };
            name_bytes = name_bytes.checked_sub(name.len())?;
            let is_name = !name.is_empty() && symbol.is_definition();
            let section = symbol.section_index().and_then(|index| {
                let place = places.binary_search_by_key(&index.0, |(number, _)| *number).ok()?;
                places.get(place).map(|(_, section)| *section)
            });
            if let (true, Some(section)) = (is_name, section) {
                self.take_symbol(name, section, symbol.address(), symbol.size());
            }
        }
        // PE has its exports in a separate table; each is looked up in every section.
        if self.format == BinaryFormat::Pe && self.sections.len() <= MOST_PE_SECTIONS {
            for export in file.exports().ok().into_iter().flatten().take(limits::IMPORTS).flatten() {
                let ExportTarget::Address { address } = export.target() else { continue };
                let NameOrOrdinal::Name(Cow::Borrowed(name)) = export.into_name() else { continue };
                name_bytes = name_bytes.checked_sub(name.len())?;
                let holds = |section: &Section| {
                    address.checked_sub(section.address).is_some_and(|offset| offset < section.file.len() as u64)
                };
                if let Some(section) = self.sections.iter().position(holds) {
                    self.take_symbol(name, section, address, 0);
                }
            }
        }
        self.names.sort_unstable();
        self.names.dedup();
        self.symbols.sort_by_key(|symbol| (symbol.section, symbol.offset, !symbol.sized, symbol.name));
        self.symbols.dedup_by_key(|symbol| (symbol.section, symbol.offset));
        let ends: Vec<usize> = self
            .symbols
            .iter()
            .zip(self.symbols.iter().skip(1).map(Some).chain([None]))
            .map(|(symbol, next)| match next {
                Some(next) if next.section == symbol.section => next.offset,
                _ => self.sections.get(symbol.section).map_or(0, |section| section.file.len()),
            })
            .collect();
        for (symbol, end) in self.symbols.iter_mut().zip(ends) {
            if !symbol.sized {
                symbol.size = end.saturating_sub(symbol.offset);
            }
        }
        Some(())
    }

    fn take_symbol(&mut self, name: &'a [u8], section: usize, address: u64, size: u64) {
        let Some(place) = self.sections.get(section) else { return };
        let offset = address.checked_sub(place.address).and_then(|offset| usize::try_from(offset).ok());
        let Some(offset) = offset.filter(|offset| *offset < place.file.len()) else { return };
        // Symbols that mark a place in the section and name nothing (`$x`, `.L1`, the section itself).
        if name.starts_with(b"$") || name.starts_with(b".L") || name == place.name.as_bytes() {
            return;
        }
        let room = place.file.len() - offset;
        let size = usize::try_from(size).unwrap_or(room).min(room);
        self.names.push(name);
        self.symbols.push(Symbol { name, section, offset, size, sized: size > 0 });
    }

    /// The bytes of a section, with varying fields zeroed.
    pub(super) fn section(&self, number: usize) -> &[u8] {
        self.sections.get(number).and_then(|section| self.blank.get(section.file.clone())).unwrap_or_default()
    }

    /// The symbols of a section, by their offsets.
    pub(super) fn symbols_of(&self, section: usize) -> &[Symbol<'a>] {
        let from = self.symbols.partition_point(|symbol| symbol.section < section);
        let to = self.symbols.partition_point(|symbol| symbol.section <= section);
        self.symbols.get(from..to).unwrap_or_default()
    }

    /// The last symbol of a section that begins at or before an offset.
    pub(super) fn symbol_at(&self, section: usize, offset: usize) -> Option<&Symbol<'a>> {
        let symbols = self.symbols_of(section);
        symbols.get(symbols.partition_point(|symbol| symbol.offset <= offset).checked_sub(1)?)
    }
}

fn range(from: u64, size: u64) -> Option<Range<usize>> {
    let from = usize::try_from(from).ok()?;
    Some(from..from.checked_add(usize::try_from(size).ok()?)?)
}
