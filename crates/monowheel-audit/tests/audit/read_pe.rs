//! Forged PE files read back as described.

use monowheel_wheel::binary::{
    Arch, Binary, EmbeddedPaths, Format, Hardening, Import, Library, MinimumOs, Segment, Signature, Slice,
};
use proptest::prelude::*;

use crate::forge::pe::{clean, forge};

const ARCHES: [Arch; 3] = [Arch::X86_64, Arch::I686, Arch::Aarch64];

fn read_back(slice: &Slice) -> Slice {
    let binary = Binary::read(&forge(slice)).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((binary.format, binary.fat, binary.slices.len()), (Format::Pe, false, 1));
    binary.slices.into_iter().next().unwrap_or_else(|| Slice::of(Arch::X86_64))
}

fn import(name: &str, library: &str, delayed: bool) -> Import {
    Import { name: name.to_owned(), library: Some(library.to_owned()), version: None, weak: false, delayed }
}

fn library(name: &str, delayed: bool) -> Library {
    Library { name: name.to_owned(), delayed, weak: false }
}

/// A slice with a value in every field of PE.
fn rich(arch: Arch) -> Slice {
    let mut slice = clean(arch);
    slice.imports = vec![
        import("PyLong_FromLong", "python3.dll", false),
        import("PyObject_Init", "python3.dll", false),
        import("#115", "WS2_32.dll", false),
        import("CryptAcquireContextW", "ADVAPI32.dll", true),
        import("#7", "ADVAPI32.dll", true),
    ];
    slice.libraries = vec![library("python3.dll", false), library("WS2_32.dll", false), library("ADVAPI32.dll", true)];
    slice.exports = crate::forge::exports(12, vec!["PyInit_demo".to_owned(), "_PyDemo".to_owned()]);
    slice.own_name = Some("demo.pyd".to_owned());
    slice.minimum_os = Some(MinimumOs { platform: "windows".to_owned(), version: (6, 1) });
    slice.signature = Signature::Unchecked;
    slice.segments.push(Segment { name: ".debug_info_long".to_owned(), read: true, write: false, execute: false });
    slice.timestamp = Some(0x6543_2100);
    slice.debug_info = vec![".debug_info_long".to_owned(), r"target\release\demo.pdb".to_owned()];
    slice.paths = EmbeddedPaths { count: 1, examples: vec![r"C:\Users\me\demo\lib.rs".to_owned()] };
    slice
}

#[test]
fn every_field_survives() {
    for arch in ARCHES {
        let slice = rich(arch);
        assert_eq!(read_back(&slice), slice);
    }
}

#[test]
fn a_hash_is_no_time() {
    let mut slice = rich(Arch::X86_64);
    slice.timestamp = None;
    assert_eq!(read_back(&slice), slice);
    slice.debug_info.pop();
    assert_eq!(read_back(&slice), slice, "without a PDB");
}

#[test]
fn architectures_that_no_tag_names() {
    for name in ["arm64ec", "arm64x", "any-cpu", "machine-614"] {
        let mut slice = clean(Arch::Other(name.to_owned()));
        slice.is_64 = name.starts_with("arm64");
        slice.hardening.high_entropy = slice.is_64.then_some(true);
        assert_eq!(read_back(&slice), slice);
    }
}

#[test]
fn each_defence_is_told_apart() {
    for spoil in 0..4_u8 {
        let mut slice = clean(Arch::X86_64);
        let defence = match spoil {
            0 => &mut slice.hardening.nx,
            1 => &mut slice.hardening.aslr,
            2 => &mut slice.hardening.high_entropy,
            _ => &mut slice.hardening.control_flow_guard,
        };
        *defence = Some(false);
        assert_eq!(read_back(&slice), slice);
    }
}

prop_compose! {
    fn name()(text in "[a-zA-Z_?@][a-zA-Z0-9_.@?$-]{0,40}") -> String {
        text
    }
}

prop_compose! {
    fn table(delayed: bool)(
        libraries in prop::collection::vec((name(), prop::collection::vec((name(), prop::option::of(0..9999_u16)), 0..9)), 0..4),
    ) -> Vec<(Library, Vec<Import>)> {
        libraries
            .into_iter()
            .enumerate()
            .map(|(index, (own, imports))| {
                let own = format!("{own}{index}.dll");
                let name_of = |(name, number): (String, Option<u16>)| number.map_or(name, |number| format!("#{number}"));
                let imports = imports.into_iter().map(|any| import(&name_of(any), &own, delayed)).collect();
                (library(&own, delayed), imports)
            })
            .collect()
    }
}

prop_compose! {
    fn any_slice()(
        arch in prop::sample::select(ARCHES.to_vec()),
        bound in table(false),
        delayed in table(true),
        python in prop::collection::btree_set("_?Py[A-Z][a-z]{1,9}", 0..5),
        others in 0..50_usize,
        own_name in prop::option::of(name()),
        version in any::<(u16, u16)>(),
        signed in any::<bool>(),
        sections in prop::collection::vec(("\\.[a-z]{1,14}", any::<(bool, bool, bool)>()), 1..6),
        flags in any::<(bool, bool, bool, bool)>(),
        timestamp in any::<u32>(),
        pdb in prop::option::of("[a-z]{1,9}\\.pdb"),
    ) -> Slice {
        let mut slice = Slice::of(arch);
        for (library, imports) in bound.into_iter().chain(delayed) {
            slice.libraries.push(library);
            slice.imports.extend(imports);
        }
        slice.exports = crate::forge::exports(python.len() + others, python.into_iter().collect());
        slice.own_name = own_name;
        slice.minimum_os = Some(MinimumOs { platform: "windows".to_owned(), version });
        slice.signature = if signed { Signature::Unchecked } else { Signature::None };
        slice.segments = sections
            .into_iter()
            .map(|(name, (read, write, execute))| Segment { name, read, write, execute })
            .collect();
        slice.hardening = Hardening {
            nx: Some(flags.0),
            aslr: Some(flags.1),
            high_entropy: slice.is_64.then_some(flags.2),
            control_flow_guard: Some(flags.3),
            ..Hardening::default()
        };
        slice.timestamp = Some(timestamp);
        slice.debug_info = pdb.into_iter().collect();
        slice
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_forged_reads_back(slice in any_slice()) {
        prop_assert_eq!(&read_back(&slice), &slice);
    }
}
