//! Notes: the level of x86-64 that a file requires.

use object::Endianness;
use object::elf::{
    ELF_NOTE_GNU, EM_386, EM_X86_64, GNU_PROPERTY_X86_ISA_1_NEEDED, NT_GNU_PROPERTY_TYPE_0, PT_GNU_PROPERTY, PT_NOTE,
};
use object::read::elf::{FileHeader, NoteIterator, ProgramHeader as _};

use crate::binary::elf::image::Image;

/// More notes than any linker writes; each of their segments could be the complete file.
const MOST_SEGMENTS: usize = 16;
const MOST_BYTES: usize = 1 << 16;

/// The level by `GNU_PROPERTY_X86_ISA_1_NEEDED` (x86-64 psABI: bit 0 is the baseline, which is level 1).
/// A damaged note is ignored, as loaders do.
pub(super) fn isa_level<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Option<u8> {
    if !matches!(image.header.e_machine(image.endian), EM_X86_64 | EM_386) {
        return None;
    }
    let is_note = |program: &&Elf::ProgramHeader| {
        let kind = program.p_type(image.endian);
        kind == PT_NOTE || kind == PT_GNU_PROPERTY
    };
    image.programs.iter().filter(is_note).take(MOST_SEGMENTS).find_map(|program| level_in(image, program))
}

fn level_in<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>, program: &Elf::ProgramHeader) -> Option<u8> {
    let endian = image.endian;
    let bytes = program.data(endian, image.data).ok()?;
    let bytes = bytes.get(..MOST_BYTES).unwrap_or(bytes);
    let mut notes = NoteIterator::<Elf>::new(endian, program.p_align(endian), bytes).ok()?;
    while let Ok(Some(note)) = notes.next() {
        if note.name() != ELF_NOTE_GNU || note.n_type(endian) != NT_GNU_PROPERTY_TYPE_0 {
            continue;
        }
        let mut properties = note.gnu_properties(endian)?;
        while let Ok(Some(property)) = properties.next() {
            if property.pr_type() == GNU_PROPERTY_X86_ISA_1_NEEDED {
                let bits = property.data_u32(endian).ok()? & 0b1111;
                return u8::try_from(u32::BITS - bits.leading_zeros()).ok().filter(|level| *level > 0);
            }
        }
    }
    None
}
