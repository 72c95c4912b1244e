//! From addresses in a library to functions, files and lines, by DWARF and by the symbol table.
//!
//! The libraries are untrusted: nothing of them runs, and what is read is bounded by the file's size.

use std::borrow::Cow;

use addr2line::{Context, Frame};
use gimli::{DwarfSections, EndianSlice, RunTimeEndian, SectionId};
use libdeflater::Decompressor;
use monowheel_error::{Error, ErrorKind, Result};
use object::{CompressionFormat, File, Object as _, ObjectSection as _, ObjectSegment as _, SectionFlags};
use serde::Serialize;

use crate::image::demangle::demangled;
use crate::symbols::inflate::believed;
use crate::symbols::nesting::is_too_deep;

/// The frames that one address may stand for: more functions than a compiler inlines into one another.
const MOST_INLINED: usize = 256;
/// What is shown of a function's name.
const MOST_NAME: usize = 1024;

/// An address in a library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Address {
    /// From where the library is loaded.
    FromBase(u64),
    /// From the beginning of its file.
    InFile(u64),
}

impl Address {
    /// The address just before, inside of the call that returns to this one.
    #[must_use]
    pub const fn of_call(self) -> Self {
        match self {
            Self::FromBase(at) => Self::FromBase(at.saturating_sub(1)),
            Self::InFile(at) => Self::InFile(at.saturating_sub(1)),
        }
    }
}

/// What an address belongs to. A function that was inlined comes before the one that contains it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The function's name, demangled.
    pub function: String,
    /// The file as the compiler named it: `/source/…` is the project, `/cargo/registry/…` a dependency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Whether its code is inside that of the next.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub inlined: bool,
}

/// What each of `addresses` belongs to in a file with line tables; nothing for an address outside of all functions.
///
/// # Errors
/// [`ErrorKind::Format`] when the file is no library, or its line tables are damaged.
pub fn places(bytes: &[u8], addresses: &[Address]) -> Result<Vec<Vec<Place>>> {
    let file = parsed(bytes)?;
    let endian = if file.is_little_endian() { RunTimeEndian::Little } else { RunTimeEndian::Big };
    let load = |id: SectionId| -> std::result::Result<Cow<'_, [u8]>, String> { section(&file, id) };
    let sections = DwarfSections::load(load).map_err(|why| damaged(&why))?;
    let dwarf = sections.borrow(|section| EndianSlice::new(section, endian));
    if is_too_deep(&dwarf) {
        return Err(damaged("its functions are nested deeper than a compiler inlines"));
    }
    let context = Context::from_dwarf(dwarf).map_err(|error| damaged(&error.to_string()))?;
    let symbols = file.symbol_map();
    let named = |address: u64| -> Option<Place> {
        let symbol = symbols.before(address)?;
        // The symbols of Mach-O, and those of C for 32-bit Windows, begin with an underscore.
        let name = symbol.name().strip_prefix('_').filter(|_| symbol.name().starts_with("__")).unwrap_or(symbol.name());
        Some(Place { function: plain(name), file: None, line: None, inlined: false })
    };
    let one = |address: &Address| -> Result<Vec<Place>> {
        let Some(address) = virtual_address(&file, *address).filter(|address| is_code(&file, *address)) else {
            return Ok(Vec::new());
        };
        let mut frames = context.find_frames(address).skip_all_loads().map_err(|error| damaged(&error.to_string()))?;
        let mut places = Vec::new();
        while let Some(frame) = frames.next().map_err(|error| damaged(&error.to_string()))? {
            places.push(place(&frame));
            if places.len() == MOST_INLINED {
                break;
            }
        }
        // The outermost function may have no name in DWARF: that of a C library without line tables.
        match places.last_mut() {
            Some(last) if last.function.is_empty() => {
                last.function = named(address).map_or_else(|| "?".to_owned(), |place| place.function);
            }
            None => places.extend(named(address)),
            Some(_) => {}
        }
        let last = places.len().saturating_sub(1);
        places.iter_mut().take(last).for_each(|place| place.inlined = true);
        Ok(places)
    };
    addresses.iter().map(one).collect()
}

/// How many bytes a library takes in memory, from its first address.
///
/// # Errors
/// [`ErrorKind::Format`] when the file is no library.
pub(super) fn extent(bytes: &[u8]) -> Result<u64> {
    let file = parsed(bytes)?;
    let end = file.sections().map(|section| section.address().saturating_add(section.size())).max();
    Ok(end.unwrap_or_default().saturating_sub(file.relative_address_base()))
}

fn parsed(bytes: &[u8]) -> Result<File<'_>> {
    File::parse(bytes).map_err(|error| damaged(&error.to_string()))
}

fn damaged(why: &str) -> Error {
    Error::new(ErrorKind::Format, format!("the line tables cannot be read: {why}")).next("get the file again")
}

/// A section of DWARF, unpacked.
fn section<'d>(file: &File<'d>, id: SectionId) -> std::result::Result<Cow<'d, [u8]>, String> {
    let Some(section) = file.section_by_name(id.name()) else { return Ok(Cow::Borrowed(&[])) };
    let packed = section.compressed_data().map_err(|error| error.to_string())?;
    match packed.format {
        CompressionFormat::None => Ok(Cow::Borrowed(packed.data)),
        CompressionFormat::Zlib => {
            let size = believed(packed.uncompressed_size, packed.data.len());
            let mut out = vec![0; size.ok_or_else(|| format!("the size of {} is wrong", id.name()))?];
            match Decompressor::new().zlib_decompress(packed.data, &mut out) {
                Ok(length) if length == out.len() => Ok(Cow::Owned(out)),
                _ => Err(format!("{} cannot be unpacked", id.name())),
            }
        }
        other => Err(format!(
            "{} is compressed in a form that is not supported ({other:?}); `objcopy --decompress-debug-sections` \
             unpacks it",
            id.name()
        )),
    }
}

/// The address as the file's own tables have it; never the last of all, as addr2line asks for the next one.
fn virtual_address(file: &File<'_>, address: Address) -> Option<u64> {
    let found = match address {
        // ELF and Mach-O libraries are linked at 0, those of Windows at their image base.
        Address::FromBase(at) => file.relative_address_base().checked_add(at),
        Address::InFile(at) => file.segments().find_map(|segment| {
            let (start, length) = segment.file_range();
            let within = at.checked_sub(start).filter(|within| *within < length)?;
            segment.address().checked_add(within)
        }),
    };
    found.filter(|address| *address < u64::MAX)
}

/// Whether an address is in a section with code: symbols alone would name the last function for everything after it.
fn is_code(file: &File<'_>, address: u64) -> bool {
    file.sections().any(|section| {
        let is_inside = address.checked_sub(section.address()).is_some_and(|within| within < section.size());
        // By flags, where a file for debuggers has no code in the section.
        let is_code = match section.flags() {
            SectionFlags::Elf { sh_flags, .. } => sh_flags.contains(object::elf::SHF_EXECINSTR),
            _ => section.kind() == object::SectionKind::Text,
        };
        is_inside && is_code
    })
}

/// A file as it is named on every machine. rustc names the sources of the standard library by their directory, if they
/// are installed, whatever the build told it to call them.
fn named_alike(file: &str) -> String {
    let is_own = ["/source/", "/cargo/", "/rustc/"].iter().any(|own| file.starts_with(own));
    let of_std = ["core", "alloc", "std"].iter().find_map(|name| file.find(&format!("/library/{name}/src/")));
    match of_std.filter(|_| !is_own).and_then(|at| file.get(at..)) {
        Some(rest) => format!("/rustc{rest}"),
        None => file.to_owned(),
    }
}

/// A function's name without its mangling.
fn plain(name: &str) -> String {
    demangled(name, MOST_NAME).map_or_else(|| name.to_owned(), |(_, plain)| plain)
}

fn place(frame: &Frame<'_, EndianSlice<'_, RunTimeEndian>>) -> Place {
    let name = frame.function.as_ref().and_then(|function| function.raw_name().ok());
    let location = frame.location.as_ref();
    Place {
        function: name.map(|name| plain(&name)).unwrap_or_default(),
        file: location.and_then(|location| location.file).map(named_alike),
        line: location.and_then(|location| location.line).filter(|line| *line > 0),
        inlined: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_of_the_standard_library_have_one_name() {
        for (file, name) in [
            ("/usr/src/rustc-1.96.0/library/core/src/hint.rs", "/rustc/library/core/src/hint.rs"),
            ("/rustc/ac68fa/library/std/src/panic.rs", "/rustc/ac68fa/library/std/src/panic.rs"),
            ("/source/demo-1.0/library/core/src/a.rs", "/source/demo-1.0/library/core/src/a.rs"),
            ("src/lib.rs", "src/lib.rs"),
        ] {
            assert_eq!(named_alike(file), name);
        }
    }

    #[test]
    fn what_is_no_library_is_an_error() {
        for bytes in [&b""[..], b"\x7fELF\x02\x01\x01", b"MZ", &[0; 64]] {
            let error = places(bytes, &[Address::FromBase(0)]);
            assert!(error.is_err_and(|error| error.kind() == ErrorKind::Format));
        }
    }

    /// Found by fuzzing: addr2line adds 1 to it.
    #[test]
    fn the_last_of_all_addresses_belongs_to_nothing() {
        let mut file = monowheel_forge::sections::elf(&[(".text", true, vec![0; 256])], &[]);
        let table = usize::try_from(u64::from_le_bytes(file[40..48].try_into().unwrap())).unwrap();
        // The address of the first section.
        file[table + 64 + 16..][..8].copy_from_slice(&(u64::MAX - 255).to_le_bytes());
        let found = places(&file, &[Address::FromBase(u64::MAX), Address::FromBase(u64::MAX - 1)]).unwrap();
        assert_eq!(found, [[], []]);
    }
}
