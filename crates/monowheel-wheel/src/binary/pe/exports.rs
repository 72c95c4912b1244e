//! The export table.

use monowheel_error::Result;
use object::LittleEndian as LE;
use object::U16;
use object::U32;
use object::pe::{IMAGE_DIRECTORY_ENTRY_EXPORT, ImageExportDirectory};
use object::read::pe::ImageNtHeaders;

use crate::binary::budget::Budget;
use crate::binary::pe::image::Image;
use crate::binary::{Slice, unreadable};

/// Fills `exports` and `own_name`. All names and the functions that have only a number are counted; a
/// forwarder to another library counts like any other.
pub(super) fn read<Pe: ImageNtHeaders>(image: &Image<'_, Pe>, budget: &mut Budget, slice: &mut Slice) -> Result<()> {
    let Some((address, _)) = image.directory(IMAGE_DIRECTORY_ENTRY_EXPORT) else { return Ok(()) };
    let table: &ImageExportDirectory =
        image.at(address, "export table")?.next()?.ok_or_else(|| unreadable(&"an empty export table"))?;
    if table.name.get(LE) != 0 {
        slice.own_name = Some(image.at(table.name.get(LE), "name in the export table")?.text(budget)?)
            .filter(|name| !name.is_empty());
    }
    let names: &[U32<LE>] = list(image, budget, table.address_of_names.get(LE), table.number_of_names.get(LE))?;
    let ordinals: &[U16<LE>] =
        list(image, budget, table.address_of_name_ordinals.get(LE), table.number_of_names.get(LE))?;
    let functions: &[U32<LE>] =
        list(image, budget, table.address_of_functions.get(LE), table.number_of_functions.get(LE))?;
    for name in names {
        let name = image.at(name.get(LE), "name of an export")?.export(budget)?;
        slice.exports.names.add(name);
        if name.starts_with(b"Py") || name.starts_with(b"_Py") {
            slice.exports.python.push(budget.text_of(name)?);
        }
    }
    slice.exports.python.sort();
    slice.exports.python.dedup();
    let mut nameless: Vec<bool> = functions.iter().map(|function| function.get(LE) != 0).collect();
    for ordinal in ordinals {
        if let Some(function) = nameless.get_mut(usize::from(ordinal.get(LE))) {
            *function = false;
        }
    }
    slice.exports.count = names.len() + nameless.iter().filter(|is| **is).count();
    Ok(())
}

fn list<'a, Pe: ImageNtHeaders, T: object::pod::Pod>(
    image: &Image<'a, Pe>,
    budget: &mut Budget,
    address: u32,
    count: u32,
) -> Result<&'a [T]> {
    if count == 0 {
        return Ok(&[]);
    }
    budget.symbols(usize::try_from(count).unwrap_or(usize::MAX))?;
    image.at(address, "export table")?.table(count, "export table")
}
