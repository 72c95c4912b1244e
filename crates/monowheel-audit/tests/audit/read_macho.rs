//! Forged Mach-O files read back as described, in each of the three ways to name symbols.

use monowheel_wheel::binary::{
    Arch, Binary, EmbeddedPaths, Format, Hardening, Import, Library, MinimumOs, Segment, Signature, Slice,
};
use object::macho;
use proptest::prelude::*;

use crate::forge::macho::{command, forge_with, set, word};
use crate::forge::macho_names::Names;

const WAYS: [Names; 3] = [Names::SymbolTable, Names::Opcodes, Names::ChainedFixups];

fn segments() -> Vec<Segment> {
    let segment = |name: &str, write, execute| Segment { name: name.to_owned(), read: true, write, execute };
    vec![segment("__TEXT", false, true), segment("__DATA", true, false), segment("__LINKEDIT", false, false)]
}

fn library(name: &str, weak: bool) -> Library {
    Library { name: name.to_owned(), delayed: false, weak }
}

fn import(name: &str, library: Option<&str>, weak: bool) -> Import {
    Import { name: name.to_owned(), library: library.map(str::to_owned), version: None, weak, delayed: false }
}

/// A slice with a value in every field of Mach-O.
fn rich(arch: Arch) -> Slice {
    let mut slice = Slice::of(arch);
    slice.libraries = vec![library("/usr/lib/libSystem.B.dylib", false), library("@rpath/libextra.1.dylib", true)];
    slice.imports = vec![
        import("PyLong_FromLong", None, false),
        import("_Py_NoneStruct", None, true),
        import("malloc", Some("/usr/lib/libSystem.B.dylib"), false),
        import("extra", Some("@rpath/libextra.1.dylib"), true),
    ];
    slice.exports = crate::forge::exports(300, vec!["PyInit_demo".to_owned(), "_PyDemo".to_owned()]);
    slice.own_name = Some("@rpath/demo.abi3.so".to_owned());
    slice.run_paths = vec!["@loader_path/../demo.libs".to_owned(), "/opt/lib".to_owned()];
    slice.minimum_os = Some(MinimumOs { platform: "macos".to_owned(), version: (10, 12) });
    slice.signature = Signature::Valid { ad_hoc: true, identifier: "demo".to_owned(), team: None };
    slice.segments = segments();
    slice.hardening = Hardening { executable_stack: Some(true), ..Hardening::default() };
    slice.debug_info = vec!["/Users/me/demo/target/demo.o".to_owned()];
    slice
}

/// The parsed slice and the description it was forged from.
fn read_back(binary: &Binary, names: Names) -> (Binary, Binary) {
    let mut read = Binary::read(&forge_with(binary, names)).unwrap_or_else(|error| panic!("{names:?}: {error}"));
    // Which text of a file looks like a build path is tested elsewhere.
    read.slices.iter_mut().for_each(|slice| slice.paths = EmbeddedPaths::default());
    let mut forged = binary.clone();
    forged.slices.iter_mut().for_each(|slice| slice.link.chained_fixups = names == Names::ChainedFixups);
    (read, forged)
}

#[test]
fn every_field_survives() {
    for names in WAYS {
        for arch in [Arch::X86_64, Arch::Aarch64, Arch::I686, Arch::Other("arm64e".to_owned())] {
            let mut slice = rich(arch);
            slice.is_64 = slice.arch != Arch::I686;
            let binary = Binary { format: Format::MachO, fat: false, slices: vec![slice] };
            let (read, forged) = read_back(&binary, names);
            assert_eq!(read, forged, "{names:?}");
        }
        let fat = Binary { format: Format::MachO, fat: true, slices: vec![rich(Arch::X86_64), rich(Arch::Aarch64)] };
        let (read, forged) = read_back(&fat, names);
        assert_eq!(read, forged, "{names:?}");
    }
}

#[test]
fn each_platform_is_told_apart() {
    for platform in ["macos", "ios", "ios-simulator", "maccatalyst"] {
        let mut slice = rich(Arch::Aarch64);
        slice.minimum_os = Some(MinimumOs { platform: platform.to_owned(), version: (17, 5) });
        let binary = Binary { format: Format::MachO, fat: false, slices: vec![slice] };
        let (read, forged) = read_back(&binary, Names::SymbolTable);
        assert_eq!(read, forged);
    }
}

/// C++ inline functions are looked up in all images, and may be found in the requesting one.
#[test]
fn what_a_library_finds_in_itself_is_no_import() {
    let mut slice = rich(Arch::Aarch64);
    slice.signature = Signature::None;
    slice.exports.python.push("_Py_NoneStruct".to_owned());
    let binary = Binary { format: Format::MachO, fat: false, slices: vec![slice] };
    let mut bytes = forge_with(&binary, Names::ChainedFixups);
    let fixups = word(&bytes, command(&bytes, macho::LC_DYLD_CHAINED_FIXUPS.0) + 8) as usize;
    let imports = fixups + word(&bytes, fixups + 8) as usize;
    // Both are Python's: any image instead of flat lookup.
    for import in [imports, imports + 4] {
        let changed = word(&bytes, import) & !0xff | u32::from(macho::BIND_SPECIAL_DYLIB_WEAK_LOOKUP.0 as u8);
        set(&mut bytes, import, changed);
    }
    let read = Binary::read(&bytes).unwrap();
    let names: Vec<&str> = read.slices[0].imports.iter().map(|import| import.name.as_str()).collect();
    assert_eq!(names, ["PyLong_FromLong", "malloc", "extra"]);
}

#[test]
fn a_byte_that_changed_after_signing_is_seen() {
    let mut slice = rich(Arch::Aarch64);
    slice.signature = Signature::Invalid { why: String::new() };
    let binary = Binary { format: Format::MachO, fat: false, slices: vec![slice] };
    let (read, _) = read_back(&binary, Names::SymbolTable);
    let Signature::Invalid { why } = &read.slices[0].signature else { panic!("{:?}", read.slices[0].signature) };
    assert_eq!(why, "1 of 11 pages are not the bytes that were signed, the first at offset 0x7000");
}

#[test]
fn a_certificate_makes_a_signature_more_than_ad_hoc() {
    let mut slice = rich(Arch::X86_64);
    let team = Some("ABCDE12345".to_owned());
    slice.signature = Signature::Valid { ad_hoc: false, identifier: "org.demo".to_owned(), team };
    let binary = Binary { format: Format::MachO, fat: false, slices: vec![slice] };
    let (read, forged) = read_back(&binary, Names::SymbolTable);
    assert_eq!(read, forged);
}

prop_compose! {
    fn some_slice(arch: Arch)(
        libraries in prop::collection::btree_set("[a-z@/._]{1,30}", 0..20),
        names in prop::collection::btree_map("[A-Za-z_.$]{1,40}", (any::<Option<prop::sample::Index>>(), any::<bool>()), 0..60),
        python in prop::collection::btree_set("(_Py|Py)[A-Za-z_]{1,20}", 0..20),
        others in 0_usize..400,
        own_name in prop::option::of("[a-z@/._]{1,30}"),
        run_paths in prop::collection::vec("[a-zA-Z@/._ ]{1,30}", 0..4),
        version in (0_u16..100, 0_u16..256),
        identifier in "[a-z.]{0,300}",
        signed in any::<bool>(),
        executable_stack in any::<bool>(),
    ) -> Slice {
        let mut slice = Slice::of(arch.clone());
        slice.libraries = libraries.iter().map(|name| library(name, name.len() % 2 == 0)).collect();
        slice.imports = names.iter().map(|(name, (from, weak))| {
            let from = from.filter(|_| !slice.libraries.is_empty());
            import(name, from.map(|from| from.get(&slice.libraries).name.as_str()), *weak)
        }).collect();
        slice.exports = crate::forge::exports(python.len() + others, python.into_iter().collect());
        slice.own_name = own_name;
        slice.run_paths = run_paths;
        slice.minimum_os = Some(MinimumOs { platform: "macos".to_owned(), version });
        if signed {
            slice.signature = Signature::Valid { ad_hoc: true, identifier, team: None };
        }
        slice.segments = segments();
        slice.hardening.executable_stack = Some(executable_stack);
        slice
    }
}

fn some_binary() -> impl Strategy<Value = Binary> {
    (some_slice(Arch::X86_64), some_slice(Arch::Aarch64), 0..3).prop_map(|(intel, arm, which)| {
        let slices = match which {
            0 => vec![intel],
            1 => vec![arm],
            _ => vec![intel, arm],
        };
        Binary { format: Format::MachO, fat: slices.len() > 1, slices }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_description_survives(binary in some_binary(), way in 0_usize..3) {
        let (read, forged) = read_back(&binary, WAYS[way]);
        prop_assert_eq!(read, forged);
    }
}
