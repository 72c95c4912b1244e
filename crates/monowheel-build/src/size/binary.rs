//! A binary by section, and by crate where its symbols are there.

use monowheel_wheel::binary::Binary;
use object::{Architecture, BinaryFormat};
use serde::Serialize;

use crate::image::origin::{Naming, Origin};
use crate::image::{Image, Most, Role, fat};
use crate::size::crates::{CrateSize, Crates};
use crate::size::wasm;
use crate::symbols::folder::{self, SymbolFile};

/// More than what is compared: here no two binaries are in memory at once.
const MOST: Most = Most { symbols: 2 << 20, name_bytes: 256 << 20 };
/// The sections of Go's linker in ELF and Mach-O; in PE it has none of its own.
const GO: [&str; 4] = [".gopclntab", ".go.buildinfo", "__gopclntab", "__go_buildinfo"];
/// What to do about symbols that are missing.
const STRIPPED: &str = "stripped: build with `monowheel build --symbols` to see crates";

/// One architecture's part of a binary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// What it runs on.
    pub architecture: String,
    /// Bytes in the file.
    pub bytes: u64,
    /// Whether its symbols name its functions.
    pub symbols: Symbols,
    /// What is not known of it, and what to do about that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its sections, the largest first.
    pub sections: Vec<SectionSize>,
    /// Bytes in no section: headers, tables, a signature.
    pub outside: u64,
    /// The code and data of its sections by crate, the largest first; empty without symbols.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crates: Vec<CrateSize>,
}

/// Whether symbols name the functions of a binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Symbols {
    /// They do.
    Present,
    /// They were removed.
    Stripped,
    /// They, or the binary, could not be read.
    Unreadable,
}

/// A section.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SectionSize {
    /// Its name.
    pub name: String,
    /// What it holds: `code`, `data`, `debug`, `addresses`, `comment`, `build-id`.
    pub holds: &'static str,
    /// Bytes in the file.
    pub bytes: u64,
    /// Bytes in memory; 0 for what is not loaded.
    pub memory: u64,
}

/// The parts of a binary: one, or one for each architecture of a fat file.
///
/// A part that is stripped has the symbols of its line tables, if they are among `kept`.
pub(super) fn parts(bytes: &[u8], kept: &[SymbolFile]) -> Vec<Part> {
    match fat(bytes) {
        Some(slices) => {
            slices.into_iter().map(|(name, slice)| Part { architecture: name, ..part(slice, kept) }).collect()
        }
        None if bytes.starts_with(b"\0asm") => vec![wasm::part(bytes)],
        None => vec![part(bytes, kept)],
    }
}

fn part(bytes: &[u8], kept: &[SymbolFile]) -> Part {
    if let Some(image) = Image::read(bytes, MOST) {
        let own = of_image(&image);
        if own.symbols == Symbols::Present {
            return own;
        }
        let twin = folder::of_binary(bytes, kept);
        let image = twin.as_ref().and_then(|twin| Image::with_symbols_of(bytes, twin, MOST));
        return image.map_or(own, |image| of_image(&image));
    }
    let Some(image) = Image::outline(bytes) else {
        let what = if Binary::is_one(bytes) { "damaged or cut short" } else { "not a shared library" };
        return Part::unreadable(bytes.len(), what.to_owned());
    };
    let note = format!("its symbols are damaged, or more than {}", MOST.symbols);
    Part { symbols: Symbols::Unreadable, note: Some(note), ..of_image(&image) }
}

fn of_image(image: &Image<'_>) -> Part {
    let is_present = has_symbols(image);
    let mut sections: Vec<SectionSize> = image
        .sections
        .iter()
        .filter(|section| section.memory > 0 || !section.file.is_empty())
        .map(|section| SectionSize {
            name: section.name.clone(),
            holds: Role::of(section).word(),
            bytes: section.file.len() as u64,
            memory: if section.address == 0 { 0 } else { section.memory },
        })
        .collect();
    let inside = sections.iter().map(|section| section.bytes).fold(0, u64::saturating_add);
    sections.sort_by(|a, b| (b.bytes, &a.name).cmp(&(a.bytes, &b.name)));
    Part {
        architecture: architecture(image.architecture),
        bytes: image.bytes.len() as u64,
        symbols: if is_present { Symbols::Present } else { Symbols::Stripped },
        note: (!is_present).then(|| STRIPPED.to_owned()),
        sections,
        outside: (image.bytes.len() as u64).saturating_sub(inside),
        crates: if is_present { crates(image) } else { Vec::new() },
    }
}

/// Whether symbols tell the functions of most of the code.
fn has_symbols(image: &Image<'_>) -> bool {
    let (mut known, mut all) = (0_usize, 0_usize);
    for (number, section) in image.sections.iter().enumerate() {
        let size = section.file.len();
        if Role::of(section) == Role::Code && size > 0 {
            all = all.saturating_add(size);
            if image.covers(number, size) {
                known = known.saturating_add(size);
            }
        }
    }
    known > all / 2
}

/// Every byte of code and data counts for one symbol: where two overlap, for the first.
fn crates(image: &Image<'_>) -> Vec<CrateSize> {
    let naming = Naming {
        is_underscored: image.format == BinaryFormat::MachO,
        is_go: image.sections.iter().any(|section| GO.contains(&section.name.as_str())),
    };
    let mut crates = Crates::default();
    for (number, section) in image.sections.iter().enumerate() {
        let role = Role::of(section);
        let is_code = role == Role::Code;
        if !is_code && role != Role::Data {
            continue;
        }
        let (mut end, mut named) = (0, 0);
        for symbol in image.symbols_of(number) {
            let to = symbol.offset.saturating_add(symbol.size).min(section.file.len());
            let from = symbol.offset.max(end);
            if from < to {
                crates.add(Origin::of(symbol.name, naming), (to - from) as u64, is_code);
                named += to - from;
                end = to;
            }
        }
        crates.add_nameless((section.file.len() - named) as u64, is_code);
    }
    crates.finish()
}

/// As `file` of a fat Mach-O and Linux's tags name them.
fn architecture(architecture: Architecture) -> String {
    match architecture {
        Architecture::X86_64 => "x86_64".to_owned(),
        Architecture::Aarch64 => "aarch64".to_owned(),
        Architecture::I386 => "i686".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

impl Part {
    /// One of which nothing but its size is known.
    pub(super) fn unreadable(bytes: usize, why: String) -> Self {
        Self {
            architecture: String::new(),
            bytes: bytes as u64,
            symbols: Symbols::Unreadable,
            note: Some(why),
            sections: Vec::new(),
            outside: bytes as u64,
            crates: Vec::new(),
        }
    }

    /// Generic functions that are there more than once, with crate and module: those whose copies have most bytes first.
    #[must_use]
    pub fn generics(&self) -> Vec<(String, &super::FunctionSize)> {
        let mut generics = Vec::new();
        for one in &self.crates {
            for module in &one.modules {
                for function in module.functions.iter().filter(|function| function.copies > 1) {
                    let path: Vec<&str> = [&one.name, &module.name, &function.name]
                        .into_iter()
                        .map(String::as_str)
                        .filter(|part| !part.is_empty())
                        .collect();
                    // The name of an `impl` has all that.
                    let is_impl = function.name.starts_with('<');
                    generics.push((if is_impl { function.name.clone() } else { path.join("::") }, function));
                }
            }
        }
        generics.sort_by(|a, b| (b.1.bytes, &a.0).cmp(&(a.1.bytes, &b.0)));
        generics
    }
}

/// The note of a binary without symbols.
pub(super) fn stripped() -> String {
    STRIPPED.to_owned()
}
