//! The layout of a thin, little-endian, 64-bit Mach-O file (`mach-o/loader.h`).
//!
//! Every load command has to be known: an unknown one could point into `__LINKEDIT`, whose parts move.

use monowheel_wheel::bytes::{part, place_at, u32_at, u64_at};
use object::macho;

/// Bytes of a `mach_header_64`.
const HEADER: usize = 32;
/// No linker writes more.
const MOST: usize = 1 << 10;

/// The relevant parts of a slice.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// `__LINKEDIT`, which ends the file.
    pub(super) linkedit: Linkedit,
    /// The start of `__TEXT` in the file, and its size.
    pub(super) text: (usize, usize),
    /// The end of the load commands.
    pub(super) commands_end: usize,
    /// The start of the first section: the space between the two is room for load commands.
    pub(super) first_section: Option<usize>,
    /// The parts of `__LINKEDIT`, except for the symbols, their names and the signature.
    pub(super) pieces: Vec<Piece>,
    /// Offset of the `LC_SYMTAB` command, …
    pub(super) symbols: Option<usize>,
    /// … of `LC_DYSYMTAB`, …
    pub(super) dynamic: Option<usize>,
    /// … of the 16 bytes in `LC_UUID`.
    pub(super) uuid: Option<usize>,
    /// The signature.
    pub(super) signature: Option<Piece>,
    /// The page size of this processor.
    pub(super) page: usize,
    /// The end of the other segments.
    others: usize,
}

/// The segment `__LINKEDIT`.
#[derive(Debug, Default)]
pub(super) struct Linkedit {
    /// Offset of its command.
    pub(super) command: usize,
    /// Its start in the file, …
    pub(super) start: usize,
    /// … and its end.
    end: usize,
}

/// A part of `__LINKEDIT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Piece {
    /// Its offset in the file.
    pub(super) offset: usize,
    /// Its size.
    pub(super) size: usize,
    /// The position of its offset field.
    pub(super) offset_at: usize,
    /// The position of its size field.
    pub(super) size_at: usize,
}

impl Layout {
    /// Reads the load commands.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, String> {
        let cut = || "its load commands are truncated".to_owned();
        let mut layout = Self {
            page: match u32_at(bytes, 4) {
                Some(0x0100_0007) => 0x1000,
                Some(0x0100_000c) => 0x4000,
                cpu => return Err(format!("processor {:#x}", cpu.unwrap_or_default())),
            },
            ..Self::default()
        };
        let kind = u32_at(bytes, 12).unwrap_or_default();
        if ![macho::MH_EXECUTE.0, macho::MH_DYLIB.0, macho::MH_BUNDLE.0].contains(&kind) {
            return Err(format!("a file of type {kind}"));
        }
        let count = place_at(bytes, 16).ok_or_else(cut)?;
        let end = place_at(bytes, 20).and_then(|size| size.checked_add(HEADER)).ok_or_else(cut)?;
        if count > MOST || end > bytes.len() {
            return Err(cut());
        }
        layout.commands_end = end;
        let mut at = HEADER;
        for _ in 0..count {
            let size = place_at(bytes, at + 4).filter(|size| *size >= 8).ok_or_else(cut)?;
            let command = part(bytes, at, size).filter(|_| at + size <= end).ok_or_else(cut)?;
            layout.take(bytes.len(), at, command)?;
            at += size;
        }
        if layout.linkedit.command == 0 || layout.linkedit.end != bytes.len() {
            return Err("it has no __LINKEDIT that ends the file".to_owned());
        }
        if layout.others.max(end) > layout.linkedit.start {
            return Err("its __LINKEDIT is not after the other segments".to_owned());
        }
        layout.check(bytes)?;
        Ok(layout)
    }

    /// Reads the command at `at`.
    fn take(&mut self, whole: usize, at: usize, command: &[u8]) -> Result<(), String> {
        let kind = u32_at(command, 0).unwrap_or_default();
        let once = |slot: &mut Option<usize>, size: usize, inner: usize| {
            if slot.replace(at + inner).is_some() {
                return Err(format!("two load commands {kind:#x}"));
            }
            if command.len() < size { Err(format!("load command {kind:#x} is truncated")) } else { Ok(()) }
        };
        match macho::LoadCommandType(kind) {
            macho::LC_SEGMENT_64 => self.segment(whole, at, command),
            macho::LC_SYMTAB => once(&mut self.symbols, 24, 0),
            macho::LC_DYSYMTAB => once(&mut self.dynamic, 80, 0),
            macho::LC_UUID => once(&mut self.uuid, 24, 8),
            macho::LC_CODE_SIGNATURE => match self.signature.replace(piece(command, 8, at)?) {
                Some(_) => Err("two signatures".to_owned()),
                None => Ok(()),
            },
            macho::LC_DYLD_INFO | macho::LC_DYLD_INFO_ONLY => {
                for index in 0..5 {
                    self.pieces.push(piece(command, 8 + 8 * index, at)?);
                }
                Ok(())
            }
            macho::LC_FUNCTION_STARTS
            | macho::LC_DATA_IN_CODE
            | macho::LC_SEGMENT_SPLIT_INFO
            | macho::LC_DYLIB_CODE_SIGN_DRS
            | macho::LC_LINKER_OPTIMIZATION_HINT
            | macho::LC_DYLD_EXPORTS_TRIE
            | macho::LC_DYLD_CHAINED_FIXUPS => {
                self.pieces.push(piece(command, 8, at)?);
                Ok(())
            }
            macho::LC_ID_DYLIB
            | macho::LC_LOAD_DYLIB
            | macho::LC_LOAD_WEAK_DYLIB
            | macho::LC_REEXPORT_DYLIB
            | macho::LC_LOAD_UPWARD_DYLIB
            | macho::LC_LOAD_DYLINKER
            | macho::LC_ID_DYLINKER
            | macho::LC_RPATH
            | macho::LC_MAIN
            | macho::LC_VERSION_MIN_MACOSX
            | macho::LC_BUILD_VERSION
            | macho::LC_SOURCE_VERSION => Ok(()),
            _ => Err(format!("it has the unknown load command {kind:#x}")),
        }
    }

    fn segment(&mut self, whole: usize, at: usize, command: &[u8]) -> Result<(), String> {
        let field = |place| u64_at(command, place).and_then(|number| usize::try_from(number).ok());
        let (Some(start), Some(size)) = (field(40), field(48)) else { return Err("a segment is truncated".to_owned()) };
        let end = start.checked_add(size).filter(|end| *end <= whole).ok_or("a segment is outside the file")?;
        if part(command, 8, 16) != Some(b"__LINKEDIT\0\0\0\0\0\0") {
            self.others = self.others.max(end);
            if part(command, 8, 16) == Some(b"__TEXT\0\0\0\0\0\0\0\0\0\0") {
                self.text = (start, size);
            }
            let sections = command.get(72..).unwrap_or_default().chunks_exact(80);
            // Zero-fill sections have no offset in the file.
            let places = sections.filter_map(|section| place_at(section, 48)).filter(|place| *place != 0);
            self.first_section = places.chain(self.first_section).min();
            return Ok(());
        }
        if self.linkedit.command != 0 {
            return Err("it has __LINKEDIT twice".to_owned());
        }
        self.linkedit = Linkedit { command: at, start, end };
        Ok(())
    }

    /// Checks that everything that may move is in `__LINKEDIT`, without overlaps and with the signature last.
    fn check(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.pieces.retain(|piece| (piece.offset, piece.size) != (0, 0));
        let mut all = self.pieces.clone();
        if let Some(at) = self.symbols {
            let symbols = piece(bytes, at + 8, 0)?;
            all.push(Piece { size: symbols.size.checked_mul(16).ok_or("too many symbols")?, ..symbols });
            all.push(piece(bytes, at + 16, 0)?);
        }
        all.extend(self.signature);
        all.sort_unstable();
        let mut end = self.linkedit.start;
        for piece in all.iter().filter(|piece| piece.size > 0) {
            if piece.offset < end {
                return Err("parts of its __LINKEDIT overlap or are outside it".to_owned());
            }
            end = piece.offset.checked_add(piece.size).ok_or("a part of its __LINKEDIT is too large")?;
        }
        if end > bytes.len() {
            return Err("its __LINKEDIT is truncated".to_owned());
        }
        if self.signature.is_some_and(|signature| signature.offset + signature.size != end) {
            return Err("data follows its signature".to_owned());
        }
        Ok(())
    }
}

/// The pair of offset and size at a position of a command, which is at `command`.
fn piece(bytes: &[u8], at: usize, command: usize) -> Result<Piece, String> {
    match (place_at(bytes, at), place_at(bytes, at + 4)) {
        (Some(offset), Some(size)) => Ok(Piece { offset, size, offset_at: command + at, size_at: command + at + 4 }),
        _ => Err("a load command is truncated".to_owned()),
    }
}
