//! The import tables: the one that is bound when the file is loaded, and the delayed one.

use monowheel_error::Result;
use object::LittleEndian as LE;
use object::pe::{
    IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT, IMAGE_DIRECTORY_ENTRY_IMPORT, ImageDelayloadDescriptor, ImageImportDescriptor,
};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader as _, ImageThunkData as _};

use crate::binary::budget::Budget;
use crate::binary::pe::image::Image;
use crate::binary::{Import, Library, Slice, unreadable};

/// Adds the functions that the loader binds at once. The directory's size is ignored: the table ends with
/// the first descriptor without a name or without addresses to fill, as in the loader.
pub(super) fn read<Pe: ImageNtHeaders>(image: &Image<'_, Pe>, budget: &mut Budget, slice: &mut Slice) -> Result<()> {
    let Some((address, _)) = image.directory(IMAGE_DIRECTORY_ENTRY_IMPORT) else { return Ok(()) };
    let mut table = image.at(address, "import table")?;
    while let Some(descriptor) = table.next::<ImageImportDescriptor>()? {
        let (name, addresses) = (descriptor.name.get(LE), descriptor.first_thunk.get(LE));
        if name == 0 || addresses == 0 {
            break;
        }
        // Old linkers keep the names only where the addresses will be.
        let thunks = match descriptor.original_first_thunk.get(LE) {
            0 => addresses,
            names => names,
        };
        library(image, budget, slice, name, thunks, false)?;
    }
    Ok(())
}

/// Adds the functions that a stub binds at the first call.
pub(super) fn read_delayed<Pe: ImageNtHeaders>(
    image: &Image<'_, Pe>,
    budget: &mut Budget,
    slice: &mut Slice,
) -> Result<()> {
    let Some((address, _)) = image.directory(IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT) else { return Ok(()) };
    let mut table = image.at(address, "delay-import table")?;
    while let Some(descriptor) = table.next::<ImageDelayloadDescriptor>()? {
        let name = descriptor.dll_name_rva.get(LE);
        if name == 0 {
            break;
        }
        // Visual C++ 6 wrote absolute addresses; bit 0 means that these are relative.
        let base = match descriptor.attributes.get(LE) & 1 {
            0 => u32::try_from(image.headers.optional_header().image_base()).unwrap_or(0),
            _ => 0,
        };
        let relative =
            |address: u32| address.checked_sub(base).ok_or_else(|| unreadable(&"a delay import outside the image"));
        let thunks = descriptor.import_name_table_rva.get(LE);
        library(image, budget, slice, relative(name)?, relative(thunks)?, true)?;
    }
    Ok(())
}

fn library<Pe: ImageNtHeaders>(
    image: &Image<'_, Pe>,
    budget: &mut Budget,
    slice: &mut Slice,
    name: u32,
    thunks: u32,
    delayed: bool,
) -> Result<()> {
    budget.parts(1)?;
    let library = image.at(name, "name of an imported library")?.text(budget)?;
    let mut thunks = image.at(thunks, "list of imports")?;
    while let Some(thunk) = thunks.next::<Pe::ImageThunkData>()? {
        if thunk.raw() == 0 {
            break;
        }
        budget.import()?;
        let name = if thunk.is_ordinal() {
            format!("#{}", thunk.ordinal())
        } else {
            // A hint of two bytes is before the name.
            let address = thunk.address().saturating_add(2);
            image.at(address, "name of an import")?.text(budget)?
        };
        slice.imports.push(Import {
            name,
            library: Some(budget.text_of(library.as_bytes())?),
            version: None,
            weak: false,
            delayed,
        });
    }
    slice.libraries.push(Library { name: library, delayed, weak: false });
    Ok(())
}
