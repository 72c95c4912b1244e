//! `.gnu.version_r`: the versions of other libraries that symbols are bound to.

use monowheel_error::Result;
use object::Endianness;
use object::elf::{DT_VERNEED, DT_VERSYM, VER_FLG_WEAK, Vernaux, Verneed};
use object::endian::U16;
use object::pod::{Pod, from_bytes};
use object::read::elf::FileHeader;

use crate::binary::budget::Budget;
use crate::binary::elf::image::{Image, table_of};
use crate::binary::{VersionNeed, unreadable};

/// The bit of a symbol's version that hides a definition; it says nothing about a need.
const HIDDEN: u16 = 0x8000;

/// All versions, by the number that symbols use.
pub(super) struct Versions<'a> {
    /// Those that must exist when the file is loaded: a version marked weak may be absent.
    pub(super) needs: Vec<VersionNeed>,
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
        let mut all = Self { needs: Vec::new(), by_number: Vec::new(), of_symbols: &[], endian: image.endian };
        if let Some(address) = image.value(DT_VERSYM) {
            all.of_symbols = table_of(image.at(address, "table of symbol versions")?);
        }
        let Some(address) = image.value(DT_VERNEED) else { return Ok(all) };
        let mut bytes = image.at(address, "table of needed versions")?;
        // The loader goes by the links, not by `DT_VERNEEDNUM`.
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

    /// The version that an undefined symbol needs, with its library.
    pub(super) fn of(&self, symbol: usize) -> Option<&VersionNeed> {
        let number = self.of_symbols.get(symbol)?.get(self.endian) & !HIDDEN;
        // 0 and 1 are not versions: local and global.
        if number < 2 { None } else { self.by_number.get(usize::from(number))?.as_ref() }
    }
}

fn entry<T: Pod>(bytes: &[u8]) -> Result<&T> {
    from_bytes(bytes).map(|(entry, _)| entry).map_err(|()| unreadable(&"a cut table of needed versions"))
}

fn later(bytes: &[u8], offset: u32) -> Result<&[u8]> {
    let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..));
    rest.ok_or_else(|| unreadable(&"a needed version outside its table"))
}
