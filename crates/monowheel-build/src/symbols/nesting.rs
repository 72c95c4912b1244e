//! How deep functions are nested in line tables.

use gimli::{Dwarf, Reader};

/// Far deeper than a compiler inlines. addr2line 0.25 reads nested functions by recursion, so that a damaged file could
/// exhaust the stack.
const DEEPEST: isize = 400;

/// Whether entries are nested deeper than a compiler writes. What cannot be read is not: it is an error where it is
/// looked up.
pub(super) fn is_too_deep<R: Reader>(dwarf: &Dwarf<R>) -> bool {
    let mut headers = dwarf.units();
    while let Ok(Some(header)) = headers.next() {
        if dwarf.unit(header).and_then(|unit| unit_is_too_deep(&unit)).unwrap_or(false) {
            return true;
        }
    }
    false
}

fn unit_is_too_deep<R: Reader>(unit: &gimli::Unit<R>) -> gimli::Result<bool> {
    let mut entries = unit.entries_raw(None)?;
    while !entries.is_empty() {
        if entries.next_depth() > DEEPEST {
            return Ok(true);
        }
        if let Some(entry) = entries.read_abbreviation()? {
            entries.skip_attributes(entry.attributes())?;
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use addr2line::Context;
    use gimli::write::{Address, AttributeValue, DwarfUnit, EndianVec, Sections};
    use gimli::{DwarfSections, Encoding, EndianSlice, Format, LittleEndian};

    use super::*;

    /// A function with others inlined into one another, as a compiler writes them.
    fn nested(levels: usize) -> Sections<EndianVec<LittleEndian>> {
        let mut written = DwarfUnit::new(Encoding { format: Format::Dwarf32, version: 4, address_size: 8 });
        let mut parent = written.unit.root();
        for level in 0..levels + 2 {
            match level {
                0 => {}
                1 => parent = written.unit.add(parent, gimli::DW_TAG_subprogram),
                _ => parent = written.unit.add(parent, gimli::DW_TAG_inlined_subroutine),
            }
            let entry = written.unit.get_mut(parent);
            entry.set(gimli::DW_AT_low_pc, AttributeValue::Address(Address::Constant(0x1000)));
            entry.set(gimli::DW_AT_high_pc, AttributeValue::Udata(0x100));
        }
        let mut sections = Sections::new(EndianVec::new(LittleEndian));
        written.write(&mut sections).unwrap();
        sections
    }

    fn with<T>(levels: usize, test: impl FnOnce(Dwarf<EndianSlice<'_, LittleEndian>>) -> T) -> T {
        let written = nested(levels);
        let load =
            |id| Ok::<_, gimli::Error>(written.get(id).map(|section| section.slice().to_vec()).unwrap_or_default());
        let sections = DwarfSections::load(load).unwrap();
        test(sections.borrow(|section| EndianSlice::new(section, LittleEndian)))
    }

    #[test]
    fn functions_that_no_compiler_writes_are_refused_before_they_are_read() {
        assert!(with(1_000, |dwarf| is_too_deep(&dwarf)));
        // What is not refused is read on the small stack of a thread, unoptimized.
        let levels = usize::try_from(DEEPEST).unwrap() - 2;
        assert!(!with(levels, |dwarf| is_too_deep(&dwarf)));
        let frames = with(levels, |dwarf| {
            let context = Context::from_dwarf(dwarf).unwrap();
            let mut frames = context.find_frames(0x1010).skip_all_loads().unwrap();
            std::iter::from_fn(|| frames.next().unwrap().map(|_| ())).count()
        });
        assert_eq!(frames, levels + 1);
    }
}
