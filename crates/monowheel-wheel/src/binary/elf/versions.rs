//! `.gnu.version_r` and `.gnu.version_d`: the versions of other libraries that symbols are bound to, and the library's
//! own.

use monowheel_error::Result;
use object::Endianness;
use object::elf::{DT_VERDEF, DT_VERNEED, DT_VERSYM, VER_FLG_BASE, VER_FLG_WEAK, Verdaux, Verdef, Vernaux, Verneed};
use object::endian::U16;
use object::pod::{Pod, from_bytes};
use object::read::elf::FileHeader;

use crate::binary::budget::Budget;
use crate::binary::elf::image::{Image, table_of};
use crate::binary::{VersionNeed, unreadable};

/// The bit of a symbol's version that hides a definition; it means nothing for an import.
const HIDDEN: u16 = 0x8000;

/// All versions, by the number that symbols use.
pub(super) struct Versions<'a> {
    /// The versions that must exist when the file is loaded: a version marked weak may be absent.
    pub(super) needs: Vec<VersionNeed>,
    /// Those that the file defines.
    pub(super) defined: Vec<String>,
    /// The index of each number in `defined`.
    defined_by_number: Vec<Option<usize>>,
    by_number: Vec<Option<VersionNeed>>,
    /// For each symbol its version.
    of_symbols: &'a [U16<Endianness>],
    endian: Endianness,
}

impl<'a> Versions<'a> {
    pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
        image: &Image<'a, Elf>,
        budget: &mut Budget,
    ) -> Result<Self> {
        let mut all = Self {
            needs: Vec::new(),
            defined: Vec::new(),
            defined_by_number: Vec::new(),
            by_number: Vec::new(),
            of_symbols: &[],
            endian: image.endian,
        };
        if let Some(address) = image.value(DT_VERSYM) {
            all.of_symbols = table_of(image.at(address, "table of symbol versions")?);
        }
        all.read_defined(image, budget)?;
        let Some(address) = image.value(DT_VERNEED) else { return Ok(all) };
        let mut bytes = image.at(address, "table of needed versions")?;
        // The loader follows the links, not `DT_VERNEEDNUM`.
        loop {
            budget.parts(1)?;
            let need: &Verneed<Endianness> = entry(bytes)?;
            let library = budget.text(image.string_at(need.vn_file.get(image.endian))?)?;
            let mut names = later(bytes, need.vn_aux.get(image.endian))?;
            for _ in 0..need.vn_cnt.get(image.endian) {
                budget.parts(1)?;
                let name: &Vernaux<Endianness> = entry(names)?;
                let version = budget.text(image.string_at(name.vna_name.get(image.endian))?)?;
                let found = VersionNeed { library: budget.text_of(library.as_bytes())?, version };
                all.add(name, found);
                match name.vna_next.get(image.endian) {
                    0 => break,
                    next => names = later(names, next)?,
                }
            }
            match need.vn_next.get(image.endian) {
                0 => return Ok(all),
                next => bytes = later(bytes, next)?,
            }
        }
    }

    fn add(&mut self, name: &Vernaux<Endianness>, found: VersionNeed) {
        let number = usize::from(name.vna_other(self.endian).0 & !HIDDEN);
        if self.by_number.len() <= number {
            self.by_number.resize(number + 1, None);
        }
        if !name.vna_flags.get(self.endian).contains(VER_FLG_WEAK) && !self.needs.contains(&found) {
            self.needs.push(found.clone());
        }
        if let Some(slot) = self.by_number.get_mut(number) {
            *slot = Some(found);
        }
    }

    /// Reads the versions that the file defines; the first is its own name, and no symbol's.
    fn read_defined<Elf: FileHeader<Endian = Endianness>>(
        &mut self,
        image: &Image<'_, Elf>,
        budget: &mut Budget,
    ) -> Result<()> {
        let Some(address) = image.value(DT_VERDEF) else { return Ok(()) };
        let mut bytes = image.at(address, "table of defined versions")?;
        loop {
            budget.parts(1)?;
            let definition: &Verdef<Endianness> = entry(bytes)?;
            if !definition.vd_flags.get(self.endian).contains(VER_FLG_BASE) {
                let name: &Verdaux<Endianness> = entry(later(bytes, definition.vd_aux.get(self.endian))?)?;
                let number = usize::from(definition.vd_ndx.get(self.endian).0 & !HIDDEN);
                if self.defined_by_number.len() <= number {
                    self.defined_by_number.resize(number + 1, None);
                }
                if let Some(slot) = self.defined_by_number.get_mut(number) {
                    *slot = Some(self.defined.len());
                }
                self.defined.push(budget.text(image.string_at(name.vda_name.get(self.endian))?)?);
            }
            match definition.vd_next.get(self.endian) {
                0 => return Ok(()),
                next => bytes = later(bytes, next)?,
            }
        }
    }

    /// The version with which the file defines a symbol.
    pub(super) fn defined_by(&self, symbol: usize) -> Option<&str> {
        if self.defined.is_empty() {
            return None;
        }
        let number = self.of_symbols.get(symbol)?.get(self.endian) & !HIDDEN;
        let index = self.defined_by_number.get(usize::from(number)).copied()??;
        self.defined.get(index).map(String::as_str)
    }

    /// The version that an undefined symbol needs, with its library.
    pub(super) fn of(&self, symbol: usize) -> Option<&VersionNeed> {
        let number = self.of_symbols.get(symbol)?.get(self.endian) & !HIDDEN;
        // 0 and 1 are not versions: local and global.
        if number < 2 { None } else { self.by_number.get(usize::from(number))?.as_ref() }
    }
}

fn entry<T: Pod>(bytes: &[u8]) -> Result<&T> {
    from_bytes(bytes).map(|(entry, _)| entry).map_err(|()| unreadable(&"a truncated table of needed versions"))
}

fn later(bytes: &[u8], offset: u32) -> Result<&[u8]> {
    let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
    rest.ok_or_else(|| unreadable(&"a needed version outside its table"))
}
