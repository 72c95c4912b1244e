//! The debug directory: the path of the PDB, and whether the time stamp is a hash.

use monowheel_error::Result;
use object::LittleEndian as LE;
use object::pe::{IMAGE_DEBUG_TYPE_CODEVIEW, IMAGE_DEBUG_TYPE_REPRO, IMAGE_DIRECTORY_ENTRY_DEBUG, ImageDebugDirectory};
use object::read::pe::ImageNtHeaders;

use crate::binary::budget::Budget;
use crate::binary::pe::image::Image;

/// The entries of the directory; none if it is damaged, because no loader reads it.
fn entries<'a, Pe: ImageNtHeaders>(image: &Image<'a, Pe>) -> &'a [ImageDebugDirectory] {
    let Some((address, size)) = image.directory(IMAGE_DIRECTORY_ENTRY_DEBUG) else { return &[] };
    let Ok(table) = image.at(address, "debug directory") else { return &[] };
    let bytes = usize::try_from(size).ok().and_then(|size| table.bytes().get(..size)).unwrap_or_default();
    let count = bytes.len() / size_of::<ImageDebugDirectory>();
    object::pod::slice_from_bytes(bytes, count).map_or(&[], |(entries, _)| entries)
}

/// Whether the linker declares that its output depends only on its input (`/Brepro`): the time stamp is a hash.
pub(super) fn is_reproducible<Pe: ImageNtHeaders>(image: &Image<'_, Pe>) -> bool {
    entries(image).iter().any(|entry| entry.typ.get(LE) == IMAGE_DEBUG_TYPE_REPRO)
}

/// The path of the PDB from the first CodeView record (`RSDS`: Visual C++ 7 and later, and LLVM; `NB10`
/// before). No loader reads it, so damage here is not an error.
pub(super) fn pdb_path<Pe: ImageNtHeaders>(image: &Image<'_, Pe>, budget: &mut Budget) -> Result<Option<String>> {
    let is_pdb = |entry: &&ImageDebugDirectory| entry.typ.get(LE) == IMAGE_DEBUG_TYPE_CODEVIEW;
    let Some(entry) = entries(image).iter().find(is_pdb) else { return Ok(None) };
    let start = usize::try_from(entry.pointer_to_raw_data.get(LE)).unwrap_or(usize::MAX);
    let end = start.saturating_add(usize::try_from(entry.size_of_data.get(LE)).unwrap_or(usize::MAX));
    let record = image.bytes.get(start..end).unwrap_or_default();
    // After the signature, there are an id (16 bytes, or an offset and a time) and an age.
    let path = match record.get(..4) {
        Some(b"RSDS") => record.get(24..),
        Some(b"NB10") => record.get(16..),
        _ => None,
    };
    let Some(path) = path else { return Ok(None) };
    let end = memchr::memchr(0, path).unwrap_or(path.len());
    let path = budget.text_of(path.get(..end).unwrap_or_default())?;
    Ok(Some(path).filter(|path| !path.is_empty()))
}
