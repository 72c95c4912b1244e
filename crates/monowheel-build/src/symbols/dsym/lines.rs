//! Rewrites the line table of a unit.

use std::collections::HashMap;

use gimli::write::{Address, FileId, LineProgram, LineString};
use gimli::{AttributeValue, ColumnType, Dwarf, IncompleteLineProgram, LineEncoding, LineInstruction, LineRow};

use super::Damage;
use super::atoms::AtomMap;
use super::budget::{Budget, ITEM};
use super::debug::Reader;
use super::read_units::checked;
use super::unit::ENCODING;

/// The name of a file that the line table does not have.
const UNKNOWN: &[u8] = b"<unknown>";

/// The line table of a unit, and its files, of which only those are written that something refers to.
pub(super) struct Lines<'a, 'b> {
    dwarf: &'b Dwarf<Reader<'a>>,
    unit: &'b gimli::Unit<Reader<'a>>,
    out: LineProgram,
    files: HashMap<u64, Option<FileId>>,
}

/// Addresses of the library that have the same line.
struct Piece {
    start: u64,
    end: u64,
    row: LineRow,
}

impl<'a, 'b> Lines<'a, 'b> {
    pub(super) fn new(
        dwarf: &'b Dwarf<Reader<'a>>,
        unit: &'b gimli::Unit<Reader<'a>>,
        budget: &mut Budget,
    ) -> Result<Self, Damage> {
        let directory = unit.comp_dir.map(|text| text.slice().to_vec()).unwrap_or_default();
        let name = unit.name.map(|text| text.slice().to_vec()).filter(|name| !name.is_empty());
        budget.spend(directory.len())?;
        let name = LineString::String(name.unwrap_or_else(|| UNKNOWN.to_vec()));
        let out = LineProgram::new(ENCODING, LineEncoding::default(), LineString::String(directory), None, name, None);
        Ok(Self { dwarf, unit, out, files: HashMap::new() })
    }

    /// The file with a number of the object's line table.
    pub(super) fn file(&mut self, number: u64, budget: &mut Budget) -> Result<Option<FileId>, Damage> {
        if let Some(known) = self.files.get(&number) {
            return Ok(*known);
        }
        let header = self.unit.line_program.as_ref().map(IncompleteLineProgram::header);
        let Some((header, file)) = header.and_then(|header| Some((header, header.file(number)?))) else {
            return Ok(None);
        };
        let name = self.text(file.path_name(), budget)?;
        let directory = match file.directory(header) {
            Some(directory) => self.text(directory, budget)?,
            None => Vec::new(),
        };
        let directory = if directory.is_empty() {
            self.out.default_directory()
        } else {
            self.out.add_directory(LineString::String(directory))
        };
        let name = if name.is_empty() { UNKNOWN.to_vec() } else { name };
        let id = self.out.add_file(LineString::String(name), directory, None);
        self.files.insert(number, Some(id));
        Ok(Some(id))
    }

    fn text(&self, value: AttributeValue<Reader<'a>>, budget: &mut Budget) -> Result<Vec<u8>, Damage> {
        let text = self.dwarf.attr_string(self.unit, checked(value)?)?;
        budget.spend(text.len())?;
        // A form that has no end of its own could have a zero byte.
        Ok(text.slice().split(|byte| *byte == 0).next().unwrap_or_default().to_vec())
    }

    /// The line table for the addresses of the library: a sequence for each group of atoms that are adjacent.
    pub(super) fn finish(mut self, map: &AtomMap, budget: &mut Budget) -> Result<LineProgram, Damage> {
        let mut pieces = self.pieces(map, budget)?;
        // Stable: rows for no bytes stay before the row of the bytes at their address.
        pieces.sort_by_key(|piece| piece.start);
        let mut open: Option<(u64, u64)> = None;
        for piece in &pieces {
            let (first, end) = match open {
                Some((first, end)) if piece.start <= end => (first, end),
                _ => {
                    if let Some((first, end)) = open {
                        self.out.end_sequence(end - first);
                    }
                    self.out.begin_sequence(Some(Address::Constant(piece.start)));
                    (piece.start, piece.end)
                }
            };
            let file = match self.file(piece.row.file_index(), budget)? {
                Some(file) => file,
                None => {
                    let directory = self.out.default_directory();
                    self.out.add_file(LineString::String(UNKNOWN.to_vec()), directory, None)
                }
            };
            let row = self.out.row();
            row.address_offset = piece.start - first;
            row.file = file;
            row.line = piece.row.line().map_or(0, |line| line.get().min(u64::from(u32::MAX)));
            row.column = match piece.row.column() {
                ColumnType::LeftEdge => 0,
                ColumnType::Column(column) => column.get().min(u64::from(u32::MAX)),
            };
            row.is_statement = piece.row.is_stmt();
            row.prologue_end = piece.row.prologue_end();
            row.epilogue_begin = piece.row.epilogue_begin();
            self.out.generate_row();
            open = Some((first, end.max(piece.end)));
        }
        if let Some((first, end)) = open {
            self.out.end_sequence(end - first);
        }
        Ok(self.out)
    }

    /// The rows of the object, each with the addresses of the library that it is for.
    fn pieces(&self, map: &AtomMap, budget: &mut Budget) -> Result<Vec<Piece>, Damage> {
        let mut pieces = Vec::new();
        let Some(program) = self.unit.line_program.clone() else { return Ok(pieces) };
        let mut instructions = program.header().instructions();
        while let Some(instruction) = instructions.next_instruction(program.header())? {
            // gimli negates it.
            if matches!(instruction, LineInstruction::AdvanceLine(i64::MIN)) {
                return Err(Damage("its line table has a line that is out of range".to_owned()));
            }
        }
        let mut rows = program.rows();
        let mut last: Option<LineRow> = None;
        while let Some((_, row)) = rows.next_row()? {
            budget.spend(ITEM)?;
            if let Some(last) = last {
                let (start, end) = (last.address(), row.address());
                if start == end {
                    pieces.extend(map.address(start).map(|start| Piece { start, end: start, row: last }));
                }
                for (start, end) in map.parts(start, end) {
                    budget.spend(ITEM)?;
                    pieces.push(Piece { start, end, row: last });
                }
            }
            last = (!row.end_sequence()).then_some(*row);
        }
        Ok(pieces)
    }
}
