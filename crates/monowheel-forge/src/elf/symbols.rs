//! The dynamic symbols, their hash tables and their relocations.

use monowheel_wheel::binary::Slice;

use super::versions::Needs;
use crate::bytes::{Bytes, Strings};

/// The dynamic symbols: an empty one, the imports, the exports.
pub(super) struct Symbols {
    /// Name, `st_info`, section.
    rows: Vec<(u32, u8, u16)>,
    pub(super) versions: Vec<u16>,
    imports: u32,
}

impl Symbols {
    pub(super) fn of(slice: &Slice, needs: &Needs<'_>, strings: &mut Strings) -> Self {
        let mut all = Self { rows: vec![(0, 0, 0)], versions: vec![0], imports: slice.imports.len() as u32 };
        for import in &slice.imports {
            all.rows.push((strings.add(&import.name), if import.weak { 0x20 } else { 0x10 }, 0));
            all.versions.push(needs.of_import(import));
        }
        // All have the first version that the library defines, if any.
        let version = if slice.link.defined_versions.is_empty() { 1 } else { needs.next_index() };
        for name in crate::export_names(&slice.exports) {
            all.rows.push((strings.add(&name), 0x12, 1));
            all.versions.push(version);
        }
        all
    }

    pub(super) fn write(&self, out: &mut Bytes) {
        for (name, info, section) in &self.rows {
            if out.is_64 {
                out.u32(*name).u8(*info).u8(0).u16(*section).u64(0x40).u64(0);
            } else {
                out.u32(*name).u32(0x40).u32(0).u8(*info).u8(0).u16(*section);
            }
        }
    }

    /// One bucket whose chain is everything. IBM Z has entries of 64 bits.
    pub(super) fn sysv_hash(&self, out: &mut Bytes, wide: bool) -> u64 {
        let at = out.align(8).here();
        let count = self.rows.len() as u32;
        let chain = (0..count).map(|index| if index == 0 || index + 1 == count { 0 } else { index + 1 });
        for value in [1, count, u32::from(count > 1)].into_iter().chain(chain) {
            if wide {
                out.u64(value.into())
            } else {
                out.u32(value)
            };
        }
        at
    }

    /// One bucket whose chain is the exports; what linkers write for none when there are none.
    pub(super) fn gnu_hash(&self, out: &mut Bytes) -> u64 {
        let at = out.align(8).here();
        let exports = self.rows.len() as u32 - 1 - self.imports;
        let first = if exports == 0 { 1 } else { self.imports + 1 };
        out.u32(1).u32(first).u32(1).u32(6).word(u64::from(u32::MAX)).u32(if exports == 0 { 0 } else { first });
        for index in 1..=exports {
            out.u32(u32::from(index == exports));
        }
        at
    }

    /// One relocation for each import: address and size of the table. `RELA` in 64 bits, else `REL`.
    pub(super) fn relocations(&self, out: &mut Bytes) -> (u64, u64) {
        let at = out.align(8).here();
        for symbol in 1..=self.imports {
            if out.is_64 {
                out.u64(0).u64(u64::from(symbol) << 32 | 6).u64(0);
            } else {
                out.u32(0).u32(symbol << 8 | 6);
            }
        }
        (at, out.here() - at)
    }
}
