//! ELF files, as a dynamic loader sees them.
//!
//! Everything comes from the program headers and the dynamic table. Section headers, which no loader
//! reads and which may be stripped or wrong, are used for two things only: to detect debug information,
//! and for the number of symbols if nothing else has it.

mod frames;
mod image;
mod loading;
mod machine;
mod note;
mod sections;
mod symbols;
mod versions;

use monowheel_error::Result;
use object::elf::{
    DF_1_NOW, DF_BIND_NOW, DF_TEXTREL, DT_BIND_NOW, DT_FLAGS, DT_FLAGS_1, DT_RPATH, DT_RUNPATH, DT_TEXTREL, ET_DYN,
    ET_EXEC, FileHeader32, FileHeader64, PF_R, PF_W, PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_LOAD,
};
use object::read::elf::{FileHeader, ProgramHeader as _};
use object::{Endianness, FileKind};

use crate::binary::budget::Budget;
use crate::binary::data::Data;
use crate::binary::elf::image::Image;
use crate::binary::{EmbeddedPaths, Hardening, Library, Segment, Slice, unreadable};

pub(super) fn read(data: Data<'_>) -> Result<Slice> {
    match FileKind::parse(data) {
        Ok(FileKind::Elf32) => read_as::<FileHeader32<Endianness>>(data),
        Ok(FileKind::Elf64) => read_as::<FileHeader64<Endianness>>(data),
        _ => Err(unreadable(&"not an ELF file")),
    }
}

fn read_as<Elf: FileHeader<Endian = Endianness>>(data: Data<'_>) -> Result<Slice> {
    let mut budget = Budget::new();
    let image = Image::<Elf>::parse(data, &mut budget)?;
    let kind = image.header.e_type(image.endian);
    if kind != ET_DYN && kind != ET_EXEC {
        return Err(unreadable(&"an ELF file that no loader accepts (an object file or a core dump)"));
    }
    if image.dynamic.is_empty() && kind == ET_DYN {
        return Err(unreadable(&"an ELF library without a dynamic table"));
    }

    let mut slice = Slice::of(machine::arch(&image));
    slice.is_64 = image.header.is_type_64();
    slice.segments = segments(&image);
    slice.hardening = hardening(&image);
    slice.isa_level = note::isa_level(&image);
    slice.frame_pointers = frames::pointers(&image);
    for name in image.strings_of(object::elf::DT_NEEDED, &mut budget)? {
        budget.parts(1)?;
        slice.libraries.push(Library { name, delayed: false, weak: false });
    }
    slice.own_name = image.strings_of(object::elf::DT_SONAME, &mut budget)?.pop();
    // Where both are there, loaders ignore `DT_RPATH`.
    let tag = if image.value(DT_RUNPATH).is_some() { DT_RUNPATH } else { DT_RPATH };
    for path in image.strings_of(tag, &mut budget)?.iter().filter(|path| !path.is_empty()) {
        slice.run_paths.extend(path.split(':').map(str::to_owned));
    }
    let versions = versions::Versions::read(&image, &mut budget)?;
    symbols::read(&image, &versions, &mut budget, &mut slice)?;
    slice.versions = versions.needs;
    slice.link = loading::read(&image);
    slice.link.defined_versions = versions.defined;
    slice.debug_info = sections::debug_info(&image, &mut budget)?;
    slice.paths = data.paths.cloned().unwrap_or_else(|| EmbeddedPaths::scan(data.front));
    Ok(slice)
}

fn segments<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Vec<Segment> {
    let loads = image.programs.iter().filter(|program| program.p_type(image.endian) == PT_LOAD);
    let may = |program: &Elf::ProgramHeader, flag| program.p_flags(image.endian).contains(flag);
    loads
        .map(|program| Segment {
            name: "LOAD".to_owned(),
            read: may(program, PF_R),
            write: may(program, PF_W),
            execute: may(program, PF_X),
        })
        .collect()
}

fn hardening<Elf: FileHeader<Endian = Endianness>>(image: &Image<'_, Elf>) -> Hardening {
    // The loader uses the last header of a kind (glibc's `_dl_map_object_from_fd`).
    let last = |kind| image.programs.iter().rev().find(|program| program.p_type(image.endian) == kind);
    let flags = image.value(DT_FLAGS).unwrap_or(0);
    let flags_1 = image.value(DT_FLAGS_1).unwrap_or(0);
    let has = |flags: u64, flag: u64| flags & flag != 0;
    let dynamic = |is: bool| (!image.dynamic.is_empty()).then_some(is);
    Hardening {
        executable_stack: Some(match last(PT_GNU_STACK) {
            Some(program) => program.p_flags(image.endian).contains(PF_X),
            None => machine::stack_is_executable_by_default(image),
        }),
        relro: Some(last(PT_GNU_RELRO).is_some()),
        bind_now: dynamic(has(flags, DF_BIND_NOW.0) || has(flags_1, DF_1_NOW.0) || image.value(DT_BIND_NOW).is_some()),
        text_relocations: dynamic(has(flags, DF_TEXTREL.0) || image.value(DT_TEXTREL).is_some()),
        ..Hardening::default()
    }
}
