//! A binary that arrives in pieces, of which only what is read is kept: like a sparse file, it has a hole.
//!
//! No reader looks at instructions and constants, but they are most of a large library. So of an ELF file, the part
//! from its code to its tables for unwinding, or to its variables, is left out as it arrives. Build paths, which may be
//! anywhere, are searched for on the way.
//!
//! Nothing is guessed: if a reader asks for a byte of the hole, as in a library with other tables in it, there is no
//! result, and the caller reads the file again and keeps everything.

use std::cell::Cell;
use std::ops::Range;

use monowheel_error::Result;
use object::elf::{FileHeader32, FileHeader64, PF_W, PF_X, PT_LOAD};
use object::pod::slice_from_bytes;
use object::read::elf::{FileHeader, ProgramHeader as _};
use object::{Endianness, FileKind};

use crate::binary::Binary;
use crate::binary::data::Data;
use crate::binary::paths::PathSearch;

/// The bytes of a binary so far.
#[derive(Debug, Default)]
pub struct Sparse {
    /// Those that are kept.
    bytes: Vec<u8>,
    /// The bytes of the file that are not.
    hole: Range<usize>,
    /// The part of the file that is left out, and the search in all of it.
    plan: Option<(Range<usize>, Box<PathSearch>)>,
    /// Whether everything is kept.
    is_complete: bool,
}

impl Sparse {
    /// Nothing yet; the bytes go into `buffer`, which is cleared.
    #[must_use]
    pub fn new(mut buffer: Vec<u8>) -> Self {
        buffer.clear();
        Self { bytes: buffer, ..Self::default() }
    }

    /// As [`Sparse::new`], but everything is kept.
    #[must_use]
    pub fn complete(buffer: Vec<u8>) -> Self {
        Self { is_complete: true, ..Self::new(buffer) }
    }

    /// The number of bytes that arrived.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() + self.hole.len()
    }

    /// Whether none arrived.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The kept bytes: the complete file, unless it is an ELF file.
    #[must_use]
    pub fn kept(&self) -> &[u8] {
        &self.bytes
    }

    /// The empty buffer, for another file.
    #[must_use]
    pub fn into_buffer(mut self) -> Vec<u8> {
        self.bytes.clear();
        self.bytes
    }

    /// Takes the next piece. If the first one does not contain the program headers, everything is kept.
    pub fn add(&mut self, piece: &[u8]) {
        if self.is_empty() && !self.is_complete {
            self.plan = unread(piece).map(|part| (part, Box::default()));
        }
        let at = self.len();
        let Some((part, paths)) = &mut self.plan else { return self.bytes.extend_from_slice(piece) };
        paths.add(piece);
        let until = |end: usize| end.saturating_sub(at).min(piece.len());
        let (start, end) = (until(part.start), until(part.end));
        self.bytes.extend_from_slice(piece.get(..start).unwrap_or_default());
        if start < end {
            self.hole = part.start..at + end;
        }
        self.bytes.extend_from_slice(piece.get(end..).unwrap_or_default());
    }

    /// Reads the complete file; see [`Binary::read`] for the errors. `None` if that takes bytes that were not kept.
    #[must_use]
    pub fn read(&mut self) -> Option<Result<Binary>> {
        let missed = Cell::new(false);
        let front = if self.hole.is_empty() { self.bytes.len() } else { self.hole.start };
        let (front, back) = self.bytes.split_at(front);
        let paths = self.plan.as_mut().map(|(_, paths)| paths.finish());
        let binary = Binary::read_data(Data { front, hole: self.hole.len(), back, missed: &missed, paths });
        (!missed.get()).then_some(binary)
    }
}

/// The part of an ELF file that nothing reads, by its first bytes. `None` if its first code is in the same segment as
/// its headers: the tables are there too.
fn unread(start: &[u8]) -> Option<Range<usize>> {
    match FileKind::parse(start) {
        Ok(FileKind::Elf32) => unread_in::<FileHeader32<Endianness>>(start),
        Ok(FileKind::Elf64) => unread_in::<FileHeader64<Endianness>>(start),
        _ => None,
    }
}

fn unread_in<Elf: FileHeader<Endian = Endianness>>(start: &[u8]) -> Option<Range<usize>> {
    let header = Elf::parse(start).ok()?;
    let endian = header.endian().ok()?;
    // Tools that need more headers, such as BOLT, write them elsewhere, and leave the old ones where linkers write them.
    let old = || slice_from_bytes(start.get(size_of::<Elf>()..)?, header.e_phnum(endian).into()).ok();
    let programs = header.program_headers(endian, start).ok().or_else(|| Some(old()?.0))?;
    let place = |program: &Elf::ProgramHeader| usize::try_from(program.p_offset(endian).into()).ok();
    let is_constant =
        |program: &&Elf::ProgramHeader| program.p_type(endian) == PT_LOAD && !program.p_flags(endian).contains(PF_W);
    let is_code = |program: &&Elf::ProgramHeader| is_constant(program) && program.p_flags(endian).contains(PF_X);
    let code = programs.iter().filter(is_code).filter_map(place).min().filter(|code| *code >= size_of::<Elf>())?;
    // The hole ends where anything else begins: variables, or a table with a header of its own.
    let others = programs.iter().filter(|program| !is_constant(program));
    let end = others.filter_map(place).filter(|other| *other > code).min()?;
    Some(code..end)
}
