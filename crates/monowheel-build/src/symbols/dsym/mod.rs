//! Writes the debug information of a Mach-O library, as `dsymutil` does on macOS.
//!
//! A Mach-O linker leaves DWARF in the object files, where every address is one of the object. A companion file
//! (`MH_DSYM`) has it with the library's addresses. An object consists of atoms, one for each symbol, which the linker
//! keeps or drops, and moves: [`placement`] finds where they are, `unit` and [`lines`] rewrite the DWARF, [`container`]
//! writes the file.
//!
//! Only what a line table needs is kept: units, functions, inlined calls, names, and rows of lines. Variables and types
//! are dropped. Everything becomes DWARF 4, which every debugger reads.

mod atoms;
mod budget;
mod code;
mod container;
mod debug;
#[cfg(test)]
mod forged;
mod input;
mod lines;
mod macho;
mod placement;
mod read_units;
#[cfg(test)]
mod tests;
mod unit;

use gimli::write;

use budget::Budget;
use input::Object;

/// Why an input could not be read, without its name.
#[derive(Debug)]
struct Damage(String);

impl From<gimli::Error> for Damage {
    fn from(error: gimli::Error) -> Self {
        Self(format!("its DWARF is damaged: {error}"))
    }
}

impl From<write::Error> for Damage {
    fn from(error: write::Error) -> Self {
        Self(format!("its DWARF cannot be written: {error}"))
    }
}

/// The dSYM companion file (`MH_DSYM`) of a linked Mach-O library, from the objects and archives it was linked from.
///
/// `linked` is a thin 64-bit library that still has its local symbols, better with the debug map of `-g` (`N_OSO`).
/// `inputs` are the objects and archives of the link, in its order. Only the file name of each counts, with or without
/// the number that [`crate::link`] puts before the names of its copies. Files of other kinds are skipped.
///
/// The result depends only on the arguments, and not on the directories of the inputs.
///
/// # Errors
/// When `linked` is not such a library, an input is damaged, or no object has DWARF of code that is in the library. The
/// text names the input.
pub(crate) fn companion(linked: &[u8], inputs: &[(String, Vec<u8>)]) -> Result<Vec<u8>, String> {
    let size = inputs.iter().fold(linked.len(), |sum, (_, bytes)| sum.saturating_add(bytes.len()));
    let mut budget = Budget::of(size);
    let library = macho::read(linked, &mut budget)
        .map_err(|Damage(why)| format!("the linked library: {why}"))?
        .ok_or("the linked library is not a thin 64-bit Mach-O file")?;
    let objects = input::objects(inputs, library.cpu, &mut budget)?;
    let maps = placement::maps(&library, &objects, &mut budget).map_err(|Damage(why)| why)?;
    if !objects.iter().any(Object::has_debug) {
        return Err(format!(
            "none of the {} objects that were linked has DWARF: compile with -Cdebuginfo=line-tables-only, or -g for C",
            objects.len()
        ));
    }
    let mut dwarf = write::Dwarf::new();
    for (object, map) in objects.iter().zip(&maps) {
        if object.has_debug() && !map.is_empty() {
            unit::rewrite(object, map, &mut dwarf, &mut budget)
                .map_err(|Damage(why)| format!("{}: {why}", object.label))?;
        }
    }
    if dwarf.units.count() == 0 {
        return Err(
            "no function that the objects' DWARF describes is a symbol of the linked library: pass the library \
                    before it is stripped"
                .to_owned(),
        );
    }
    container::write(&library, &mut dwarf).map_err(|Damage(why)| format!("the dSYM file: {why}"))
}
