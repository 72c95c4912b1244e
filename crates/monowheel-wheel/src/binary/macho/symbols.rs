//! The symbol table, `LC_SYMTAB`.

use monowheel_error::Result;
use object::Endianness;
use object::macho::{self, BindDylib, SymbolLibrary};
use object::read::macho::{MachHeader, Nlist as _, SymbolTable};

use crate::binary::macho::names::{Gives, Needs};
use crate::binary::macho::tables::Tables;
use crate::binary::unreadable;

/// The maximum number of object file paths that are kept; an unstripped library has one for each unit.
const OBJECT_FILES: usize = 16;
/// The longest path on macOS.
const PATH_MAX: usize = 1024;

/// The table, empty where there is none.
pub(super) fn table<'data, Mach: MachHeader<Endian = Endianness>>(
    bytes: &'data [u8],
    endian: Endianness,
    tables: &Tables<'data>,
) -> Result<SymbolTable<'data, Mach>> {
    let Some(command) = tables.symbols else { return Ok(SymbolTable::default()) };
    command.symbols::<Mach, _>(endian, bytes).map_err(|error| unreadable(&error))
}

/// The undefined symbols.
pub(super) fn imports<'data, Mach: MachHeader<Endian = Endianness>>(
    table: &SymbolTable<'data, Mach>,
    endian: Endianness,
    needs: &mut Needs<'_, 'data>,
) -> Result<()> {
    for symbol in table.iter().filter(|symbol| symbol.is_undefined()) {
        let desc = symbol.n_desc(endian);
        let from = match desc.library() {
            macho::DYNAMIC_LOOKUP_ORDINAL => macho::BIND_SPECIAL_DYLIB_FLAT_LOOKUP,
            macho::EXECUTABLE_ORDINAL => macho::BIND_SPECIAL_DYLIB_MAIN_EXECUTABLE,
            SymbolLibrary(ordinal) => BindDylib(ordinal.into()),
        };
        needs.add(name(table, endian, symbol)?, from, desc.intersects(macho::N_WEAK_REF))?;
    }
    Ok(())
}

/// The defined symbols that other images may see.
pub(super) fn exports<Mach: MachHeader<Endian = Endianness>>(
    table: &SymbolTable<'_, Mach>,
    endian: Endianness,
    gives: &mut Gives,
) -> Result<()> {
    for symbol in table.iter().filter(|symbol| !symbol.is_stab()) {
        let kind = symbol.n_type();
        let defined = matches!(kind.typ(), macho::N_SECT | macho::N_ABS | macho::N_INDR);
        if defined && kind.is_ext() && !kind.is_pext() {
            gives.add(name(table, endian, symbol)?)?;
        }
    }
    Ok(())
}

/// The first few object files that the debugger would read (`N_OSO`): paths of the machine that built it.
pub(super) fn object_files<Mach: MachHeader<Endian = Endianness>>(
    table: &SymbolTable<'_, Mach>,
    endian: Endianness,
) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for symbol in table.iter().filter(|symbol| symbol.stab() == Some(macho::N_OSO)).take(OBJECT_FILES) {
        let path = name(table, endian, symbol)?;
        files.push(String::from_utf8_lossy(path.get(..PATH_MAX).unwrap_or(path)).into_owned());
    }
    Ok(files)
}

fn name<'data, Mach: MachHeader<Endian = Endianness>>(
    table: &SymbolTable<'data, Mach>,
    endian: Endianness,
    symbol: &'data Mach::Nlist,
) -> Result<&'data [u8]> {
    table.symbol_name(endian, symbol).map_err(|error| unreadable(&error))
}
