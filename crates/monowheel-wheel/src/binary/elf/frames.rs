//! Whether functions keep a frame pointer, by their unwind information.

use gimli::{
    BaseAddresses, CallFrameInstruction, CieOrFde, EhFrame, EhFrameHdr, LittleEndian, Register, UnwindSection as _,
    X86_64,
};
use object::Endianness;
use object::elf::{EM_X86_64, PT_GNU_EH_FRAME};
use object::read::elf::{FileHeader, ProgramHeader as _};

use crate::binary::FramePointers;
use crate::binary::elf::image::Image;

/// As many functions are read; a compiler's setting shows in a few hundred.
const FUNCTIONS: usize = 4096;
/// Entries of a table without functions, and instructions of one function, that are read.
const ENTRIES: usize = 2 * FUNCTIONS;
const INSTRUCTIONS: usize = 256;
/// A function that pushes nothing has its caller's frame at this distance (the return address alone).
const NO_FRAME: u64 = 8;

type Bytes<'a> = gimli::EndianSlice<'a, LittleEndian>;

/// The functions with a frame, and how many of them keep a pointer to it in `rbp`.
///
/// Only for x86-64: compilers keep frame pointers by default for aarch64. Damaged tables count up to the damage.
pub(super) fn pointers<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Option<FramePointers> {
    if image.header.e_machine(image.endian) != EM_X86_64 || !image.header.is_type_64() {
        return None;
    }
    let header = image.programs.iter().find(|program| program.p_type(image.endian) == PT_GNU_EH_FRAME)?;
    let address: u64 = header.p_vaddr(image.endian).into();
    let bases = BaseAddresses::default().set_eh_frame_hdr(address);
    let parsed = EhFrameHdr::new(image.at(address, "unwind header").ok()?, LittleEndian).parse(&bases, 8).ok()?;
    let gimli::Pointer::Direct(frames) = parsed.eh_frame_ptr() else { return None };
    let section = EhFrame::new(image.at(frames, "unwind information").ok()?, LittleEndian);
    Some(counted(&section, &bases.set_eh_frame(frames)))
}

fn counted(section: &EhFrame<Bytes<'_>>, bases: &BaseAddresses) -> FramePointers {
    let mut found = FramePointers::default();
    let mut entries = section.entries(bases);
    for _ in 0..ENTRIES {
        let Ok(Some(entry)) = entries.next() else { break };
        let CieOrFde::Fde(function) = entry else { continue };
        let Ok(function) = function.parse(EhFrame::cie_from_offset) else { break };
        match frame(function.instructions(section, bases)) {
            Frame::None => {}
            Frame::Plain => found.functions += 1,
            Frame::Pointer => {
                found.functions += 1;
                found.kept += 1;
            }
        }
        if found.functions == FUNCTIONS {
            break;
        }
    }
    found
}

/// What a function has.
enum Frame {
    None,
    Plain,
    Pointer,
}

fn frame(mut instructions: gimli::CallFrameInstructionIter<'_, Bytes<'_>>) -> Frame {
    let is_pointer = |register: Register| register == X86_64::RBP;
    let mut found = Frame::None;
    for _ in 0..INSTRUCTIONS {
        let Ok(Some(instruction)) = instructions.next() else { break };
        match instruction {
            CallFrameInstruction::DefCfa { register, .. } | CallFrameInstruction::DefCfaRegister { register }
                if is_pointer(register) =>
            {
                return Frame::Pointer;
            }
            // A push, or room for locals: what one push alone does, an alignment of the stack, is no frame.
            CallFrameInstruction::DefCfaOffset { offset } if offset > 2 * NO_FRAME => found = Frame::Plain,
            _ => {}
        }
    }
    found
}
