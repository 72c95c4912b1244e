//! Rewrites the units of an object: its functions and the calls that are inlined in them.

use std::collections::HashMap;

use gimli::write::{AttributeValue as Value, LineProgram, StringTable, UnitEntryId};
use gimli::{AttributeValue, Dwarf, Encoding, Format, UnitOffset, constants, write};

use super::Damage;
use super::atoms::{AtomMap, joined};
use super::budget::{Budget, ITEM};
use super::code::{place, place_unit};
use super::debug::{self, Reader};
use super::input::Object;
use super::lines::Lines;
use super::read_units::{Unit, checked, start, units};

/// How everything is written.
pub(super) const ENCODING: Encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
/// References from an entry to the one with its name: a call refers to a definition, and that to a declaration.
const HOPS: usize = 8;
/// Inlined calls in each other. Deeper ones are written as if they were not nested, because gimli writes recursively.
const DEEPEST: usize = 256;

type Entry<'a, 'b> = gimli::DebuggingInformationEntry<'b, 'b, Reader<'a>>;

/// Adds the units of an object that have code in the library.
pub(super) fn rewrite(
    object: &Object<'_>,
    map: &AtomMap,
    out: &mut write::Dwarf,
    budget: &mut Budget,
) -> Result<(), Damage> {
    let sections = debug::sections(&object.file)?;
    let dwarf = sections.borrow(|section| Reader::new(section, gimli::LittleEndian));
    let units = units(&dwarf, budget)?;
    for index in 0..units.len() {
        let mut rewriter = Rewriter { dwarf: &dwarf, units: &units, map, budget };
        if let Some(unit) = rewriter.unit(index, &mut out.strings)? {
            out.units.add(unit);
        }
    }
    Ok(())
}

/// Rewrites the units of one object.
struct Rewriter<'a, 'b> {
    dwarf: &'b Dwarf<Reader<'a>>,
    units: &'b [Unit<'a>],
    map: &'b AtomMap,
    budget: &'b mut Budget,
}

/// A unit that is being written.
struct Draft<'b> {
    unit: write::Unit,
    strings: &'b mut StringTable,
    /// The functions that inlined calls refer to, by their offsets in `.debug_info`.
    origins: HashMap<usize, UnitEntryId>,
    /// Where the unit's functions are.
    code: Vec<(u64, u64)>,
}

/// The names of a function, for people and for the linker.
#[derive(Default)]
struct Names<'a> {
    name: Option<Reader<'a>>,
    linkage: Option<Reader<'a>>,
}

impl<'a> Rewriter<'a, '_> {
    /// A unit; `None` if none of its code is in the library.
    fn unit(&mut self, index: usize, strings: &mut StringTable) -> Result<Option<write::Unit>, Damage> {
        let Some(unit) = self.units.get(index) else { return Ok(None) };
        let mut cursor = unit.entries();
        let Some((_, root)) = cursor.next_dfs()? else { return Ok(None) };
        let unit_code = self.ranges(unit, root)?;
        let mut lines = Lines::new(self.dwarf, unit, self.budget)?;
        let mut draft = Draft {
            unit: write::Unit::new(ENCODING, LineProgram::none()),
            strings,
            origins: HashMap::new(),
            code: Vec::new(),
        };
        self.describe(unit, root, &mut draft)?;
        self.functions(index, &mut draft, &mut lines)?;
        let code = if unit_code.is_empty() { joined(draft.code) } else { unit_code };
        if code.is_empty() {
            return Ok(None);
        }
        place_unit(&mut draft.unit, &code);
        draft.unit.line_program = lines.finish(self.map, self.budget)?;
        Ok(Some(draft.unit))
    }

    /// Copies the attributes of a unit's root.
    fn describe(&mut self, unit: &Unit<'a>, root: &Entry<'a, '_>, draft: &mut Draft<'_>) -> Result<(), Damage> {
        let out = draft.unit.root();
        let mut attributes = root.attrs();
        while let Some(attribute) = attributes.next()? {
            let value = match (attribute.name(), attribute.value()) {
                (constants::DW_AT_producer | constants::DW_AT_name | constants::DW_AT_comp_dir, value) => {
                    self.string(unit, value, draft.strings)?
                }
                (constants::DW_AT_language, AttributeValue::Language(language)) => Value::Language(language),
                _ => continue,
            };
            draft.unit.get_mut(out).set(attribute.name(), value);
        }
        Ok(())
    }

    /// Adds the functions and inlined calls that have code.
    fn functions(&mut self, index: usize, draft: &mut Draft<'_>, lines: &mut Lines<'a, '_>) -> Result<(), Damage> {
        let Some(unit) = self.units.get(index) else { return Ok(()) };
        // The depths of the functions and inlined calls around the cursor, and what was written for them.
        let mut around: Vec<(isize, Option<UnitEntryId>)> = Vec::new();
        let mut depth = 0;
        let mut cursor = unit.entries();
        while let Some((change, entry)) = cursor.next_dfs()? {
            self.budget.spend(ITEM)?;
            depth += change;
            while around.last().is_some_and(|(outer, _)| *outer >= depth) {
                around.pop();
            }
            match entry.tag() {
                constants::DW_TAG_subprogram => {
                    let code = self.ranges(unit, entry)?;
                    let function = if code.is_empty() {
                        None
                    } else {
                        let names = self.names(index, entry)?;
                        let function = self.add_function(draft, &names)?;
                        place(&mut draft.unit, function, &code);
                        draft.code.extend(code);
                        Some(function)
                    };
                    around.push((depth, function));
                }
                constants::DW_TAG_inlined_subroutine => {
                    let Some((_, Some(parent))) = around.last().copied() else { continue };
                    let code = self.ranges(unit, entry)?;
                    if !code.is_empty() {
                        let call = self.add_call(index, entry, parent, draft, lines)?;
                        place(&mut draft.unit, call, &code);
                        if around.len() < DEEPEST {
                            around.push((depth, Some(call)));
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn add_function(&mut self, draft: &mut Draft<'_>, names: &Names<'a>) -> Result<UnitEntryId, Damage> {
        let root = draft.unit.root();
        let function = draft.unit.add(root, constants::DW_TAG_subprogram);
        let known = [(constants::DW_AT_linkage_name, names.linkage), (constants::DW_AT_name, names.name)];
        for (name, text) in known.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            self.budget.spend(text.len())?;
            draft.unit.get_mut(function).set(name, Value::StringRef(draft.strings.add(text.slice())));
        }
        Ok(function)
    }

    /// Adds an inlined call, and the function that was inlined if it is new to the unit.
    fn add_call(
        &mut self,
        index: usize,
        entry: &Entry<'a, '_>,
        parent: UnitEntryId,
        draft: &mut Draft<'_>,
        lines: &mut Lines<'a, '_>,
    ) -> Result<UnitEntryId, Damage> {
        let call = draft.unit.add(parent, constants::DW_TAG_inlined_subroutine);
        let mut attributes = entry.attrs();
        while let Some(attribute) = attributes.next()? {
            let value = match (attribute.name(), attribute.value()) {
                (constants::DW_AT_abstract_origin, value) => match self.origin(index, value, draft)? {
                    Some(origin) => Value::UnitRef(origin),
                    None => continue,
                },
                (constants::DW_AT_call_file, AttributeValue::FileIndex(file)) => {
                    match lines.file(file, self.budget)? {
                        Some(file) => Value::FileIndex(Some(file)),
                        None => continue,
                    }
                }
                (constants::DW_AT_call_line | constants::DW_AT_call_column, value) => match value.udata_value() {
                    Some(number) => Value::Udata(number),
                    None => continue,
                },
                _ => continue,
            };
            draft.unit.get_mut(call).set(attribute.name(), value);
        }
        Ok(call)
    }

    /// The function that was inlined, which is written into each unit that refers to it.
    fn origin(
        &mut self,
        index: usize,
        value: AttributeValue<Reader<'a>>,
        draft: &mut Draft<'_>,
    ) -> Result<Option<UnitEntryId>, Damage> {
        let Some((index, offset)) = self.resolve(index, value) else { return Ok(None) };
        let Some(unit) = self.units.get(index) else { return Ok(None) };
        let Some(place) = start(unit).and_then(|start| start.checked_add(offset.0)) else { return Ok(None) };
        if let Some(known) = draft.origins.get(&place) {
            return Ok(Some(*known));
        }
        let names = self.names(index, &unit.entry(offset)?)?;
        let origin = self.add_function(draft, &names)?;
        draft.unit.get_mut(origin).set(constants::DW_AT_inline, Value::Inline(constants::DW_INL_inlined));
        draft.origins.insert(place, origin);
        Ok(Some(origin))
    }

    /// The names of an entry, or of the entries that it refers to.
    fn names(&mut self, index: usize, entry: &Entry<'a, '_>) -> Result<Names<'a>, Damage> {
        let mut names = Names::default();
        let (mut index, mut entry) = (index, entry.clone());
        for _ in 0..HOPS {
            self.budget.spend(ITEM)?;
            let Some(unit) = self.units.get(index) else { break };
            let mut next = None;
            let mut attributes = entry.attrs();
            while let Some(attribute) = attributes.next()? {
                let text = |value| Ok::<_, Damage>(Some(self.dwarf.attr_string(unit, checked(value)?)?));
                match attribute.name() {
                    constants::DW_AT_name if names.name.is_none() => names.name = text(attribute.value())?,
                    constants::DW_AT_linkage_name | constants::DW_AT_MIPS_linkage_name if names.linkage.is_none() => {
                        names.linkage = text(attribute.value())?;
                    }
                    constants::DW_AT_abstract_origin | constants::DW_AT_specification => {
                        next = self.resolve(index, attribute.value());
                    }
                    _ => {}
                }
            }
            let Some((unit_of_next, offset)) = next else { break };
            let Some(unit) = self.units.get(unit_of_next) else { break };
            (index, entry) = (unit_of_next, unit.entry(offset)?);
        }
        Ok(names)
    }

    /// The unit and the offset in it that a reference means.
    fn resolve(&self, index: usize, value: AttributeValue<Reader<'a>>) -> Option<(usize, UnitOffset)> {
        match value {
            AttributeValue::UnitRef(offset) => Some((index, offset)),
            AttributeValue::DebugInfoRef(offset) => {
                let after = self.units.partition_point(|unit| start(unit).is_some_and(|start| start <= offset.0));
                let index = after.checked_sub(1)?;
                Some((index, UnitOffset(offset.0.checked_sub(start(self.units.get(index)?)?)?)))
            }
            _ => None,
        }
    }

    fn string(
        &mut self,
        unit: &Unit<'a>,
        value: AttributeValue<Reader<'a>>,
        strings: &mut StringTable,
    ) -> Result<Value, Damage> {
        let text = self.dwarf.attr_string(unit, checked(value)?)?;
        self.budget.spend(text.len())?;
        Ok(Value::StringRef(strings.add(text.slice())))
    }

    /// The ranges of an entry in the library.
    fn ranges(&mut self, unit: &Unit<'a>, entry: &Entry<'a, '_>) -> Result<Vec<(u64, u64)>, Damage> {
        let (mut low, mut high, mut size) = (None, None, None);
        let mut found = Vec::new();
        let mut add = |start, end, budget: &mut Budget| {
            budget.spend(ITEM)?;
            for part in self.map.parts(start, end) {
                budget.spend(ITEM)?;
                found.push(part);
            }
            Ok::<_, Damage>(())
        };
        let mut attributes = entry.attrs();
        while let Some(attribute) = attributes.next()? {
            let value = checked(attribute.value())?;
            match attribute.name() {
                constants::DW_AT_low_pc => low = self.dwarf.attr_address(unit, value)?,
                constants::DW_AT_high_pc => match value.udata_value() {
                    Some(bytes) => size = Some(bytes),
                    None => high = self.dwarf.attr_address(unit, value)?,
                },
                constants::DW_AT_ranges => {
                    let Some(mut list) = self.dwarf.attr_ranges(unit, value)? else { continue };
                    while let Some(range) = list.next()? {
                        add(range.begin, range.end, self.budget)?;
                    }
                }
                _ => {}
            }
        }
        if let Some(low) = low {
            let end = size.map_or(high, |size| low.checked_add(size));
            add(low, end.unwrap_or(low), self.budget)?;
        }
        Ok(joined(found))
    }
}
