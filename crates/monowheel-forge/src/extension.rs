//! Describes a clean extension module for a platform tag set.

use monowheel_wheel::abi::Family;
use monowheel_wheel::binary::{
    Arch, Binary, Format, Hardening, Import, Library, MinimumOs, Segment, Signature, Slice, VersionNeed, Wasm,
};
use monowheel_wheel::platform::{Libc, PlatformTag};

const LIB_SYSTEM: &str = "/usr/lib/libSystem.B.dylib";

/// The extension `demo._demo` for every tag of the set `platform`: its path and its description.
/// An unknown platform gets the one for `manylinux_2_17_x86_64`.
pub fn clean(platform: &str, family: Family) -> (String, Binary) {
    let tags: Vec<PlatformTag> = platform.split('.').map(PlatformTag::parse).collect();
    let stem = format!("_demo.{}.so", family.name());
    match &tags[0] {
        PlatformTag::Macos { .. } => (format!("demo/{stem}"), dylib(&tags, &stem, family)),
        PlatformTag::Windows { arch } => ("demo/_demo.pyd".to_owned(), one(Format::Pe, pe(arch, family))),
        PlatformTag::Pyemscripten { .. } => (format!("demo/{stem}"), one(Format::Wasm, wasm(family))),
        PlatformTag::Linux { libc: Libc::Musllinux, arch, .. } => {
            (format!("demo/{stem}"), one(Format::Elf, elf(arch, None, family)))
        }
        PlatformTag::Linux { arch, .. } => {
            let oldest = tags.iter().filter_map(|tag| match tag {
                PlatformTag::Linux { version, .. } => Some(*version),
                _ => None,
            });
            let glibc = oldest.min().unwrap_or((2, 17));
            (format!("demo/{stem}"), one(Format::Elf, elf(arch, Some(glibc), family)))
        }
        PlatformTag::Ios { version, arch, simulator } => {
            let slice = ios(arch, *version, *simulator, &stem, family);
            (format!("demo/{stem}"), one(Format::MachO, slice))
        }
        PlatformTag::Android { arch, .. } => {
            let mut slice = elf(arch, None, family);
            slice.libraries.push(library("libpython3.so"));
            (format!("demo/{stem}"), one(Format::Elf, slice))
        }
        PlatformTag::BareLinux { arch } => (format!("demo/{stem}"), one(Format::Elf, elf(arch, Some((2, 17)), family))),
        _ => (format!("demo/{stem}"), one(Format::Elf, elf(&Arch::X86_64, Some((2, 17)), family))),
    }
}

/// A binary of one slice.
pub fn one(format: Format, slice: Slice) -> Binary {
    Binary { format, fat: false, slices: vec![slice] }
}

/// An import of a Python symbol, as ELF and Mach-O have it: from no library in particular.
pub fn python(name: &str) -> Import {
    Import { name: name.to_owned(), library: None, version: None, weak: false, delayed: false }
}

/// An import from a library.
pub fn import(name: &str, library: &str) -> Import {
    Import { library: Some(library.to_owned()), ..python(name) }
}

/// A library that is needed at load time.
pub fn library(name: &str) -> Library {
    Library { name: name.to_owned(), delayed: false, weak: false }
}

/// The functions that both families use: functions of 3.2 to 3.8; an abi3t module has no static `PyModuleDef`.
fn python_functions(family: Family) -> &'static [&'static str] {
    match family {
        Family::Abi3 => &["PyErr_SetString", "PyLong_FromLong", "PyModuleDef_Init", "PyModule_Create2", "Py_IncRef"],
        Family::Abi3t => &["PyErr_SetString", "PyLong_FromLong", "PyModule_Exec", "Py_IncRef"],
    }
}

/// The parts that all formats share.
fn slice(arch: &Arch, family: Family) -> Slice {
    Slice {
        imports: python_functions(family).iter().map(|name| python(name)).collect(),
        exports: super::exports(1, vec![family.init_symbol("_demo")]),
        ..Slice::of(arch.clone())
    }
}

fn segment(name: &str, protection: &str) -> Segment {
    let may = |letter| protection.contains(letter);
    Segment { name: name.to_owned(), read: may('r'), write: may('w'), execute: may('x') }
}

fn elf(arch: &Arch, glibc: Option<(u16, u16)>, family: Family) -> Slice {
    let mut slice = slice(arch, family);
    match glibc {
        Some(glibc) => {
            // Each exists on its architecture from the first release of its policy on.
            let (name, version) = match (arch, glibc) {
                (Arch::Loongarch64, _) => ("malloc", "GLIBC_2.36"),
                (Arch::Riscv64, _) => ("malloc", "GLIBC_2.27"),
                (Arch::I686, (2, ..17)) => ("malloc", "GLIBC_2.0"),
                (_, (2, ..17)) => ("malloc", "GLIBC_2.2.5"),
                _ => ("clock_gettime", "GLIBC_2.17"),
            };
            slice.imports.push(Import { version: Some(version.to_owned()), ..import(name, "libc.so.6") });
            slice.versions = vec![VersionNeed { library: "libc.so.6".to_owned(), version: version.to_owned() }];
            slice.libraries = vec![library("libc.so.6")];
        }
        None => {
            slice.imports.push(python("malloc"));
            slice.libraries = vec![library("libc.so")];
        }
    }
    slice.segments = vec![segment("LOAD", "r"), segment("LOAD", "rx"), segment("LOAD", "rw")];
    slice.hardening = Hardening {
        executable_stack: Some(false),
        relro: Some(true),
        bind_now: Some(true),
        text_relocations: Some(false),
        ..Hardening::default()
    };
    slice
}

/// One slice for `x86_64` and one for `arm64`, as the tags ask; fat when they are two.
fn dylib(tags: &[PlatformTag], file: &str, family: Family) -> Binary {
    let has = |arches: &[&str]| {
        tags.iter().any(|tag| matches!(tag, PlatformTag::Macos { arch, .. } if arches.contains(&arch.as_str())))
    };
    let mut slices = Vec::new();
    if has(&["x86_64", "universal2", "intel"]) {
        slices.push(macho(&Arch::X86_64, (10, 12), file, family));
    }
    if has(&["arm64", "universal2"]) {
        slices.push(macho(&Arch::Aarch64, (11, 0), file, family));
    }
    Binary { format: Format::MachO, fat: slices.len() > 1, slices }
}

fn macho(arch: &Arch, minimum: (u16, u16), file: &str, family: Family) -> Slice {
    let mut slice = slice(arch, family);
    slice.imports.push(import("malloc", LIB_SYSTEM));
    slice.libraries = vec![library(LIB_SYSTEM)];
    slice.own_name = Some(format!("@rpath/{file}"));
    slice.minimum_os = Some(MinimumOs { platform: "macos".to_owned(), version: minimum });
    slice.signature = Signature::Valid { ad_hoc: true, identifier: "_demo".to_owned(), team: None };
    slice.segments = vec![segment("__TEXT", "rx"), segment("__DATA", "rw"), segment("__LINKEDIT", "r")];
    slice.hardening = Hardening { executable_stack: Some(false), ..Hardening::default() };
    slice
}

fn wasm(family: Family) -> Slice {
    let mut slice = slice(&Arch::Wasm32, family);
    slice.imports.push(python("malloc"));
    for import in &mut slice.imports {
        import.delayed = true;
    }
    slice.imports.push(python("PyExc_ValueError"));
    let exports = ["__wasm_apply_data_relocs", "__wasm_call_ctors"].map(str::to_owned);
    let exports: Vec<String> = slice.exports.python.iter().cloned().chain(exports).collect();
    slice.exports.count = exports.len();
    slice.wasm = crate::wasm::clean().wasm.map(|wasm| Wasm { exports, ..wasm });
    slice
}

/// As in PEP 730: linked with Python's framework, and not signed.
fn ios(arch: &Arch, minimum: (u16, u16), simulator: bool, file: &str, family: Family) -> Slice {
    let mut slice = macho(arch, minimum, file, family);
    let platform = if simulator { "ios-simulator" } else { "ios" };
    slice.minimum_os = Some(MinimumOs { platform: platform.to_owned(), version: minimum });
    slice.signature = Signature::None;
    slice.libraries.push(library("@rpath/Python.framework/Python"));
    slice
}

fn pe(arch: &Arch, family: Family) -> Slice {
    let mut slice = slice(arch, family);
    let python = match family {
        Family::Abi3 => "python3.dll",
        Family::Abi3t => "python3t.dll",
    };
    for import in &mut slice.imports {
        import.library = Some(python.to_owned());
    }
    slice.imports.push(import("GetLastError", "KERNEL32.dll"));
    slice.libraries = vec![library(python), library("KERNEL32.dll")];
    slice.own_name = Some("_demo.pyd".to_owned());
    slice.minimum_os = Some(MinimumOs { platform: "windows".to_owned(), version: (6, 0) });
    slice.segments = vec![segment(".text", "rx"), segment(".rdata", "r"), segment(".data", "rw")];
    slice.hardening = Hardening {
        nx: Some(true),
        aslr: Some(true),
        high_entropy: arch.is_64().then_some(true),
        control_flow_guard: Some(true),
        ..Hardening::default()
    };
    slice.timestamp = Some(0);
    slice
}
