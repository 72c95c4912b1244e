//! The positions of a slice's tables, according to its load commands.

use monowheel_error::Result;
use object::Endianness;
use object::macho::{DyldInfoCommand, LinkeditDataCommand, SymtabCommand};
use object::read::macho::{LoadCommandData, LoadCommandVariant};

use crate::binary::unreadable;

/// The commands that point into `__LINKEDIT`.
#[derive(Default)]
pub(super) struct Tables<'data> {
    /// `LC_SYMTAB`.
    pub(super) symbols: Option<&'data SymtabCommand<Endianness>>,
    /// `LC_DYLD_INFO` or `LC_DYLD_INFO_ONLY`.
    pub(super) opcodes: Option<&'data DyldInfoCommand<Endianness>>,
    /// `LC_DYLD_CHAINED_FIXUPS`.
    pub(super) fixups: Option<&'data LinkeditDataCommand<Endianness>>,
    /// `LC_DYLD_EXPORTS_TRIE`.
    pub(super) exports: Option<&'data LinkeditDataCommand<Endianness>>,
    /// `LC_CODE_SIGNATURE`: offset and size.
    pub(super) signature: Option<(u32, u32)>,
}

impl<'data> Tables<'data> {
    /// Stores the command if it is one of these. A second one of a kind is rejected: no linker writes it, and
    /// readers would disagree on which one counts.
    pub(super) fn take(&mut self, command: &LoadCommandData<'data, Endianness>, endian: Endianness) -> Result<bool> {
        use object::macho::{LC_CODE_SIGNATURE, LC_DYLD_CHAINED_FIXUPS, LC_DYLD_EXPORTS_TRIE};
        let known = match (command.variant().map_err(|error| unreadable(&error))?, command.cmd()) {
            (LoadCommandVariant::Symtab(table), _) => self.symbols.replace(table).is_some(),
            (LoadCommandVariant::DyldInfo(info), _) => self.opcodes.replace(info).is_some(),
            (LoadCommandVariant::LinkeditData(data), LC_DYLD_CHAINED_FIXUPS) => self.fixups.replace(data).is_some(),
            (LoadCommandVariant::LinkeditData(data), LC_DYLD_EXPORTS_TRIE) => self.exports.replace(data).is_some(),
            (LoadCommandVariant::LinkeditData(data), LC_CODE_SIGNATURE) => {
                self.signature.replace((data.dataoff.get(endian), data.datasize.get(endian))).is_some()
            }
            _ => return Ok(false),
        };
        if known {
            return Err(unreadable(&format_args!("two load commands {:#x}", command.cmd().0)));
        }
        Ok(true)
    }
}
