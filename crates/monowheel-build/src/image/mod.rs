//! One binary as its sections and symbols: what `compare` tells differences by, and `size` counts.

pub(crate) mod demangle;
mod fat;
pub(crate) mod names;
pub(crate) mod origin;
mod path;
mod role;
mod v0;

use std::borrow::Cow;
use std::ops::Range;

use monowheel_wheel::binary::limits;
use object::read::{ExportTarget, NameOrOrdinal, Object as _, ObjectSection as _, ObjectSymbol as _};
use object::{Architecture, BinaryFormat, SectionKind};

pub(crate) use fat::fat;
pub(crate) use role::Role;

/// The Windows loader allows 96 sections.
const MOST_PE_SECTIONS: usize = 256;
/// If no sizes are known, functions are assumed to extend to the next one only if they are not longer on average.
const DENSE: usize = 4096;

/// A part of the file.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    /// Its name; bytes that are not UTF-8 are replaced.
    pub(crate) name: String,
    pub(crate) kind: SectionKind,
    /// The range of its bytes in the file; empty if it has none.
    pub(crate) file: Range<usize>,
    pub(crate) address: u64,
    /// Bytes in memory.
    pub(crate) memory: u64,
}

/// A name for an address in a section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbol<'a> {
    pub(crate) name: &'a [u8],
    /// The number of its section.
    pub(crate) section: usize,
    /// From the start of the section.
    pub(crate) offset: usize,
    /// Size in bytes; up to the next symbol if the format does not store it.
    pub(crate) size: usize,
    /// Whether the format stores the size.
    pub(crate) sized: bool,
}

/// A binary.
#[derive(Debug)]
pub(crate) struct Image<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) format: BinaryFormat,
    pub(crate) architecture: Architecture,
    pub(crate) sections: Vec<Section>,
    /// Sorted by section and offset; each place once.
    pub(crate) symbols: Vec<Symbol<'a>>,
    /// Every defined symbol's name, sorted.
    pub(crate) names: Vec<&'a [u8]>,
}

/// How many symbols are read, and how many bytes of names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most {
    pub(crate) symbols: usize,
    pub(crate) name_bytes: usize,
}

impl Default for Most {
    fn default() -> Self {
        Self { symbols: limits::SYMBOLS, name_bytes: limits::NAME_BYTES }
    }
}

impl<'a> Image<'a> {
    /// Reads a binary; `None` if it is damaged or has more than that.
    pub(crate) fn read(bytes: &'a [u8], most: Most) -> Option<Self> {
        let file = object::File::parse(bytes).ok()?;
        let (mut image, places) = Self::sections_of(&file, bytes)?;
        let section_of = |_: &[Section], symbol: &object::Symbol<'a, '_>| {
            let index = symbol.section_index()?;
            let place = places.binary_search_by_key(&index.0, |(number, _)| *number).ok()?;
            places.get(place).map(|(_, section)| *section)
        };
        image.take_symbols(&file, &section_of, most)?;
        Some(image)
    }

    /// A stripped binary with the symbols of its twin, which has the same code at the same addresses; `None` if either is
    /// damaged or has more than that.
    pub(crate) fn with_symbols_of(bytes: &'a [u8], twin: &'a [u8], most: Most) -> Option<Self> {
        let (file, twin) = (object::File::parse(bytes).ok()?, object::File::parse(twin).ok()?);
        let (mut image, _) = Self::sections_of(&file, bytes)?;
        let section_of = |sections: &[Section], symbol: &object::Symbol<'a, '_>| {
            let holds = |section: &Section| {
                let offset = symbol.address().checked_sub(section.address);
                section.address != 0 && offset.is_some_and(|offset| offset < section.file.len() as u64)
            };
            sections.iter().position(holds)
        };
        image.take_symbols(&twin, &section_of, most)?;
        Some(image)
    }

    /// The same without symbols.
    pub(crate) fn outline(bytes: &'a [u8]) -> Option<Self> {
        let file = object::File::parse(bytes).ok()?;
        Self::sections_of(&file, bytes).map(|(image, _)| image)
    }

    /// The image without symbols, and the place of each section by its number in the file.
    fn sections_of(file: &object::File<'a>, bytes: &'a [u8]) -> Option<(Self, Vec<(usize, usize)>)> {
        let mut sections = Vec::new();
        let mut sum = 0_usize;
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
            let (kind, address, memory) = (section.kind(), section.address(), section.size());
            sections.push(Section { name, kind, file, address, memory });
        }
        // Sections that share bytes would be compared many times.
        if sum > bytes.len().saturating_mul(2) {
            return None;
        }
        places.sort_unstable();
        let image = Self {
            bytes,
            format: file.format(),
            architecture: file.architecture(),
            sections,
            symbols: Vec::new(),
            names: Vec::new(),
        };
        Some((image, places))
    }

    /// `section_of` finds the section that a symbol is in.
    fn take_symbols(
        &mut self,
        file: &object::File<'a>,
        section_of: &dyn Fn(&[Section], &object::Symbol<'a, '_>) -> Option<usize>,
        most: Most,
    ) -> Option<()> {
        let Most { symbols: mut left, mut name_bytes } = most;
        for symbol in file.symbols().chain(file.dynamic_symbols()) {
            left = left.checked_sub(1)?;
            let Ok(name) = symbol.name_bytes() else { continue };
            name_bytes = name_bytes.checked_sub(name.len())?;
            let is_name = !name.is_empty() && symbol.is_definition();
            if let (true, Some(section)) = (is_name, section_of(&self.sections, &symbol)) {
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

    /// The symbols of a section, by their offsets.
    pub(crate) fn symbols_of(&self, section: usize) -> &[Symbol<'a>] {
        let from = self.symbols.partition_point(|symbol| symbol.section < section);
        let to = self.symbols.partition_point(|symbol| symbol.section <= section);
        self.symbols.get(from..to).unwrap_or_default()
    }

    /// The last symbol of a section that begins at or before an offset.
    pub(crate) fn symbol_at(&self, section: usize, offset: usize) -> Option<&Symbol<'a>> {
        let symbols = self.symbols_of(section);
        symbols.get(symbols.partition_point(|symbol| symbol.offset <= offset).checked_sub(1)?)
    }

    /// Whether the symbols cover most of the functions of a section of that many bytes. If they overlap in a way that no
    /// compiler produces, they are ignored: each would have to be read in full.
    pub(crate) fn covers(&self, section: usize, size: usize) -> bool {
        /// Aliases of one place count once, so that real files have hardly more than one.
        const MOST_TIMES: usize = 4;
        let symbols = self.symbols_of(section);
        let sum = |sized: bool| {
            let symbols = symbols.iter().filter(|symbol| symbol.sized || !sized);
            symbols.fold(0_usize, |sum, symbol| sum.saturating_add(symbol.size))
        };
        let dense = sum(true) > size / 2 || symbols.len().saturating_mul(DENSE) > size;
        dense && sum(false) <= size.saturating_mul(MOST_TIMES)
    }
}

fn range(from: u64, size: u64) -> Option<Range<usize>> {
    let from = usize::try_from(from).ok()?;
    Some(from..from.checked_add(usize::try_from(size).ok()?)?)
}
