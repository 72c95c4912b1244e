//! The custom sections that linkers write: `dylink.0` and `target_features`.

use std::collections::BTreeSet;

use monowheel_error::Result;
use wasmparser::{BinaryReader, CustomSectionReader, Dylink0SectionReader, Dylink0Subsection, SymbolFlags};

use crate::binary::budget::Budget;
use crate::binary::{Library, unreadable};

/// A module's information for the dynamic linker.
#[derive(Debug, Default)]
pub(super) struct Dylink {
    /// The libraries that are loaded before it.
    pub(super) libraries: Vec<Library>,
    /// The directories in which these are searched for.
    pub(super) run_paths: Vec<String>,
    /// Imports that may be absent.
    pub(super) weak: BTreeSet<String>,
}

impl Dylink {
    pub(super) fn read(section: Dylink0SectionReader<'_>, budget: &mut Budget) -> Result<Self> {
        let mut found = Self::default();
        for subsection in section {
            match subsection.map_err(|error| unreadable(&error))? {
                Dylink0Subsection::Needed(names) => {
                    for name in names {
                        budget.parts(1)?;
                        let name = budget.text_of(name.as_bytes())?;
                        found.libraries.push(Library { name, delayed: false, weak: false });
                    }
                }
                Dylink0Subsection::RuntimePath(paths) => {
                    for path in paths {
                        budget.parts(1)?;
                        found.run_paths.push(budget.text_of(path.as_bytes())?);
                    }
                }
                Dylink0Subsection::ImportInfo(imports) => {
                    budget.symbols(imports.len())?;
                    for import in imports.iter().filter(|import| import.flags.contains(SymbolFlags::BINDING_WEAK)) {
                        found.weak.insert(budget.text_of(import.field.as_bytes())?);
                    }
                }
                Dylink0Subsection::ExportInfo(exports) => budget.symbols(exports.len())?,
                Dylink0Subsection::MemInfo(_) => {}
                Dylink0Subsection::Unknown { ty, .. } => {
                    return Err(unreadable(&format_args!("an unknown part of dylink.0 ({ty})")));
                }
            }
        }
        Ok(found)
    }
}

/// The features in use (prefix `+`), sorted. Features that a linker disallows (`-`) do not count.
pub(super) fn features(section: &CustomSectionReader<'_>, budget: &mut Budget) -> Result<Vec<String>> {
    let mut reader = BinaryReader::new(section.data(), section.data_offset());
    let mut read = || -> wasmparser::Result<Vec<(u8, &str)>> {
        let count = reader.read_var_u32()?;
        let mut all = Vec::new();
        for _ in 0..count {
            all.push((reader.read_u8()?, reader.read_string()?));
        }
        Ok(all)
    };
    let mut names = Vec::new();
    for (prefix, name) in read().map_err(|error| unreadable(&error))? {
        budget.parts(1)?;
        if prefix == b'+' {
            names.push(budget.text_of(name.as_bytes())?);
        }
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}
