//! Forged WebAssembly files read back as described, and damaged ones are refused.

use monowheel_error::ErrorKind;
use monowheel_wheel::binary::{Arch, Binary, EmbeddedPaths, Exports, Format, Import, Library, Slice, Wasm};
use proptest::prelude::*;

use crate::forge::wasm::{clean, forge};

fn read_back(slice: &Slice) -> Slice {
    let binary = Binary::read(&forge(slice)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((binary.format, binary.fat, binary.slices.len()), (Format::Wasm, false, 1));
    binary.slices.into_iter().next().unwrap_or_else(|| Slice::of(Arch::X86_64))
}

fn import(name: &str, delayed: bool, weak: bool) -> Import {
    Import { name: name.to_owned(), library: None, version: None, weak, delayed }
}

/// A slice with a value in every field of WebAssembly.
fn rich() -> Slice {
    let mut slice = clean();
    slice.imports = vec![
        import("PyLong_FromLong", true, false),
        import("PyExc_ValueError", false, false),
        import("maybe", true, true),
        Import { library: Some("wbg".to_owned()), ..import("now", false, false) },
    ];
    slice.libraries = vec![Library { name: "libfoo.so".to_owned(), delayed: false, weak: false }];
    slice.run_paths = vec!["$ORIGIN/../demo.libs".to_owned()];
    slice.exports = Exports { count: 2, python: vec!["PyInit__demo".to_owned()], ..Exports::default() };
    slice.debug_info = vec![".debug_info".to_owned()];
    slice.paths = EmbeddedPaths { count: 1, examples: vec!["/home/me/demo/lib.rs".to_owned()] };
    slice.wasm = Some(Wasm {
        side_module: true,
        exports: vec!["PyInit__demo".to_owned(), "__wasm_call_ctors".to_owned()],
        features: vec!["bulk-memory".to_owned(), "sign-ext".to_owned()],
        shared_memory: true,
        atomics: true,
        legacy_exceptions: true,
        standard_exceptions: true,
    });
    slice
}

#[test]
fn every_field_survives() {
    let slice = rich();
    assert_eq!(read_back(&slice), slice);
    let slice = clean();
    assert_eq!(read_back(&slice), slice);
}

#[test]
fn a_symbol_of_its_own_is_no_import() {
    let mut slice = rich();
    if let Some(wasm) = &mut slice.wasm {
        wasm.exports.push("maybe".to_owned());
    }
    assert!(read_back(&slice).imports.iter().all(|import| import.name != "maybe"));
}

#[test]
fn every_beginning_of_a_module_is_refused() {
    let whole = forge(&rich());
    // After a section the rest may be another one: only the bytes show that it was truncated there.
    let ends: Vec<usize> = (0..whole.len()).filter(|end| Binary::read(&whole[..*end]).is_ok()).collect();
    assert!(ends.len() <= 10, "{ends:?}");
    for (bytes, why) in [
        (&b"\0asm\x0d\0\x01\0"[..], "component"),
        (b"\0asm\x02\0\0\0", "version"),
        (b"\0asm\x01\0\0\0\x63\x01\0", "unknown"),
        (b"\0asm\x01\0\0\0\x0a\x04\x01\x02\0\xff", ""),
    ] {
        let error = Binary::read(bytes).expect_err(why);
        assert!(error.kind() == ErrorKind::Format && error.to_string().contains(why), "{error}");
    }
}

proptest! {
    #[test]
    fn a_damaged_byte_is_no_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = forge(&rich());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = Binary::read(&bytes);
    }
}
