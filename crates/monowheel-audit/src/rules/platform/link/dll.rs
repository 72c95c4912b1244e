//! How Windows finds a function: by its name in the DLL that the linker recorded.

use monowheel_wheel::binary::{Format, Slice};
use monowheel_wheel::platform::windows_symbols;

use crate::rules::platform::link::{Linked, Lost};

/// The functions that a DLL of the wheel or of Windows does not export.
pub(in crate::rules::platform) fn lost(linked: &Linked<'_>, slice: &Slice) -> Vec<Lost> {
    let named = slice.imports.iter().filter(|import| !import.name.starts_with('#'));
    named
        .filter_map(|import| {
            let library = import.library.as_deref()?;
            let mut shipped = linked.named(Format::Pe, slice, library).peekable();
            let why = if shipped.peek().is_some() {
                if shipped.any(|index| linked.node_has(index, &import.name, None)) {
                    return None;
                }
                format!("{library} is in the wheel but has no such function")
            } else {
                windows_symbols::has(library, &import.name).filter(|has| !has)?;
                format!("no {library} of Windows has it")
            };
            Some(Lost { name: import.name.clone(), why, late: import.delayed })
        })
        .collect()
}
