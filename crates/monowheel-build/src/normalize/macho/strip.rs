//! Removes local symbols and stabs from a slice.
//!
//! It removes what `strip -x` removes from a library: symbols that are not external, with their names. dyld
//! binds with the binding tables and the export trie; of the symbol table, it and debuggers read the externals and
//! the entries of the indirect symbol table, which stay, in their order. `__LINKEDIT` is packed again without
//! gaps, with its parts in the same order.

use std::collections::HashMap;

use monowheel_wheel::bytes::{part, place_at, put32, put64, u16_at, u32_at};

use crate::normalize::macho::layout::{Layout, Piece};

/// Bytes of an `nlist_64`.
const SYMBOL: usize = 16;
/// `n_type`: not a debugger's symbol, and visible outside.
const N_STAB: u8 = 0xe0;
const N_EXT: u8 = 1;
/// `n_desc`: the runtime looks it up by name.
const REFERENCED_DYNAMICALLY: u16 = 0x10;
/// An entry of the indirect symbol table that names no symbol.
const INDIRECT_LOCAL_OR_ABSOLUTE: u32 = 0xc000_0000;
/// The alignment of the parts of `__LINKEDIT`; the signature has twice that.
const ALIGN: usize = 8;

/// The slice without unused symbols, its signature left out except for its size; `None` if that would save
/// nothing.
pub(super) fn strip(bytes: &[u8], layout: &Layout) -> Result<Option<Vec<u8>>, String> {
    let (Some(symbols), Some(dynamic)) = (layout.symbols, layout.dynamic) else { return Ok(None) };
    let table = Table::of(bytes, symbols, dynamic)?;
    let kept = table.kept()?;
    let (list, names) = table.list(&kept)?;
    let indirect = table.indirect(&kept)?;

    // Everything in its order; an empty part is where it would be.
    let mut parts: Vec<(Piece, Option<&[u8]>)> = layout.pieces.iter().map(|piece| (*piece, None)).collect();
    let of = |at: usize| -> Result<Piece, String> {
        let field = |at| place_at(bytes, at).ok_or_else(cut);
        Ok(Piece { offset: field(at)?, size: field(at + 4)?, offset_at: at, size_at: at + 4 })
    };
    parts.push((of(symbols + 8)?, Some(&list)));
    parts.push((of(symbols + 16)?, Some(&names)));
    if !indirect.is_empty() {
        parts.push((of(dynamic + 56)?, Some(&indirect)));
    }
    parts.sort_by_key(|(piece, _)| (piece.offset, piece.size, piece.offset_at));

    let mut out = bytes.get(..layout.linkedit.start).ok_or_else(cut)?.to_vec();
    for (piece, new) in parts {
        let old = || part(bytes, piece.offset, piece.size).ok_or_else(cut);
        let content = match new {
            Some(new) => new,
            None => old()?,
        };
        out.resize(out.len().next_multiple_of(ALIGN), 0);
        let at = out.len();
        put32(&mut out, piece.offset_at, at).ok_or_else(cut)?;
        out.extend_from_slice(content);
        // Two tables count their entries.
        if new.is_none() || piece.offset_at == symbols + 16 {
            put32(&mut out, piece.size_at, content.len()).ok_or_else(cut)?;
        }
    }
    let counts = [
        (symbols + 12, kept.len()),
        (dynamic + 12, table.kept_locals(&kept)),
        (dynamic + 16, table.kept_locals(&kept)),
    ];
    for (at, number) in counts.into_iter().chain([(dynamic + 24, table.kept_locals(&kept) + table.external)]) {
        put32(&mut out, at, number).ok_or_else(cut)?;
    }
    if let Some(signature) = layout.signature {
        out.resize(out.len().next_multiple_of(2 * ALIGN), 0);
        let at = out.len();
        put32(&mut out, signature.offset_at, at).ok_or_else(cut)?;
        out.extend_from_slice(part(bytes, signature.offset, signature.size).ok_or_else(cut)?);
    }
    resize_linkedit(&mut out, layout).ok_or_else(cut)?;
    Ok((out.len() < bytes.len()).then_some(out))
}

/// Writes the sizes of `__LINKEDIT`, which ends the file.
pub(super) fn resize_linkedit(out: &mut [u8], layout: &Layout) -> Option<()> {
    let size = out.len().checked_sub(layout.linkedit.start)?;
    put64(out, layout.linkedit.command + 48, size)?;
    put64(out, layout.linkedit.command + 32, size.checked_next_multiple_of(layout.page)?)
}

fn cut() -> String {
    "a table is truncated".to_owned()
}

/// The symbol table: locals, then defined externals, then undefined ones.
struct Table<'a> {
    symbols: &'a [u8],
    names: &'a [u8],
    indirect: &'a [u8],
    local: usize,
    external: usize,
}

impl<'a> Table<'a> {
    fn of(bytes: &'a [u8], symbols: usize, dynamic: usize) -> Result<Self, String> {
        let field = |at: usize| place_at(bytes, at).ok_or_else(cut);
        let range = |at: usize, size: usize| -> Result<&'a [u8], String> {
            part(bytes, field(at)?, field(at + 4)?.checked_mul(size).ok_or_else(cut)?).ok_or_else(cut)
        };
        let count = field(symbols + 12)?;
        let numbers: Vec<usize> = (0..6).map(|index| field(dynamic + 8 + 4 * index)).collect::<Result<_, _>>()?;
        let &[local_at, local, external_at, external, needed_at, needed] = numbers.as_slice() else {
            return Err(cut());
        };
        let sum = local.checked_add(external).and_then(|sum| sum.checked_add(needed));
        if (local_at, external_at, needed_at, sum) != (0, local, local.saturating_add(external), Some(count)) {
            return Err("its symbols are not in the three groups that dyld expects".to_owned());
        }
        // Tables of contents, of modules, of references, and relocations: only old linkers and kernels have them.
        for at in [36, 44, 52, 68, 76] {
            if field(dynamic + at)? != 0 {
                return Err("it has tables that only old linkers wrote".to_owned());
            }
        }
        let indirect = if field(dynamic + 60)? == 0 { &[][..] } else { range(dynamic + 56, 4)? };
        Ok(Self { symbols: range(symbols + 8, SYMBOL)?, names: range(symbols + 16, 1)?, indirect, local, external })
    }

    /// The old indices of the remaining symbols.
    fn kept(&self) -> Result<Vec<usize>, String> {
        let count = self.symbols.len() / SYMBOL;
        let mut is_named = vec![false; count];
        for entry in self.indirect_entries() {
            if entry & INDIRECT_LOCAL_OR_ABSOLUTE == 0 {
                *is_named.get_mut(entry as usize).ok_or("an indirect symbol that does not exist")? = true;
            }
        }
        let stays = |(index, symbol): (usize, &[u8])| {
            let kind = symbol.get(4).copied().unwrap_or_default();
            let is_visible = kind & N_STAB == 0 && kind & N_EXT != 0;
            let by_name =
                u16_at(symbol, 6).is_some_and(|desc| kind & N_STAB == 0 && desc & REFERENCED_DYNAMICALLY != 0);
            let stays = index >= self.local || is_visible || by_name || is_named.get(index) == Some(&true);
            stays.then_some(index)
        };
        Ok(self.symbols.chunks_exact(SYMBOL).enumerate().filter_map(stays).collect())
    }

    fn kept_locals(&self, kept: &[usize]) -> usize {
        kept.iter().filter(|index| **index < self.local).count()
    }

    /// The remaining symbols, and their names, each once.
    fn list(&self, kept: &[usize]) -> Result<(Vec<u8>, Vec<u8>), String> {
        let mut list = Vec::with_capacity(kept.len() * SYMBOL);
        let mut names = vec![0];
        let mut places: HashMap<&[u8], usize> = HashMap::new();
        for index in kept {
            let mut symbol = part(self.symbols, index * SYMBOL, SYMBOL).ok_or_else(cut)?.to_vec();
            // An indirect symbol's value is the name of another one.
            if matches!(symbol.get(4), Some(kind) if kind & N_STAB == 0 && kind & 0x0e == 0x0a) {
                return Err("it has a symbol that is an alias of another".to_owned());
            }
            let old = place_at(&symbol, 0).ok_or_else(cut)?;
            let rest = self.names.get(old..).filter(|_| old != 0).unwrap_or(b"\0");
            let name =
                rest.get(..memchr::memchr(0, rest).ok_or("a symbol name is not terminated")?).unwrap_or_default();
            let place = if name.is_empty() {
                0
            } else {
                *places.entry(name).or_insert_with(|| {
                    let place = names.len();
                    names.extend_from_slice(name);
                    names.push(0);
                    place
                })
            };
            put32(&mut symbol, 0, place).ok_or_else(cut)?;
            list.extend_from_slice(&symbol);
        }
        Ok((list, names))
    }

    /// The indirect symbol table, with the new indices.
    fn indirect(&self, kept: &[usize]) -> Result<Vec<u8>, String> {
        let mut out = Vec::with_capacity(self.indirect.len());
        for entry in self.indirect_entries() {
            let new = if entry & INDIRECT_LOCAL_OR_ABSOLUTE == 0 {
                let index = kept.binary_search(&(entry as usize)).map_err(|_| cut())?;
                u32::try_from(index).map_err(|_| cut())?
            } else {
                entry
            };
            out.extend(new.to_le_bytes());
        }
        Ok(out)
    }

    fn indirect_entries(&self) -> impl Iterator<Item = u32> {
        self.indirect.chunks_exact(4).filter_map(|entry| u32_at(entry, 0))
    }
}
