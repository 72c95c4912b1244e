//! Reads the units of an object's DWARF, after checks that gimli leaves to its caller.

use gimli::{AttributeValue, Dwarf, Format, Section, constants};

use super::Damage;
use super::budget::{Budget, ITEM};
use super::debug::Reader;

/// A unit that was read.
pub(super) type Unit<'a> = gimli::Unit<Reader<'a>>;

/// The compile units. Others have no code.
pub(super) fn units<'a>(dwarf: &Dwarf<Reader<'a>>, budget: &mut Budget) -> Result<Vec<Unit<'a>>, Damage> {
    let mut units = Vec::new();
    let mut headers = dwarf.units();
    while let Some(header) = headers.next()? {
        // Parsing a unit also reads its abbreviations and its tables of files.
        let abbreviations = dwarf.debug_abbrev.reader().len().saturating_sub(header.debug_abbrev_offset().0);
        budget.spend(ITEM + abbreviations / ITEM)?;
        if header.address_size() != 8 || header.format() != Format::Dwarf32 {
            return Err(Damage("its DWARF is not that of a 64-bit compiler".to_owned()));
        }
        let abbreviations = header.abbreviations(&dwarf.debug_abbrev)?;
        let mut cursor = header.entries(&abbreviations);
        if let Some((_, root)) = cursor.next_dfs()? {
            let mut attributes = root.attrs();
            while let Some(attribute) = attributes.next()? {
                checked(attribute.value())?;
            }
            if root.tag() == constants::DW_TAG_compile_unit {
                let unit = dwarf.unit(header)?;
                if let Some(program) = &unit.line_program {
                    let header = program.header();
                    budget.spend((header.file_names().len() + header.include_directories().len()) * ITEM)?;
                }
                units.push(unit);
            }
        }
    }
    Ok(units)
}

/// A value whose index into a table can be multiplied by the size of an item: gimli does not check it.
pub(super) fn checked<'a>(value: AttributeValue<Reader<'a>>) -> Result<AttributeValue<Reader<'a>>, Damage> {
    let index = match value {
        AttributeValue::DebugStrOffsetsIndex(index) => index.0,
        AttributeValue::DebugAddrIndex(index) => index.0,
        AttributeValue::DebugRngListsIndex(index) => index.0,
        _ => 0,
    };
    match u32::try_from(index) {
        Ok(_) => Ok(value),
        Err(_) => Err(Damage("its DWARF has an index that is out of range".to_owned())),
    }
}

/// The offset of a unit in `.debug_info`.
pub(super) fn start(unit: &Unit<'_>) -> Option<usize> {
    unit.header.offset().as_debug_info_offset().map(|offset| offset.0)
}
