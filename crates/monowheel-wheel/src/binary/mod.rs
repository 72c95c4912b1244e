//! Shared libraries of every platform in one model. Independent of wheels.
//!
//! [`Binary::read`] is the entry point, [`Sparse`] that for a file that arrives in pieces. The four readers (`elf`, `macho`, `pe`, `wasm`) fill the same
//! [`Slice`]; a feature that a format does not have is `None`, so that no rule mistakes "absent by design" for
//! "missing". Everything is owned and bounded by [`limits`].

mod arch;
mod budget;
mod data;
mod elf;
mod link;
mod macho;
pub mod paths;
mod pe;
mod signature;
mod sparse;
mod wasm;

use std::cell::Cell;

use object::FileKind;
use serde::{Deserialize, Serialize};

pub use arch::Arch;
pub use link::{Link, NameSet, Names};
pub use paths::EmbeddedPaths;
pub use signature::Signature;
pub use sparse::Sparse;
pub use wasm::Wasm;

use monowheel_error::{Error, ErrorKind, Result};

use crate::binary::data::Data;

/// Limits on the resources for a hostile binary.
pub mod limits {
    /// More symbols than this are rejected (Arrow exports 21,000).
    pub const SYMBOLS: usize = 1 << 20;
    /// More imports than this, each of which is kept, are rejected (Qt's bindings have 6,000).
    pub const IMPORTS: usize = 1 << 17;
    /// More bytes of names than this are rejected; a library's name counts for each import from it.
    pub const NAME_BYTES: usize = 32 << 20;
    /// More bytes of export names than this are not searched (PyTorch's largest library has 30 MiB).
    pub const EXPORT_BYTES: usize = 128 << 20;
    /// More slices, libraries, segments or load commands than this are rejected.
    pub const PARTS: usize = 1 << 12;
}

/// A shared library: an extension module, or a library that one needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Binary {
    /// The container.
    pub format: Format,
    /// Whether the slices are in a fat Mach-O file.
    pub fat: bool,
    /// One for each architecture; exactly one unless `fat`.
    pub slices: Vec<Slice>,
}

/// Executable containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Linux.
    Elf,
    /// macOS.
    MachO,
    /// Windows.
    Pe,
    /// Emscripten: Pyodide, in browsers and on Node.
    Wasm,
}

impl Format {
    /// The display name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elf => "ELF",
            Self::MachO => "Mach-O",
            Self::Pe => "PE",
            Self::Wasm => "WebAssembly",
        }
    }
}

/// One architecture's part of a binary.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Slice {
    /// Its architecture.
    pub arch: Arch,
    /// Whether the container is marked as 64-bit.
    pub is_64: bool,
    /// Undefined symbols, in the order of the file.
    pub imports: Vec<Import>,
    /// Its exports.
    pub exports: Exports,
    /// The libraries it loads: `DT_NEEDED`, `LC_LOAD_DYLIB` and kin, PE import and delay-import tables,
    /// `needed` of WebAssembly's `dylink.0`.
    pub libraries: Vec<Library>,
    /// `DT_SONAME`, `LC_ID_DYLIB`, or the name in the PE export table.
    pub own_name: Option<String>,
    /// `DT_RPATH` and `DT_RUNPATH` (split at `:`), `LC_RPATH`.
    pub run_paths: Vec<String>,
    /// `.gnu.version_r`: every version of a library that must exist at load time.
    pub versions: Vec<VersionNeed>,
    /// Its minimum system version (Mach-O, and PE's subsystem version).
    pub minimum_os: Option<MinimumOs>,
    /// The code signature.
    pub signature: Signature,
    /// Parts of memory with their protection, in the order of the file.
    pub segments: Vec<Segment>,
    /// Hardening features of the loader and the compiler.
    pub hardening: Hardening,
    /// What a loader rejects or binds by.
    pub link: Link,
    /// `GNU_PROPERTY_X86_ISA_1_NEEDED` as the level of x86-64 (1 to 4); `None` if there is none.
    pub isa_level: Option<u8>,
    /// ELF for x86-64: how many functions keep a frame pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frame_pointers: Option<FramePointers>,
    /// PE's `TimeDateStamp`; `None` if the linker marked it as a hash (`/Brepro`).
    pub timestamp: Option<u32>,
    /// Remaining debug information: names of sections, or the path of a PDB.
    pub debug_info: Vec<String>,
    /// Absolute paths of the machine that built it.
    pub paths: EmbeddedPaths,
    /// Facts specific to WebAssembly; `None` for the other formats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wasm: Option<Wasm>,
}

/// An undefined symbol.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Import {
    /// Its name; Mach-O's leading underscore is removed, an import by ordinal is `#N`.
    pub name: String,
    /// The library it comes from, as [`Library::name`] spells it. ELF: only for a versioned symbol.
    /// Mach-O: `None` for flat lookup (`-undefined dynamic_lookup`), which every extension uses.
    /// WebAssembly: `None` for imports that the dynamic linker looks up; else the source module, such as `wbg`.
    pub library: Option<String>,
    /// ELF: the version of the symbol, `GLIBC_2.17`.
    pub version: Option<String>,
    /// Whether the loader accepts that it is missing.
    pub weak: bool,
    /// Whether it is looked up at its first call (PE delay imports, functions of WebAssembly).
    pub delayed: bool,
}

/// The exports of a slice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Exports {
    /// The total number of symbols.
    pub count: usize,
    /// Those whose names begin with `Py` or `_Py`, Mach-O's underscore removed, sorted, each once.
    pub python: Vec<String>,
    /// All names, Mach-O's underscore removed.
    pub names: Names,
}

/// A library that is loaded with it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Library {
    /// The name in the binary: `libc.so.6`, `/usr/lib/libSystem.B.dylib`, `KERNEL32.dll`.
    pub name: String,
    /// Loaded at the first call only (PE delay imports).
    pub delayed: bool,
    /// It may be absent (`LC_LOAD_WEAK_DYLIB`).
    pub weak: bool,
}

/// A version that a library must have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct VersionNeed {
    /// `libc.so.6`.
    pub library: String,
    /// `GLIBC_2.17`.
    pub version: String,
}

/// The minimum system version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct MinimumOs {
    /// `macos`, `ios`, `ios-simulator`, `windows`, …
    pub platform: String,
    /// Major and minor.
    pub version: (u16, u16),
}

/// A part of memory.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Segment {
    /// `LOAD`, `__TEXT`, `.text`.
    pub name: String,
    /// May be read.
    pub read: bool,
    /// May be written.
    pub write: bool,
    /// May be executed.
    pub execute: bool,
}

/// The functions that keep a pointer to their frame, by the unwind information.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct FramePointers {
    /// The functions with a frame, of the first few thousand.
    pub functions: usize,
    /// Those of them that keep a pointer to it.
    pub kept: usize,
}

/// Hardening features; `None` if the format does not have the feature.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Hardening {
    /// ELF: the stack is executable (`PT_GNU_STACK` with `X`, or missing). Mach-O: `MH_ALLOW_STACK_EXECUTION`.
    pub executable_stack: Option<bool>,
    /// ELF: `PT_GNU_RELRO` is there.
    pub relro: Option<bool>,
    /// ELF: `DF_BIND_NOW` or `DF_1_NOW`.
    pub bind_now: Option<bool>,
    /// ELF: `DT_TEXTREL` or `DF_TEXTREL`.
    pub text_relocations: Option<bool>,
    /// PE: `NX_COMPAT`.
    pub nx: Option<bool>,
    /// PE: `DYNAMIC_BASE`.
    pub aslr: Option<bool>,
    /// PE32+: `HIGH_ENTROPY_VA`.
    pub high_entropy: Option<bool>,
    /// PE: `GUARD_CF`.
    pub control_flow_guard: Option<bool>,
}

impl Binary {
    /// Whether the bytes begin like a binary of a known format.
    #[must_use]
    pub fn is_one(bytes: &[u8]) -> bool {
        use FileKind::{Elf32, Elf64, MachO32, MachO64, MachOFat32, MachOFat64, Pe32, Pe64};
        wasm::is_one(bytes)
            || matches!(
                FileKind::parse(bytes),
                Ok(Elf32 | Elf64 | MachO32 | MachO64 | MachOFat32 | MachOFat64 | Pe32 | Pe64)
            )
    }

    /// Reads a shared library.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when it is not an ELF, Mach-O, PE or WebAssembly file, is damaged, or exceeds [`limits`].
    pub fn read(bytes: &[u8]) -> Result<Self> {
        Self::read_data(Data { front: bytes, hole: 0, back: &[], missed: &Cell::new(false), paths: None })
    }

    fn read_data(data: Data<'_>) -> Result<Self> {
        // Only ELF files have a hole.
        let bytes = data.front;
        let one = |format, slice| Self { format, fat: false, slices: vec![slice] };
        if wasm::is_one(bytes) {
            return Ok(one(Format::Wasm, wasm::read(bytes)?));
        }
        match FileKind::parse(bytes).map_err(|error| unreadable(&error))? {
            FileKind::Elf32 | FileKind::Elf64 => Ok(one(Format::Elf, elf::read(data)?)),
            FileKind::Pe32 | FileKind::Pe64 => Ok(one(Format::Pe, pe::read(bytes)?)),
            FileKind::MachO32 | FileKind::MachO64 => Ok(one(Format::MachO, macho::read(bytes)?)),
            FileKind::MachOFat32 | FileKind::MachOFat64 => {
                Ok(Self { format: Format::MachO, fat: true, slices: macho::read_fat(bytes)? })
            }
            kind => Err(unreadable(&format_args!("{kind:?} is not a shared library"))),
        }
    }
}

impl Slice {
    /// A slice with only its architecture.
    #[must_use]
    pub fn of(arch: Arch) -> Self {
        Self {
            is_64: arch.is_64(),
            arch,
            imports: Vec::new(),
            exports: Exports::default(),
            libraries: Vec::new(),
            own_name: None,
            run_paths: Vec::new(),
            versions: Vec::new(),
            minimum_os: None,
            signature: Signature::None,
            segments: Vec::new(),
            hardening: Hardening::default(),
            link: Link::default(),
            isa_level: None,
            frame_pointers: None,
            timestamp: None,
            debug_info: Vec::new(),
            paths: EmbeddedPaths::default(),
            wasm: None,
        }
    }
}

/// The error constructor of this module.
fn unreadable(why: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Format, format!("not a readable shared library: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_library_is_refused() {
        for bytes in [&b""[..], b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe\xff\xff\xff\xff", b"\0asm", b"hello"] {
            assert!(Binary::read(bytes).is_err_and(|error| error.kind() == ErrorKind::Format), "{bytes:?}");
        }
    }
}
