//! Writes where an entry of DWARF has its code.

use gimli::write::{Address, AttributeValue as Value, Range, RangeList, UnitEntryId};
use gimli::{constants, write};

/// Sets where an entry has its code.
pub(super) fn place(unit: &mut write::Unit, entry: UnitEntryId, code: &[(u64, u64)]) {
    if let [(start, end)] = code {
        unit.get_mut(entry).set(constants::DW_AT_low_pc, Value::Address(Address::Constant(*start)));
        unit.get_mut(entry).set(constants::DW_AT_high_pc, Value::Udata(end - start));
    } else {
        let list = ranges(unit, code);
        unit.get_mut(entry).set(constants::DW_AT_ranges, list);
    }
}

/// Sets where the unit has its code. Ranges are offsets to its `DW_AT_low_pc`, which is 0 so that they are addresses.
pub(super) fn place_unit(unit: &mut write::Unit, code: &[(u64, u64)]) {
    let root = unit.root();
    let list = ranges(unit, code);
    unit.get_mut(root).set(constants::DW_AT_low_pc, Value::Address(Address::Constant(0)));
    unit.get_mut(root).set(constants::DW_AT_ranges, list);
}

fn ranges(unit: &mut write::Unit, code: &[(u64, u64)]) -> Value {
    let address = Address::Constant;
    let range = |(start, end): &(u64, u64)| Range::StartEnd { begin: address(*start), end: address(*end) };
    Value::RangeListRef(unit.ranges.add(RangeList(code.iter().map(range).collect())))
}
