//! PE files, as the Windows loader sees them.

mod debug;
mod exports;
mod image;
mod imports;
mod machine;

use monowheel_error::Result;
use object::FileKind;
use object::LittleEndian as LE;
use object::pe::{
    IMAGE_DIRECTORY_ENTRY_SECURITY, IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, IMAGE_DLLCHARACTERISTICS_GUARD_CF,
    IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA, IMAGE_DLLCHARACTERISTICS_NX_COMPAT, IMAGE_FILE_DLL,
    IMAGE_SCN_MEM_EXECUTE, IMAGE_SCN_MEM_READ, IMAGE_SCN_MEM_WRITE, ImageNtHeaders32, ImageNtHeaders64,
};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader as _};

use crate::binary::budget::Budget;
use crate::binary::pe::image::Image;
use crate::binary::{EmbeddedPaths, Hardening, MinimumOs, Segment, Signature, Slice, unreadable};

pub(super) fn read(bytes: &[u8]) -> Result<Slice> {
    match FileKind::parse(bytes) {
        Ok(FileKind::Pe32) => read_as::<ImageNtHeaders32>(bytes),
        Ok(FileKind::Pe64) => read_as::<ImageNtHeaders64>(bytes),
        _ => Err(unreadable(&"not a PE file")),
    }
}

fn read_as<Pe: ImageNtHeaders>(bytes: &[u8]) -> Result<Slice> {
    let mut budget = Budget::new();
    let image = Image::<Pe>::parse(bytes, &mut budget)?;
    let optional = image.headers.optional_header();
    let mut slice = Slice::of(machine::arch(&image));
    slice.is_64 = image.headers.is_type_64();
    if !debug::is_reproducible(&image) {
        slice.timestamp = Some(image.headers.file_header().time_date_stamp.get(LE));
    }
    slice.minimum_os = Some(MinimumOs {
        platform: "windows".to_owned(),
        version: (optional.major_subsystem_version(), optional.minor_subsystem_version()),
    });
    slice.link.is_program = !image.headers.file_header().characteristics.get(LE).contains(IMAGE_FILE_DLL);
    slice.hardening = hardening::<Pe>(&image);
    // The certificates are after the image, at an offset in the file.
    if image.directory(IMAGE_DIRECTORY_ENTRY_SECURITY).is_some_and(|(_, size)| size > 0) {
        slice.signature = Signature::Unchecked;
    }
    segments(&image, &mut budget, &mut slice)?;
    if let Some(path) = debug::pdb_path(&image, &mut budget)? {
        slice.debug_info.push(path);
    }
    imports::read(&image, &mut budget, &mut slice)?;
    imports::read_delayed(&image, &mut budget, &mut slice)?;
    exports::read(&image, &mut budget, &mut slice)?;
    slice.paths = EmbeddedPaths::scan(bytes);
    Ok(slice)
}

fn hardening<Pe: ImageNtHeaders>(image: &Image<'_, Pe>) -> Hardening {
    let flags = image.headers.optional_header().dll_characteristics();
    let is_64 = image.headers.is_type_64();
    Hardening {
        nx: Some(flags.contains(IMAGE_DLLCHARACTERISTICS_NX_COMPAT)),
        aslr: Some(flags.contains(IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE)),
        high_entropy: is_64.then(|| flags.contains(IMAGE_DLLCHARACTERISTICS_HIGH_ENTROPY_VA)),
        control_flow_guard: Some(flags.contains(IMAGE_DLLCHARACTERISTICS_GUARD_CF)),
        ..Hardening::default()
    }
}

/// The sections; those that MinGW keeps for a debugger are also in `debug_info`.
fn segments<Pe: ImageNtHeaders>(image: &Image<'_, Pe>, budget: &mut Budget, slice: &mut Slice) -> Result<()> {
    for section in image.sections {
        let flags = section.characteristics.get(LE);
        let name = image.section_name(section, budget)?;
        if name.starts_with(".debug_") || name.starts_with(".zdebug_") {
            slice.debug_info.push(name.clone());
        }
        slice.segments.push(Segment {
            name,
            read: flags.contains(IMAGE_SCN_MEM_READ),
            write: flags.contains(IMAGE_SCN_MEM_WRITE),
            execute: flags.contains(IMAGE_SCN_MEM_EXECUTE),
        });
    }
    Ok(())
}
