//! Differences of binaries: by section, by symbol, by the fields that a linker writes differently each time.

use monowheel_build::compare::{Difference, Kind};
use monowheel_wheel::binary::{Arch, Binary, Format, Signature, Slice};

use crate::forge::sections::{Function, Section, elf, macho};
use crate::forge::wheel::Wheel;
use crate::{forge, has, said, wheels};

const MEMBER: &str = "demo/_demo.abi3.so";

/// Two wheels that differ only in this member.
fn compared(a: &[u8], b: &[u8]) -> Vec<Difference> {
    let wheel = |bytes: &[u8]| Wheel::pure().with(MEMBER, bytes).bytes();
    let found = wheels(&wheel(a), &wheel(b));
    found.into_iter().filter(|difference| difference.kind != Kind::Record).collect()
}

fn with(a: Vec<Section<'_>>, b: Vec<Section<'_>>) -> Vec<Difference> {
    compared(&elf(&a, &[]), &elf(&b, &[]))
}

fn one(name: &str, is_code: bool, a: &[u8], b: &[u8]) -> Vec<Difference> {
    with(vec![(name, is_code, a.to_vec())], vec![(name, is_code, b.to_vec())])
}

#[test]
fn a_function_differs() {
    let functions: [Function<'_>; 2] = [("foo", 0, 0, 32), ("_ZN4demo3bar17h0123456789abcdefE", 0, 32, 32)];
    let a = vec![0x90; 64];
    let mut b = a.clone();
    b[40..52].fill(1);
    let of = |code: &[u8]| elf(&[(".text", true, code.to_vec())], &functions);
    let found = compared(&of(&a), &of(&b));
    assert_eq!(said(&found), ["code: function `demo::bar` (symbol, .text+0x20) differs in 12 bytes"]);
    assert_eq!(found[0].place.symbol.as_deref(), Some("_ZN4demo3bar17h0123456789abcdefE"));
    assert_eq!(found[0].place.part.as_deref(), Some(".text"));
}

#[test]
fn a_function_is_longer_and_another_one_is_gone() {
    let a = elf(&[(".text", true, vec![0x90; 64])], &[("foo", 0, 0, 32), ("bar", 0, 32, 32)]);
    let b = elf(&[(".text", true, vec![0x90; 48])], &[("foo", 0, 0, 48)]);
    let found = compared(&a, &b);
    has(&found, Kind::Code, &["function `foo` (symbol, .text+0x0) has 32 bytes in A and 48 bytes in B"]);
    has(&found, Kind::Code, &["function `bar` (symbol, .text+0x20) (32 bytes) is only in A"]);
    has(&found, Kind::Debug, &["1 symbol only in A: `bar`"]);
}

/// Found by the fuzzer: only A's section content was examined.
#[test]
fn a_section_that_is_code_in_one_alone_is_told_the_same_both_ways() {
    let found = with(vec![(".text", true, vec![1; 8])], vec![(".text", false, vec![2; 8])]);
    has(&found, Kind::Code, &["`.text` differs in 8 bytes in 1 place"]);
}

#[test]
fn code_without_symbols() {
    let (a, mut b) = (vec![0x90; 8192], vec![0x90; 8192]);
    (b[100], b[200]) = (1, 2);
    has(&one(".text", true, &a, &b), Kind::Code, &["`.text` differs in 2 bytes in 2 places, first at .text+0x64"]);
    has(&one(".text", true, &a, &b[..8000]), Kind::Code, &["`.text` has 8192 bytes in A and 8000 bytes in B"]);
}

#[test]
fn a_crate_of_another_cargo_home() {
    let text = |home: &str| {
        format!("called `unwrap`{home}/registry/src/index.crates.io-1949/pyo3-0.29.3/src/err.rsmore").into_bytes()
    };
    // Of one length, of two.
    for home in ["/tmp/ch2", "/home/me/.cargo"] {
        let found = one(".rodata", false, &text("/tmp/ch1"), &text(home));
        let path = has(
            &found,
            Kind::Path,
            &[
                "`.rodata` at 0x100f holds the path /tmp/ch1/registry/src/index.crates.io-1949/pyo3-0.29.3/src/err.rs in A",
                &format!("{home}/registry/src/index.crates.io-1949/pyo3-0.29.3/src/err.rs in B"),
                "(a panic message; a crate of cargo's registry: CARGO_HOME is not remapped)",
            ],
        );
        assert_eq!(found[0], *path, "it is the first");
        assert!(found.iter().skip(1).all(|difference| difference.follows), "{:#?}", said(&found));
    }
}

#[test]
fn paths_of_each_kind() {
    for (a, b, words) in [
        (
            "/usr/src/rustc-1.96.0/library/core/src/str.rs",
            "/opt/rust/lib/rustlib/src/rust/library/core/src/str.rs",
            "Rust's own sources",
        ),
        (
            "/srv/one/target/release/build/x/out/y.rs",
            "/srv/two/target/release/build/x/out/y.rs",
            "the target directory",
        ),
        ("/home/ann/demo/src/lib.rs", "/home/bob/demo/src/lib.rs", "a home directory"),
        ("/srv/one/src/lib.rs", "/srv/two/src/lib.rs", "the source directory is not remapped"),
    ] {
        let zero = |text: &str| format!("\0{text}\0").into_bytes();
        has(&one(".rodata", false, &zero(a), &zero(b)), Kind::Path, &[a, b, words]);
    }
    let found = one(".rodata", false, b"\0/srv/one/src/lib.rs\0", b"\0nothing at all here\0");
    has(&found, Kind::Path, &["holds the path /srv/one/src/lib.rs only in A"]);
}

#[test]
fn paths_behind_one_folder_are_one_difference() {
    let texts = |folder: &str| -> Vec<u8> {
        (0..20).flat_map(|number| format!("\0{folder}/registry/src/i-1/x-1.0/src/{number}.rs\0").into_bytes()).collect()
    };
    let found = one(".rodata", false, &texts("/tmp/a"), &texts("/tmp/b"));
    assert_eq!(found.len(), 1, "{:#?}", said(&found));
    has(&found, Kind::Path, &["and 19 more like it"]);
}

#[test]
fn the_comment_names_the_linker() {
    let linker = |path: &str| format!("Linker: LLD 20.1 ({path})\0").into_bytes();
    let found = one(".comment", false, &linker("/opt/zig/lld"), &linker("/home/me/zig/lld"));
    let words = "path: `.comment` names the linker's path at /opt/zig/lld in A and /home/me/zig/lld in B";
    assert_eq!(said(&found)[0], words);
    assert!(found.iter().skip(1).all(|difference| difference.follows), "{:#?}", said(&found));
    let found = one(".comment", false, b"GCC: (GNU) 13.2\0", b"GCC: (GNU) 14.1\0");
    has(&found, Kind::Identity, &["`.comment` names the tool `GCC: (GNU) 13.2` in A and `GCC: (GNU) 14.1` in B"]);
}

#[test]
fn the_build_id() {
    let note = |id: u8| [&[4, 0, 0, 0, 4, 0, 0, 0, 3, 0, 0, 0][..], b"GNU\0", &[id; 4]].concat();
    let found = one(".note.gnu.build-id", false, &note(1), &note(2));
    assert_eq!(said(&found), ["identity: the build id is 01010101 in A and 02020202 in B"]);
    assert!(!found[0].follows, "nothing else differs");
    let sections =
        |id: u8, data: &str| vec![(".note.gnu.build-id", false, note(id)), (".data", false, data.as_bytes().to_vec())];
    let found = with(sections(1, "abc"), sections(2, "abd"));
    assert!(has(&found, Kind::Identity, &["the build id"]).follows);
}

#[test]
fn a_text_in_the_data() {
    let found = one(".rodata", false, b"\0version 1.0 of demo\0", b"\0version 1.1 of demo\0");
    has(
        &found,
        Kind::Data,
        &["`.rodata` at 0x100b holds the text `version 1.0 of demo` in A and `version 1.1 of demo` in B"],
    );
    let found = one(".rodata", false, b"\0one text\0", b"\0another text\0");
    has(&found, Kind::Data, &["`.rodata` holds the text `one text` in A and `another text` in B"]);
    let found = one(".data", false, &[0, 1, 2, 3], &[0, 1, 9, 3]);
    has(&found, Kind::Data, &["`.data` differs in 1 byte in 1 place, first at 0x1002"]);
}

#[test]
fn sections_that_one_alone_has_and_addresses() {
    let text = || (".text", true, vec![0x90; 16]);
    let found = with(vec![text(), (".debug_info", false, vec![0; 9])], vec![text()]);
    has(&found, Kind::Debug, &["the section `.debug_info` (9 bytes) is only in A"]);
    let found = one(".eh_frame", false, &[1, 2, 3], &[1, 2, 4]);
    has(&found, Kind::Layout, &["`.eh_frame` (addresses of other parts) differs in 1 byte"]);
}

#[test]
fn hashes_in_symbols() {
    let of = |hash: &str| elf(&[(".text", true, vec![0x90; 32])], &[(&format!("_ZN4demo3foo17h{hash}E"), 0, 0, 32)]);
    let found = compared(&of("0123456789abcdef"), &of("fedcba9876543210"));
    has(
        &found,
        Kind::Debug,
        &["1 symbol has a different hash in the name, such as _ZN4demo3foo17h0123456789abcdefE in A"],
    );
    assert!(found.iter().all(|difference| difference.kind != Kind::Code), "{:#?}", said(&found));
}

fn pe(change: impl Fn(&mut Slice)) -> Vec<u8> {
    let mut slice = forge::clean(Format::Pe, Arch::X86_64);
    change(&mut slice);
    forge::binary(&Binary { format: Format::Pe, fat: false, slices: vec![slice] })
}

#[test]
fn pe_time_stamp() {
    let of = |stamp| pe(|slice| slice.timestamp = Some(stamp));
    let found = compared(&of(1_773_500_966), &of(0));
    has(
        &found,
        Kind::Identity,
        &["PE TimeDateStamp is 0x69b57a26 (2026-03-14 15:09:26 UTC, or a hash) in A and 0x00000000"],
    );
    assert_eq!(found.len(), 1, "{:#?}", said(&found));
}

#[test]
fn pe_debug_guid_and_checksum() {
    let a = pe(|slice| slice.debug_info = vec!["demo.pdb".to_owned()]);
    let mut b = a.clone();
    let record = memchr::memmem::find(&b, b"RSDS").unwrap();
    b[record + 4] ^= 1;
    has(&compared(&a, &b), Kind::Identity, &["PE debug GUID (of the PDB) is "]);
    // After the signature and the file header, 64 bytes into the optional header.
    let mut c = a.clone();
    c[64 + 24 + 64] ^= 1;
    let found = compared(&a, &c);
    has(&found, Kind::Identity, &["PE CheckSum is 0x0 in A and 0x1 in B"]);
    assert_eq!(found.len(), 1, "{:#?}", said(&found));
}

#[test]
fn macho_uuid() {
    let found = compared(&macho([1; 16], b"code", b""), &macho([2; 16], b"code", b""));
    let uuid = |digit: &str| digit.repeat(16);
    assert_eq!(said(&found), [format!("identity: Mach-O LC_UUID is {} in A and {} in B", uuid("01"), uuid("02"))]);
    assert!(!found[0].follows);
    let found = compared(&macho([1; 16], b"code", b""), &macho([2; 16], b"cade", b""));
    assert_eq!(found[0].kind, Kind::Code);
    assert!(has(&found, Kind::Identity, &["LC_UUID"]).follows);
}

#[test]
fn macho_tables() {
    let found = compared(&macho([1; 16], b"code", b"table one"), &macho([1; 16], b"code", b"table two"));
    has(&found, Kind::Layout, &["`__LINKEDIT` differs in 3 bytes"]);
}

fn signed(identifier: &str) -> Vec<u8> {
    let mut slice = forge::clean(Format::MachO, Arch::Aarch64);
    let segment = |name: &str| monowheel_wheel::binary::Segment {
        name: name.to_owned(),
        read: true,
        write: false,
        execute: false,
    };
    slice.segments = vec![segment("__TEXT"), segment("__LINKEDIT")];
    slice.signature = Signature::Valid { ad_hoc: true, identifier: identifier.to_owned(), team: None };
    forge::binary(&Binary { format: Format::MachO, fat: false, slices: vec![slice] })
}

#[test]
fn macho_signature_only() {
    let found = compared(&signed("demo"), &signed("dema"));
    let words = "Mach-O signature only (the code is the same): valid, ad hoc, for `demo` in A and valid, ad hoc, for `dema` in B";
    has(&found, Kind::Signature, &[words]);
    assert_eq!(found.len(), 1, "{:#?}", said(&found));
}

#[test]
fn a_slice_is_named() {
    let a = Wheel::abi3("macosx_10_12_universal2");
    let path = a.binaries[0].0.clone();
    let mut zip = a.zip();
    let mut bytes = forge::binary(&a.binaries[0].1);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    *zip.entry(&path) = forge::zip::Entry::new(&path, &bytes);
    let found = wheels(&a.bytes(), &zip.bytes());
    let place = &found[0].place;
    assert!(place.part.as_deref().is_some_and(|part| part.starts_with("arm64 ")), "{found:#?}");
    assert!(found[0].cause.starts_with("arm64: "));
}

#[test]
fn what_it_loads() {
    let a = Wheel::abi3("manylinux_2_17_x86_64");
    let b = a.clone().slices(|slice| {
        slice.libraries.push(forge::extension::library("libz.so.1"));
        slice.hardening.bind_now = Some(false);
        slice.run_paths = vec!["/opt/lib".to_owned()];
    });
    let found = wheels(&a.bytes(), &b.bytes());
    has(&found, Kind::Linking, &["it loads libz.so.1 only in B"]);
    has(&found, Kind::Linking, &["bind now is true in A and false in B"]);
    has(&found, Kind::Linking, &["it has the run path /opt/lib only in B"]);
}

#[test]
fn of_different_kinds() {
    let found = compared(&elf(&[], &[]), &macho([0; 16], b"", b""));
    assert_eq!(said(&found), ["linking: it is ELF in A and Mach-O in B"]);
    let other = |arch| {
        forge::binary(&Binary { format: Format::Elf, fat: false, slices: vec![forge::clean(Format::Elf, arch)] })
    };
    has(
        &compared(&other(Arch::X86_64), &other(Arch::Aarch64)),
        Kind::Linking,
        &["it is for X86_64 in A and Aarch64 in B"],
    );
}
