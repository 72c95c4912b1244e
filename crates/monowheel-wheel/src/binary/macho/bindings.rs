//! The symbols that dyld binds: opcodes (macOS 10.6 to 11) or chained fixups (12 and later).

use monowheel_error::{Error, Result};
use object::Endianness;
use object::macho::{self, BindDylib};
use object::read::macho::{BindOperation, BindOperationIterator};

use crate::binary::macho::names::Needs;
use crate::binary::macho::tables::Tables;
use crate::binary::unreadable;

/// Adds every symbol that dyld binds; `false` if there are no tables for it.
pub(super) fn imports<'data>(
    bytes: &'data [u8],
    endian: Endianness,
    tables: &Tables<'data>,
    needs: &mut Needs<'_, 'data>,
) -> Result<bool> {
    if let Some(info) = tables.opcodes {
        stream(info.bind_operations(endian, bytes).map_err(damaged)?, Stream::Eager, needs)?;
        stream(info.lazy_bind_operations(endian, bytes).map_err(damaged)?, Stream::Lazy, needs)?;
        stream(info.weak_bind_operations(endian, bytes).map_err(damaged)?, Stream::Weak, needs)?;
    }
    if let Some(fixups) = tables.fixups.filter(|fixups| fixups.datasize.get(endian) != 0) {
        let fixups = fixups.chained_fixups(endian, bytes).map_err(damaged)?;
        for import in fixups.imports(endian).map_err(damaged)? {
            let import = import.map_err(damaged)?;
            needs.add(import.name, import.dylib, import.weak_import)?;
        }
    }
    Ok(tables.opcodes.is_some() || tables.fixups.is_some())
}

/// The streams of `LC_DYLD_INFO`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    /// Bound when the image is loaded.
    Eager,
    /// Bound at the first call; one `BIND_OPCODE_DONE` after each symbol.
    Lazy,
    /// Looked up in every image, so that all share one definition.
    Weak,
}

/// Interprets a stream only for its names: the number and position of the bindings are ignored, so that a
/// count of 2^64 costs nothing.
fn stream<'data>(mut stream: BindOperationIterator<'data>, kind: Stream, needs: &mut Needs<'_, 'data>) -> Result<()> {
    let anyone = macho::BIND_SPECIAL_DYLIB_WEAK_LOOKUP;
    let mut library = if kind == Stream::Weak { anyone } else { macho::BIND_SPECIAL_DYLIB_SELF };
    let mut symbol: Option<(&[u8], bool)> = None;
    while let Some((_, operation)) = stream.next().map_err(damaged)? {
        match operation {
            BindOperation::Done if kind == Stream::Lazy => library = macho::BIND_SPECIAL_DYLIB_SELF,
            // The rest is padding.
            BindOperation::Done => return Ok(()),
            BindOperation::SetDylibOrdinal { ordinal } => {
                library = BindDylib(i32::try_from(ordinal).map_err(|error| unreadable(&error))?);
            }
            BindOperation::SetDylibSpecial { ordinal } => library = ordinal,
            BindOperation::SetSymbol { flags, name } => {
                symbol = Some((name, flags.contains(macho::BIND_SYMBOL_FLAGS_WEAK_IMPORT)));
            }
            BindOperation::DoBind
            | BindOperation::DoBindAddAddr { .. }
            | BindOperation::DoBindAddAddrScaled { .. }
            | BindOperation::DoBindTimesSkipping { .. } => {
                // Once for each time it is named.
                if let Some((name, weak)) = symbol.take() {
                    needs.add(name, library, weak)?;
                }
            }
            BindOperation::SetType { .. }
            | BindOperation::SetAddend { .. }
            | BindOperation::SetSegmentAndOffset { .. }
            | BindOperation::AddAddr { .. } => {}
        }
    }
    Ok(())
}

fn damaged(error: object::Error) -> Error {
    unreadable(&error)
}
