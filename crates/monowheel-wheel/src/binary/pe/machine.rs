//! The architecture of a PE file.

use object::LittleEndian as LE;
use object::pe::{
    COMIMAGE_FLAGS_32BITREQUIRED, COMIMAGE_FLAGS_ILONLY, IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR,
    IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG, IMAGE_FILE_MACHINE_AMD64, IMAGE_FILE_MACHINE_ARM64, IMAGE_FILE_MACHINE_ARM64EC,
    IMAGE_FILE_MACHINE_ARM64X, IMAGE_FILE_MACHINE_ARMNT, IMAGE_FILE_MACHINE_I386, ImageCor20Header,
    ImageLoadConfigDirectory64,
};
use object::read::pe::ImageNtHeaders;

use crate::binary::Arch;
use crate::binary::pe::image::Image;

/// The architecture from the machine in the header, and from what changes it:
///
/// - An *Arm64EC* library is marked as x86-64, but only emulation on ARM loads it; its load
///   configuration has metadata of hybrid code. *Arm64X* is marked as ARM64 and has them too; a native
///   process loads it (Microsoft's own `msvcp140.dll` for ARM64 is one), so the mark is trusted.
/// - A .NET assembly for any processor is marked as x86; it is `any-cpu` here.
pub(super) fn arch<Pe: ImageNtHeaders>(image: &Image<'_, Pe>) -> Arch {
    let other = |name: &str| Arch::Other(name.to_owned());
    match image.headers.file_header().machine.get(LE) {
        IMAGE_FILE_MACHINE_AMD64 if is_hybrid(image) => other("arm64ec"),
        IMAGE_FILE_MACHINE_AMD64 => Arch::X86_64,
        IMAGE_FILE_MACHINE_I386 if is_for_any_cpu(image) => other("any-cpu"),
        IMAGE_FILE_MACHINE_I386 => Arch::I686,
        IMAGE_FILE_MACHINE_ARM64 => Arch::Aarch64,
        // These two occur only in object files.
        IMAGE_FILE_MACHINE_ARM64EC => other("arm64ec"),
        IMAGE_FILE_MACHINE_ARM64X => other("arm64x"),
        IMAGE_FILE_MACHINE_ARMNT => other("arm"),
        machine => Arch::Other(format!("machine-{}", machine.0)),
    }
}

fn is_hybrid<Pe: ImageNtHeaders>(image: &Image<'_, Pe>) -> bool {
    let Some((address, _)) = image.directory(IMAGE_DIRECTORY_ENTRY_LOAD_CONFIG) else { return false };
    let Ok(view) = image.at(address, "load configuration") else { return false };
    // Its first field is its size.
    let size = view.bytes().first_chunk().map_or(0, |size| u32::from_le_bytes(*size));
    let size = usize::try_from(size).unwrap_or(0);
    let start = core::mem::offset_of!(ImageLoadConfigDirectory64, chpe_metadata_pointer);
    let pointer = view.bytes().get(..size).and_then(|config| config.get(start..start + 8));
    pointer.is_some_and(|pointer| pointer.iter().any(|byte| *byte != 0))
}

fn is_for_any_cpu<Pe: ImageNtHeaders>(image: &Image<'_, Pe>) -> bool {
    let Some((address, _)) = image.directory(IMAGE_DIRECTORY_ENTRY_COM_DESCRIPTOR) else { return false };
    let Ok(mut view) = image.at(address, "managed header") else { return false };
    let Ok(Some(header)) = view.next::<ImageCor20Header>() else { return false };
    let flags = header.flags.get(LE);
    flags.contains(COMIMAGE_FLAGS_ILONLY) && !flags.contains(COMIMAGE_FLAGS_32BITREQUIRED)
}
