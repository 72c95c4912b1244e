//! The dynamic symbol table: imports and exports.

use monowheel_error::Result;
use object::Endianness;
use object::elf::{
    DT_GNU_HASH, DT_HASH, DT_JMPREL, DT_PLTREL, DT_PLTRELSZ, DT_REL, DT_RELA, DT_RELASZ, DT_RELSZ, DT_SYMTAB,
    DynamicTag, EM_ALPHA, EM_S390, SHN_UNDEF, STB_GLOBAL, STB_GNU_UNIQUE, STB_LOCAL, STB_WEAK, STT_FILE, STT_SECTION,
    STV_DEFAULT, STV_PROTECTED,
};
use object::endian::U64;
use object::pod::slice_from_bytes;
use object::read::elf::{FileHeader, GnuHashTable, HashTable, Rel as _, Rela as _, Sym as _};

use crate::binary::budget::Budget;
use crate::binary::elf::image::{Image, table_of};
use crate::binary::elf::versions::Versions;
use crate::binary::elf::{machine, sections};
use crate::binary::{Import, Slice, unreadable};

/// Fills `imports` and `exports`.
pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(
    image: &Image<'_, Elf>,
    versions: &Versions<'_>,
    budget: &mut Budget,
    slice: &mut Slice,
) -> Result<()> {
    let Some(address) = image.value(DT_SYMTAB) else { return Ok(()) };
    let table = image.at(address, "symbol table")?;
    let count = count(image, address, table.len() / size_of::<Elf::Sym>())?;
    budget.symbols(count)?;
    let (symbols, _) = slice_from_bytes::<Elf::Sym>(table, count)
        .map_err(|()| unreadable(&"the symbol table is longer than its segment"))?;
    let endian = image.endian;
    // The first entry is not a symbol.
    for (index, symbol) in symbols.iter().enumerate().skip(1) {
        let bind = symbol.st_bind();
        let name = symbol.st_name(endian);
        if name == 0 || bind == STB_LOCAL {
            continue;
        }
        if symbol.st_shndx(endian) == SHN_UNDEF {
            budget.import()?;
            let name = budget.text(image.string_at(name)?)?;
            let need = versions.of(index);
            let mut copy = |text: &String| budget.text_of(text.as_bytes());
            slice.imports.push(Import {
                name,
                library: need.map(|need| copy(&need.library)).transpose()?,
                version: need.map(|need| copy(&need.version)).transpose()?,
                weak: bind == STB_WEAK,
                delayed: false,
            });
        } else if (bind == STB_GLOBAL || bind == STB_WEAK || bind == STB_GNU_UNIQUE)
            && matches!(symbol.st_visibility(), STV_DEFAULT | STV_PROTECTED)
            && !matches!(symbol.st_type(), STT_SECTION | STT_FILE)
        {
            slice.exports.count += 1;
            let name = budget.export(image.string_at(name)?)?;
            slice.exports.names.add(name);
            if let Some(version) = versions.defined_by(index) {
                slice.exports.names.add_versioned(name, version);
            }
            if name.starts_with(b"Py") || name.starts_with(b"_Py") {
                slice.exports.python.push(budget.text_of(name)?);
            }
        }
    }
    slice.exports.python.sort();
    slice.exports.python.dedup();
    // A name that is both undefined and defined is bound to the file itself if nothing before it has it.
    let own = &slice.exports.python;
    slice.imports.retain(|import| import.version.is_some() || own.binary_search(&import.name).is_err());
    Ok(())
}

/// The number of dynamic symbols, which no header contains. `most` fit into the segment.
///
/// `DT_HASH` counts all. `DT_GNU_HASH` knows the exports, which are last; without exports, the
/// relocations show the imports. Symbols that only a section header counts are never looked up by a
/// loader, but other tools show them.
fn count<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>, address: u64, most: usize) -> Result<usize> {
    if let Some(hash) = image.value(DT_HASH) {
        let hash = image.at(hash, "hash table")?;
        let machine = image.header.e_machine(image.endian);
        // These two have 64-bit entries, as written by GNU ld. lld, and so zig, writes 32 bits there as
        // everywhere; glibc does not notice, because it uses `DT_GNU_HASH` first. Two 32-bit entries, neither of
        // which is 0, read as one of 64 bits are not a number of symbols.
        let wide = table_of::<U64<Endianness>>(hash);
        let is_wide = (machine == EM_S390 || machine == EM_ALPHA)
            && wide.first().is_some_and(|buckets| buckets.get(image.endian) <= u32::MAX.into());
        let count = if image.header.is_type_64() && is_wide {
            wide.get(1).map(|count| count.get(image.endian))
        } else {
            HashTable::<Elf>::parse(image.endian, hash).ok().map(|table| table.symbol_table_length().into())
        };
        return count.and_then(|count| usize::try_from(count).ok()).ok_or_else(|| unreadable(&"a damaged hash table"));
    }
    let mut count = 0;
    if let Some(hash) = image.value(DT_GNU_HASH) {
        let table = GnuHashTable::<Elf>::parse(image.endian, image.at(hash, "hash table")?)
            .map_err(|error| unreadable(&error))?;
        count = table.symbol_table_length(image.endian).map_or(0, |count| usize::try_from(count).unwrap_or(usize::MAX));
    }
    count = count.max(relocated(image)?);
    let by_sections = sections::symbol_count(image, address);
    Ok(if by_sections <= most { count.max(by_sections) } else { count })
}

/// One more than the highest symbol that a relocation names.
fn relocated<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Result<usize> {
    let endian = image.endian;
    let is_mips64el = image.header.is_mips64el(endian);
    let with_addend = |address, size| -> Result<u32> {
        let table: &[Elf::Rela] = relocations(image, address, size)?;
        Ok(table.iter().map(|relocation| relocation.r_sym(endian, is_mips64el)).max().unwrap_or(0))
    };
    let without = |address, size| -> Result<u32> {
        let table: &[Elf::Rel] = relocations(image, address, size)?;
        Ok(table.iter().map(|relocation| relocation.r_sym(endian)).max().unwrap_or(0))
    };
    let of_calls = if image.value(DT_PLTREL) == u64::try_from(DT_RELA.0).ok() {
        with_addend(DT_JMPREL, DT_PLTRELSZ)?
    } else {
        without(DT_JMPREL, DT_PLTRELSZ)?
    };
    let highest = with_addend(DT_RELA, DT_RELASZ)?.max(without(DT_REL, DT_RELSZ)?).max(of_calls);
    Ok(if highest == 0 { 0 } else { usize::try_from(highest).unwrap_or(usize::MAX).saturating_add(1) })
}

/// Whether the loader has to choose a function when it loads the file. Linkers write these relocations among those of
/// calls, or last.
pub(super) fn has_indirect<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> bool {
    let endian = image.endian;
    let Some(kind) = machine::indirect(image.header.e_machine(endian)) else { return false };
    let with_addend = |address, size| relocations(image, address, size).unwrap_or_default();
    let without = |address, size| relocations(image, address, size).unwrap_or_default();
    let is_one = |relocation: &Elf::Rela| relocation.r_type(endian, false) == kind;
    let is_short_one = |relocation: &Elf::Rel| relocation.r_type(endian) == kind;
    let of_calls = if image.value(DT_PLTREL) == u64::try_from(DT_RELA.0).ok() {
        with_addend(DT_JMPREL, DT_PLTRELSZ).iter().any(is_one)
    } else {
        without(DT_JMPREL, DT_PLTRELSZ).iter().any(is_short_one)
    };
    of_calls
        || with_addend(DT_RELA, DT_RELASZ).last().is_some_and(is_one)
        || without(DT_REL, DT_RELSZ).last().is_some_and(is_short_one)
}

fn relocations<'a, Elf, T>(image: &Image<'a, Elf>, address: DynamicTag, size: DynamicTag) -> Result<&'a [T]>
where
    Elf: FileHeader<Endian = Endianness>,
    T: object::pod::Pod,
{
    let Some(address) = image.value(address) else { return Ok(&[]) };
    let size = image.size(size);
    if size == 0 {
        return Ok(&[]);
    }
    let table = image.at(address, "table of relocations")?;
    table.get(..size).map(table_of).ok_or_else(|| unreadable(&"relocations beyond their segment"))
}
