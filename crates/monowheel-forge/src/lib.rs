//! Builds wheels and binaries for tests from a description in the reader's own types: a file built from a
//! [`Binary`] reads back as that `Binary`. Fixtures are descriptions, not blobs.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a fixture that cannot be built is a failed test")]

mod bytes;
pub mod codesign;
pub mod elf;
pub mod extension;
pub mod linked;
pub mod macho;
pub mod macho_names;
pub mod pe;
pub mod sections;
pub mod wasm;
pub mod wheel;
pub mod zip;

use bytes::Bytes;
use monowheel_wheel::binary::{Arch, Binary, EmbeddedPaths, Exports, Format, Slice};

/// The bytes of a binary that reads back as `binary`.
pub fn binary(binary: &Binary) -> Vec<u8> {
    match binary.format {
        Format::Elf => elf::forge(&binary.slices[0]),
        Format::MachO => macho::forge(binary),
        Format::Pe => pe::forge(&binary.slices[0]),
        Format::Wasm => wasm::forge(&binary.slices[0]),
    }
}

/// A slice without findings of hardening rules, for tests that change one thing.
pub fn clean(format: Format, arch: Arch) -> Slice {
    match format {
        Format::Elf => elf::clean(arch),
        Format::MachO => Slice::of(arch),
        Format::Pe => pe::clean(arch),
        Format::Wasm => wasm::clean(),
    }
}

/// Exports of these Python names, and of `export_0`, `export_1`, … up to `count`.
pub fn exports(count: usize, python: Vec<String>) -> Exports {
    let mut exports = Exports { count, python, ..Exports::default() };
    exports.names = export_names(&exports).iter().map(String::as_str).collect();
    exports
}

/// Names for all exports: those of Python, and others up to the count.
fn export_names(exports: &Exports) -> Vec<String> {
    let others = exports.count.checked_sub(exports.python.len()).expect("no more names than exports");
    let others = (0..others).map(|index| format!("export_{index}"));
    exports.python.iter().cloned().chain(others).collect()
}

/// Strings that the scan for paths finds: the examples, and others up to the count.
fn write_paths(out: &mut Bytes, paths: &EmbeddedPaths) {
    let others = paths.count.checked_sub(paths.examples.len()).expect("no more examples than paths");
    let others = (0..others).map(|index| format!("/home/forge/more/{index}.rs"));
    for path in paths.examples.iter().cloned().chain(others) {
        out.raw(b"\0").raw(path.as_bytes()).raw(b"\0");
    }
}
