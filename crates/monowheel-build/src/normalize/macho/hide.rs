//! Makes unneeded exports of a Mach-O library private, before it is linked.
//!
//! rustc gives the linker a list of the symbols that a `cdylib` exports (`-exported_symbols_list`), which
//! cargo-zigbuild drops, because zig's linker does not support it. So each public Rust symbol is exported, nothing is
//! dead, and `-dead_strip`, which zig does support, finds nothing to strip: hello_world for arm64 has 2,039 exports and
//! 1,852,728 bytes. A *private extern* symbol (`N_PEXT`, what hidden visibility is in C) binds all objects of one
//! library and is not exported. One bit of each symbol makes it one, in place: the same library has three exports
//! and 615,960 bytes, or 448,616 without its symbols (zig 0.17.1, 2026-11).

use std::collections::BTreeSet;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::bytes::{part, place_at, u32_at, u64_at};
use object::macho;

/// `N_STAB`, `N_PEXT`, `N_TYPE` and `N_EXT` of `mach-o/nlist.h`.
const STAB: u8 = 0xe0;
const PRIVATE: u8 = 0x10;
const TYPE: u8 = 0x0e;
const EXTERNAL: u8 = 0x01;
/// How an archive begins, how long a member's header is, and how it ends.
const ARCHIVE: &[u8] = b"!<arch>\n";
const MEMBER: usize = 60;
const MEMBER_END: &[u8] = b"`\n";

/// An object file, or an archive of them (`*.rlib`, `*.a`), in which all symbols that it defines are private, except
/// those in `exported` (with the underscore that Mach-O puts before C's names). `None` if nothing changes:
/// there is no such symbol, or it is not a 64-bit Mach-O file.
///
/// # Errors
/// [`ErrorKind::Format`] when an object or an archive is truncated.
pub fn hide(bytes: &[u8], exported: &BTreeSet<String>) -> Result<Option<Vec<u8>>> {
    let cut =
        |what: &str| Error::new(ErrorKind::Format, format!("{what} is truncated")).next("rebuild from a clean state");
    let mut places = Vec::new();
    if bytes.starts_with(ARCHIVE) {
        let mut at = ARCHIVE.len();
        while at < bytes.len() {
            let (start, end) = member(bytes, at).ok_or_else(|| cut("an archive"))?;
            let content = bytes.get(start..end).unwrap_or_default();
            let own = object(content, exported).ok_or_else(|| cut("an object file in an archive"))?;
            places.extend(own.into_iter().map(|place| start + place));
            at = end + end % 2;
        }
    } else {
        places = object(bytes, exported).ok_or_else(|| cut("an object file"))?;
    }
    if places.is_empty() {
        return Ok(None);
    }
    let mut new = bytes.to_vec();
    for kind in places {
        if let Some(kind) = new.get_mut(kind) {
            *kind |= PRIVATE;
        }
    }
    Ok(Some(new))
}

/// The start and end of a member's content (`ar.h`; BSD puts a long name before the content).
fn member(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let header = part(bytes, at, MEMBER).filter(|header| header.ends_with(MEMBER_END))?;
    let number = |range: std::ops::Range<usize>| std::str::from_utf8(header.get(range)?).ok()?.trim().parse().ok();
    let size: usize = number(48..58)?;
    let name: usize = if header.starts_with(b"#1/") { number(3..16)? } else { 0 };
    let start = at.checked_add(MEMBER)?;
    part(bytes, start, size)?;
    Some((start + name.min(size), start + size))
}

/// The positions of `n_type` of every symbol that has to become private; none if it is not an object.
fn object(bytes: &[u8], exported: &BTreeSet<String>) -> Option<Vec<usize>> {
    let mut places = Vec::new();
    if u32_at(bytes, 0) != Some(macho::MH_MAGIC_64) || u32_at(bytes, 12) != Some(macho::MH_OBJECT.0) {
        return Some(places);
    }
    let mut at = 32;
    for _ in 0..u32_at(bytes, 16)? {
        let size = place_at(bytes, at + 4).filter(|size| *size >= 8)?;
        if u32_at(bytes, at) == Some(macho::LC_SYMTAB.0) {
            let field = |index: usize| place_at(bytes, at + 8 + 4 * index);
            let names = part(bytes, field(2)?, field(3)?)?;
            let (table, count) = (field(0)?, field(1)?);
            for (index, symbol) in part(bytes, table, count.checked_mul(16)?)?.chunks_exact(16).enumerate() {
                let kind = *symbol.get(4)?;
                // Undefined symbols have no type and no size; a common symbol has a size.
                let is_needed = kind & TYPE == 0 && u64_at(symbol, 8) == Some(0);
                if kind & (STAB | PRIVATE) != 0 || kind & EXTERNAL == 0 || is_needed {
                    continue;
                }
                let name = names.get(place_at(symbol, 0)?..)?;
                let name = name.get(..memchr::memchr(0, name)?)?;
                if !std::str::from_utf8(name).is_ok_and(|name| exported.contains(name)) {
                    places.push(table + index * 16 + 4);
                }
            }
        }
        at = at.checked_add(size)?;
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An object file with these symbols: name, `n_type` and value.
    fn forged(symbols: &[(&str, u8, u64)]) -> Vec<u8> {
        let mut out = Vec::new();
        for number in [macho::MH_MAGIC_64, 0x0100_000c, 0, macho::MH_OBJECT.0, 1, 24, 0, 0] {
            out.extend(number.to_le_bytes());
        }
        let names: String = symbols.iter().map(|(name, ..)| format!("{name}\0")).collect();
        let count = symbols.len() as u32;
        for number in [2, 24, 56, count, 56 + 16 * count, names.len() as u32] {
            out.extend(number.to_le_bytes());
        }
        let mut name_at = 0_u32;
        for (name, kind, value) in symbols {
            out.extend(name_at.to_le_bytes());
            out.extend([*kind, 1, 0, 0]);
            out.extend(value.to_le_bytes());
            name_at += name.len() as u32 + 1;
        }
        out.extend(names.bytes());
        out
    }

    const SYMBOLS: [(&str, u8, u64); 6] = [
        ("_PyInit_x", 0x0f, 0),
        ("__RNvC1x", 0x0f, 8),
        ("_needed", 0x01, 0),
        ("_common", 0x01, 16),
        ("_local", 0x0e, 8),
        ("_stab", 0x2f, 8),
    ];

    fn kinds(object: &[u8]) -> Vec<u8> {
        (0..SYMBOLS.len()).map(|index| object[56 + 16 * index + 4]).collect()
    }

    #[test]
    fn all_but_the_exported_become_private() {
        let exported = BTreeSet::from(["_PyInit_x".to_owned()]);
        let object = forged(&SYMBOLS);
        let hidden = hide(&object, &exported).unwrap().unwrap();
        assert_eq!(kinds(&hidden), [0x0f, 0x1f, 0x01, 0x11, 0x0e, 0x2f]);
        assert_eq!(hide(&hidden, &exported).unwrap(), None, "once is enough");
    }

    #[test]
    fn archives_hold_objects() {
        let object = forged(&SYMBOLS);
        let mut archive = ARCHIVE.to_vec();
        for (name, content) in [("lib.rmeta/", b"odd".to_vec()), ("#1/4", [b"x.o\0", object.as_slice()].concat())] {
            archive.extend(format!("{name:<16}{:<32}{:<10}`\n", "", content.len()).bytes());
            archive.extend(&content);
            archive.resize(archive.len().next_multiple_of(2), b'\n');
        }
        let hidden = hide(&archive, &BTreeSet::new()).unwrap().unwrap();
        assert_eq!(hidden.len(), archive.len());
        let at = memchr::memmem::find(&hidden, b"x.o\0").unwrap() + 4;
        assert_eq!(kinds(&hidden[at..]), [0x1f, 0x1f, 0x01, 0x11, 0x0e, 0x2f]);
        archive.truncate(archive.len() - 8);
        assert!(hide(&archive, &BTreeSet::new()).is_err(), "it is truncated");
    }

    #[test]
    fn what_is_no_object_stays() {
        for bytes in [&b""[..], b"\x7fELF", b"!<arch>\n", &[0xcf, 0xfa, 0xed, 0xfe, 7, 0, 0, 1, 3, 0, 0, 0, 6, 0, 0, 0]]
        {
            assert_eq!(hide(bytes, &BTreeSet::new()).unwrap(), None);
        }
    }
}
