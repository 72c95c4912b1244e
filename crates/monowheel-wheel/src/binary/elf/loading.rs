//! The loader's checks before it maps a file, apart from the machine.

use object::Endianness;
use object::elf::{
    DF_1_PIE, DF_STATIC_TLS, DT_FLAGS, DT_FLAGS_1, DT_RELR, DT_RPATH, DT_RUNPATH, ET_EXEC, PT_LOAD, PT_TLS,
};
use object::read::elf::{FileHeader, ProgramHeader as _};

use crate::binary::Link;
use crate::binary::elf::image::Image;
use crate::binary::elf::symbols;

/// No kernel has larger pages.
const LARGEST_PAGE: u64 = 0x1_0000;

/// Everything but the versions.
pub(super) fn read<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Link {
    let endian = image.endian;
    let flags = image.value(DT_FLAGS).unwrap_or(0);
    let loads = || image.programs.iter().filter(|program| program.p_type(endian) == PT_LOAD);
    let smallest = loads().map(|program| program.p_align(endian).into()).min();
    let is_congruent = |program: &Elf::ProgramHeader| {
        let (address, offset): (u64, u64) = (program.p_vaddr(endian).into(), program.p_offset(endian).into());
        let align: u64 = program.p_align(endian).into();
        // A segment without bytes in the file is not mapped from it.
        program.p_filesz(endian).into() == 0 || align <= 1 || address.wrapping_sub(offset) % align == 0
    };
    let storage = || image.programs.iter().find(|program| program.p_type(endian) == PT_TLS);
    let static_tls =
        (flags & DF_STATIC_TLS.0 != 0).then(|| storage().map_or(0, |program| program.p_memsz(endian).into()));
    Link {
        is_program: image.value(DT_FLAGS_1).unwrap_or(0) & DF_1_PIE.0 != 0 || image.header.e_type(endian) == ET_EXEC,
        packed_relocations: image.value(DT_RELR).is_some(),
        static_tls,
        dynamic_tls: static_tls.is_none() && storage().is_some(),
        indirect_functions: symbols::has_indirect(image),
        small_alignment: smallest.filter(|smallest| *smallest < LARGEST_PAGE),
        is_incongruent: !loads().all(is_congruent),
        is_unsorted: !loads().map(|program| program.p_vaddr(endian).into()).is_sorted(),
        inherits_run_paths: image.value(DT_RPATH).is_some() && image.value(DT_RUNPATH).is_none(),
        ..Link::default()
    }
}
