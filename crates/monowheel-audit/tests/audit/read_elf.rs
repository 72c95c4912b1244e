//! Forged ELF files read back as described.

use monowheel_wheel::binary::{
    Arch, Binary, EmbeddedPaths, Format, FramePointers, Hardening, Import, Library, Segment, Slice, VersionNeed,
};
use proptest::prelude::*;

use crate::forge::elf::{Hash, clean, forge_with};

const WAYS: [Hash; 3] = [Hash::Sysv, Hash::Gnu, Hash::Lld];
const ARCHES: [Arch; 8] = [
    Arch::X86_64,
    Arch::I686,
    Arch::Aarch64,
    Arch::Armv7l,
    Arch::Ppc64le,
    Arch::S390x,
    Arch::Riscv64,
    Arch::Loongarch64,
];

fn read_back(slice: &Slice, hash: Hash) -> Slice {
    let binary = Binary::read(&forge_with(slice, hash)).unwrap_or_else(|error| panic!("{hash:?}: {error}"));
    assert_eq!((binary.format, binary.fat, binary.slices.len()), (Format::Elf, false, 1));
    binary.slices.into_iter().next().unwrap_or_else(|| Slice::of(Arch::X86_64))
}

fn import(name: &str, from: Option<(&str, &str)>, weak: bool) -> Import {
    Import {
        name: name.to_owned(),
        library: from.map(|(library, _)| library.to_owned()),
        version: from.map(|(_, version)| version.to_owned()),
        weak,
        delayed: false,
    }
}

fn need(library: &str, version: &str) -> VersionNeed {
    VersionNeed { library: library.to_owned(), version: version.to_owned() }
}

/// A slice with a value in every field of ELF.
fn rich(arch: Arch) -> Slice {
    let mut slice = clean(arch);
    slice.imports = vec![
        import("PyLong_FromLong", None, false),
        import("malloc", Some(("libc.so.6", "GLIBC_2.17")), false),
        import("memcpy", Some(("libc.so.6", "GLIBC_2.14")), false),
        import("log", Some(("libm.so.6", "GLIBC_2.29")), false),
        import("__cxa_thread_atexit_impl", Some(("libc.so.6", "GLIBC_2.18")), true),
        import("_ITM_deregisterTMCloneTable", None, true),
    ];
    slice.exports = crate::forge::exports(40, vec!["PyInit_demo".to_owned(), "_PyDemo".to_owned()]);
    slice.libraries =
        ["libc.so.6", "libm.so.6"].map(|name| Library { name: name.to_owned(), delayed: false, weak: false }).to_vec();
    slice.own_name = Some("demo.abi3.so".to_owned());
    slice.run_paths = vec!["$ORIGIN/../demo.libs".to_owned(), String::new(), "/opt/lib".to_owned()];
    // Only a weak symbol has `GLIBC_2.18`; nothing provides `GLIBC_ABI_DT_RELR`, but it must exist.
    slice.versions = vec![
        need("libc.so.6", "GLIBC_2.17"),
        need("libc.so.6", "GLIBC_2.14"),
        need("libc.so.6", "GLIBC_ABI_DT_RELR"),
        need("libm.so.6", "GLIBC_2.29"),
    ];
    slice.debug_info = vec![".debug_info".to_owned(), ".zdebug_line".to_owned(), ".symtab".to_owned()];
    slice.paths =
        EmbeddedPaths { count: 2, examples: vec!["/home/me/demo/lib.rs".into(), "/__w/demo/demo/x.c".into()] };
    slice
}

#[test]
fn every_field_survives() {
    for arch in ARCHES {
        for hash in WAYS {
            let slice = rich(arch.clone());
            assert_eq!(read_back(&slice, hash), slice, "{arch} {hash:?}");
        }
    }
}

/// zig's libraries for s390x were unreadable: "more than 1048576 symbols", or without their last exports.
#[test]
fn the_narrow_hash_table_that_lld_writes_for_s390x_is_read() {
    let mut slice = clean(Arch::S390x);
    slice.imports = vec![import("PyLong_FromLong", None, false), import("malloc", None, false)];
    slice.exports = crate::forge::exports(1, vec!["PyInit_demo".to_owned()]);
    for hash in WAYS {
        assert_eq!(read_back(&slice, hash).exports, slice.exports, "{hash:?}");
        assert_eq!(read_back(&slice, hash).imports, slice.imports, "{hash:?}");
    }
}

#[test]
fn architectures_that_no_tag_names() {
    for name in ["ppc64", "ppc64le-elfv1", "riscv64-lp64", "arm", "machine-42"] {
        let mut slice = clean(Arch::Other(name.to_owned()));
        slice.is_64 = name.contains("64");
        assert_eq!(read_back(&slice, Hash::Sysv), slice);
    }
}

#[test]
fn each_defence_is_told_apart() {
    for spoil in 0..5_u8 {
        let mut slice = clean(Arch::X86_64);
        match spoil {
            0 => slice.hardening.executable_stack = Some(true),
            1 => slice.hardening.relro = Some(false),
            2 => slice.hardening.bind_now = Some(false),
            3 => slice.hardening.text_relocations = Some(true),
            _ => slice.segments.push(Segment { name: "LOAD".into(), read: true, write: true, execute: true }),
        }
        assert_eq!(read_back(&slice, Hash::Sysv), slice);
    }
}

#[test]
fn levels_of_x86_64() {
    for level in 1..=4 {
        let mut slice = clean(Arch::X86_64);
        slice.isa_level = Some(level);
        assert_eq!(read_back(&slice, Hash::Sysv), slice);
    }
}

#[test]
fn functions_with_a_frame_pointer_are_counted() {
    for (functions, kept) in [(0, 0), (3, 0), (3, 2), (100, 100), (4096, 7)] {
        let mut slice = clean(Arch::X86_64);
        slice.frame_pointers = Some(FramePointers { functions, kept });
        assert_eq!(read_back(&slice, Hash::Sysv), slice);
    }
    // More are not read.
    let mut slice = clean(Arch::X86_64);
    slice.frame_pointers = Some(FramePointers { functions: 10_000, kept: 10_000 });
    let read = read_back(&slice, Hash::Sysv).frame_pointers;
    assert_eq!(read, Some(FramePointers { functions: 4096, kept: 4096 }));
}

#[test]
fn what_a_module_defines_itself_is_no_import() {
    let mut slice = clean(Arch::X86_64);
    slice.imports = vec![import("PyDemo_Own", None, false), import("PyDemo_Other", None, false)];
    slice.exports = crate::forge::exports(1, vec!["PyDemo_Own".to_owned()]);
    assert_eq!(read_back(&slice, Hash::Gnu).imports, slice.imports.split_off(1));
}

#[test]
fn many_build_paths_are_counted() {
    let mut slice = clean(Arch::Aarch64);
    slice.paths = EmbeddedPaths { count: 100, examples: (0..8).map(|n| format!("/root/demo/{n}.rs")).collect() };
    assert_eq!(read_back(&slice, Hash::Sysv), slice);
}

/// Loaders ignore `DT_RPATH` if the file has `DT_RUNPATH`, too.
#[test]
fn one_kind_of_run_paths_counts() {
    let mut slice = clean(Arch::X86_64);
    slice.own_name = Some("$ORIGIN/new".to_owned());
    slice.run_paths = vec!["$ORIGIN/old".to_owned()];
    slice.link.inherits_run_paths = true;
    let mut bytes = forge_with(&slice, Hash::Sysv);
    // `DT_SONAME`, before `DT_RPATH`, becomes `DT_RUNPATH`.
    let is_name = |entries: &[u8]| {
        entries.starts_with(&[14, 0, 0, 0, 0, 0, 0, 0]) && entries[16..24] == [15, 0, 0, 0, 0, 0, 0, 0]
    };
    let at = bytes.windows(32).position(is_name).unwrap();
    bytes[at] = 29;
    let read = Binary::read(&bytes).unwrap().slices.remove(0);
    assert_eq!(read.run_paths, ["$ORIGIN/new"]);
    assert!(!read.link.inherits_run_paths);
}

#[test]
fn an_object_file_is_refused() {
    let mut bytes = forge_with(&clean(Arch::X86_64), Hash::Sysv);
    bytes[16] = 1;
    assert!(Binary::read(&bytes).is_err_and(|error| error.to_string().contains("object file")));
}

prop_compose! {
    /// Names without special treatment in the reader.
    fn name()(text in "[a-zA-Z_][a-zA-Z0-9_.@+-]{0,40}") -> String {
        text
    }
}

prop_compose! {
    fn versioned()(library in 0..3_u8, version in 0..20_u8) -> VersionNeed {
        need(&format!("lib{library}.so.6"), &format!("V_2.{version}"))
    }
}

prop_compose! {
    fn any_slice()(
        arch in prop::sample::select(ARCHES.to_vec()),
        imports in prop::collection::vec((name(), prop::option::of(versioned()), any::<bool>()), 0..30),
        more in prop::collection::vec(versioned(), 0..5),
        python in prop::collection::btree_set("_?Py[A-Z][a-z]{1,9}_own", 0..5),
        others in 0..50_usize,
        libraries in prop::collection::vec(name(), 0..5),
        own_name in prop::option::of(name()),
        run_paths in prop::collection::vec("[$a-z{}]{1,9}/[a-z]{0,9}", 0..3),
        protections in prop::collection::vec(any::<(bool, bool, bool)>(), 1..6),
        defences in any::<(bool, bool, bool, bool)>(),
        level in prop::option::of(1..=4_u8),
        debug in prop::collection::vec("\\.z?debug_[a-z]{1,9}", 0..4),
    ) -> Slice {
        let mut slice = Slice::of(arch);
        slice.versions = more;
        for (name, from, weak) in imports {
            let from = from.as_ref().map(|need| (need.library.as_str(), need.version.as_str()));
            slice.imports.push(import(&name, from, weak));
        }
        // The reader lists versions library by library, without duplicates.
        slice.versions.sort();
        slice.versions.dedup();
        slice.exports = crate::forge::exports(python.len() + others, python.into_iter().collect());
        slice.libraries =
            libraries.into_iter().map(|name| Library { name, delayed: false, weak: false }).collect();
        slice.own_name = own_name;
        slice.run_paths = run_paths;
        slice.segments = protections
            .into_iter()
            .map(|(read, write, execute)| Segment { name: "LOAD".to_owned(), read, write, execute })
            .collect();
        slice.hardening = Hardening {
            executable_stack: Some(defences.0),
            relro: Some(defences.1),
            bind_now: Some(defences.2),
            text_relocations: Some(defences.3),
            ..Hardening::default()
        };
        slice.isa_level = level.filter(|_| matches!(slice.arch, Arch::X86_64 | Arch::I686));
        slice.debug_info = debug;
        slice
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_is_forged_reads_back(slice in any_slice()) {
        for hash in WAYS {
            let mut read = read_back(&slice, hash);
            read.versions.sort();
            prop_assert_eq!(&read, &slice);
        }
    }
}
