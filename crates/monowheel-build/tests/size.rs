//! Sizes of wheels and binaries: they add up, whatever the bytes are.

#![allow(clippy::unwrap_used, reason = "a fixture that cannot be made, or measured, is a failed test")]

use monowheel_build::size::{self, CauseOf, Change, DistSize, Symbols};
use monowheel_error::ErrorKind;
use monowheel_forge::sections::{elf, macho};
use monowheel_forge::wheel::Wheel;
use monowheel_forge::{binary, clean};
use monowheel_system::exec::CancelToken;
use monowheel_wheel::binary::{Arch, Binary, Format};
use proptest::prelude::*;

const MEMBER: &str = "demo/_demo.abi3.so";

fn measured(name: &str, bytes: &[u8]) -> monowheel_error::Result<DistSize> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs_err::write(&path, bytes).unwrap();
    size::file(&path, &CancelToken::default())
}

fn of(wheel: &Wheel) -> DistSize {
    measured(&wheel.file, &wheel.bytes()).unwrap()
}

/// All that is said of the bytes of a file is all of its bytes.
fn adds_up(file: &DistSize) {
    if file.is_wheel {
        let packed: u64 = file.members.iter().map(|member| member.compressed).sum();
        assert_eq!(packed + file.archive, file.bytes);
    }
    assert_eq!(file.members.iter().map(|member| member.bytes).sum::<u64>(), file.unpacked);
    for part in file.binaries.iter().flat_map(|binary| &binary.parts) {
        let inside: u64 = part.sections.iter().map(|section| section.bytes).sum();
        assert!(inside + part.outside >= part.bytes, "{part:?}");
        if part.symbols == Symbols::Present {
            let content = |holds: &str| -> u64 {
                part.sections.iter().filter(|section| section.holds == holds).map(|section| section.bytes).sum()
            };
            assert_eq!(part.crates.iter().map(|one| one.bytes).sum::<u64>(), content("code") + content("data"));
        }
        for one in &part.crates {
            assert!(one.modules.iter().map(|module| module.bytes).sum::<u64>() <= one.bytes, "{one:?}");
        }
    }
}

#[test]
fn symbols_that_overlap_count_each_byte_once() {
    let functions = [
        ("_ZN4demo5outer17h0123456789abcdefE", 0, 0, 80),
        // Inside of the first, then over its end, then the same place again.
        ("_ZN4demo5inner17h0123456789abcdefE", 0, 10, 20),
        ("_ZN5other3run17h0123456789abcdefE", 0, 60, 60),
        ("alias", 0, 60, 60),
        ("_ZN4demo5TABLE17h0123456789abcdefE", 1, 0, 30),
    ];
    let bytes = elf(&[(".text", true, vec![0x90; 150]), (".rodata", false, vec![1; 50])], &functions);
    let file = measured("_demo.abi3.so", &bytes).unwrap();
    adds_up(&file);
    let part = &file.binaries[0].parts[0];
    let crates: Vec<(&str, u64, u64)> =
        part.crates.iter().map(|one| (one.name.as_str(), one.bytes, one.code)).collect();
    assert_eq!(crates, [("demo", 110, 80), ("(no symbol)", 50, 30), ("other", 40, 40)]);
    assert_eq!(part.note, None);
}

#[test]
fn without_symbols_there_are_sections_and_a_note() {
    let bytes = elf(&[(".text", true, vec![0x90; 9000]), (".data", false, vec![1; 50])], &[("PyInit_demo", 0, 0, 9)]);
    let file = measured("_demo.abi3.so", &bytes).unwrap();
    adds_up(&file);
    let part = &file.binaries[0].parts[0];
    assert_eq!((part.symbols, part.crates.len()), (Symbols::Stripped, 0));
    assert!(part.note.as_ref().is_some_and(|note| note.contains("monowheel build --symbols")));
    assert_eq!((part.sections[0].name.as_str(), part.sections[0].bytes), (".text", 9000));
}

#[test]
fn every_format_adds_up() {
    for format in [Format::Elf, Format::MachO, Format::Pe, Format::Wasm] {
        let arch = if format == Format::Wasm { Arch::Wasm32 } else { Arch::Aarch64 };
        let one = Binary { format, fat: false, slices: vec![clean(format, arch)] };
        let file = measured("_demo.abi3.so", &binary(&one)).unwrap();
        adds_up(&file);
        assert_eq!(file.binaries[0].parts.len(), 1, "{format:?}");
    }
    let slices = vec![clean(Format::MachO, Arch::X86_64), clean(Format::MachO, Arch::Aarch64)];
    let fat = measured("_demo.abi3.so", &binary(&Binary { format: Format::MachO, fat: true, slices })).unwrap();
    let architectures: Vec<&str> = fat.binaries[0].parts.iter().map(|part| part.architecture.as_str()).collect();
    assert_eq!(architectures, ["arm64", "x86_64"]);
    adds_up(&measured("x.so", &macho([1; 16], &[0x90; 300], &[2; 50])).unwrap());
}

/// The linker of WebAssembly unfolds names itself, and leaves the hash.
#[test]
fn a_module_with_the_names_of_its_functions() {
    let one = Binary { format: Format::Wasm, fat: false, slices: vec![clean(Format::Wasm, Arch::Wasm32)] };
    let name = b"demo::inner::run::h0123456789abcdef";
    let map = [&[1, 0, name.len() as u8][..], name].concat();
    let section = [&b"\x04name\x01"[..], &[map.len() as u8], &map].concat();
    let bytes = [&binary(&one)[..], &[0, section.len() as u8], &section].concat();
    let file = measured("_demo.abi3.so", &bytes).unwrap();
    adds_up(&file);
    let part = &file.binaries[0].parts[0];
    assert_eq!(part.symbols, Symbols::Present, "{part:?}");
    let demo = part.crates.iter().find(|one| one.name == "demo").unwrap();
    assert_eq!((demo.modules[0].name.as_str(), demo.modules[0].functions[0].name.as_str()), ("inner", "run"));
}

#[test]
fn crates_that_are_there_twice() {
    let sbom = r#"{"components": [{"purl": "pkg:cargo/syn@1.0.9"}, {"purl": "pkg:cargo/syn@2.0.1"},
        {"purl": "pkg:cargo/once@1.0.0"}, {"purl": "pkg:cargo/once@2.0.0"}, {"purl": "pkg:cargo/quote@1.0.0"}, {"purl": "pkg:cargo/cc@1.0.0"}, {"purl": "pkg:cargo/cc@1.1.0"}]}"#;
    let functions = [
        ("_RNvCsa_3syn1f", 0, 0, 100),
        ("_RNvCsb_3syn1f", 0, 100, 100),
        ("_RNvCsc_5quote1f", 0, 200, 100),
        ("_RNvCsd_4once1f", 0, 300, 100),
    ];
    let code = elf(&[(".text", true, vec![0x90; 400])], &functions);
    let wheel =
        |bytes: &[u8]| of(&Wheel::pure().info("sboms/demo.cyclonedx.json", |_| sbom.to_owned()).with(MEMBER, bytes));
    let file = wheel(&code);
    let [syn] = file.duplicates.as_slice() else { panic!("{:?}", file.duplicates) };
    assert_eq!((syn.name.as_str(), syn.copies, syn.bytes), ("syn", 2, Some(200)));
    assert_eq!(syn.versions, ["1.0.9", "2.0.1"]);
    let part = &file.binaries[0].parts[0];
    let version = |name: &str| part.crates.iter().find(|one| one.name == name).unwrap().version.clone();
    assert_eq!((version("quote").as_deref(), version("syn")), (Some("1.0.0"), None), "which of two is not known");
    // Without symbols the bill of materials is believed.
    let names: Vec<String> = wheel(b"stripped").duplicates.into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["cc", "once", "syn"]);
}

#[test]
fn causes_add_up_and_the_largest_is_first() {
    let sbom = |components: &str| format!("{{\"components\": [{components}]}}");
    let old =
        elf(&[(".text", true, vec![0x90; 300])], &[("_RNvCsa_5serde1f", 0, 0, 200), ("_RNvCsa_3old1f", 0, 200, 100)]);
    let new =
        elf(&[(".text", true, vec![0x90; 9000])], &[("_RNvCsa_5serde1f", 0, 0, 190), ("_RNvCsb_3new1f", 0, 190, 8810)]);
    let wheel = |bytes: &[u8], components: &str, path: &str| {
        let sbom = sbom(components);
        of(&Wheel::pure().info("sboms/demo.cyclonedx.json", |_| sbom.clone()).with(path, bytes))
    };
    let before = wheel(&old, r#"{"purl": "pkg:cargo/serde@1.0.1"}"#, "demo/_demo.cpython-312-x86_64-linux-gnu.so");
    let mut after = wheel(&new, r#"{"purl": "pkg:cargo/serde@1.0.2"}, {"purl": "pkg:cargo/new@0.4.9"}"#, MEMBER);
    let change = Change::of(&after, &before);
    assert_eq!(change.causes.iter().map(|cause| cause.bytes).sum::<i64>(), change.unpacked);
    let said: Vec<(i64, &str)> = change
        .causes
        .iter()
        .filter(|cause| cause.of == CauseOf::Crate)
        .map(|cause| (cause.bytes, cause.what.as_str()))
        .collect();
    assert_eq!(said, [(8810, "new 0.4.9 is new"), (-100, "old is gone"), (-10, "serde 1.0.1 -> 1.0.2")]);
    let sizes: Vec<u64> = change.causes.iter().map(|cause| cause.bytes.unsigned_abs()).collect();
    assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
    // The same again has no cause, and sizes that no file has end nothing.
    assert_eq!(Change::of(&after, &after).causes, []);
    after.members[0].bytes = u64::MAX;
    after.unpacked = u64::MAX;
    let _ = Change::of(&after, &before);
}

#[test]
fn what_is_no_wheel_is_an_error() {
    for (name, bytes) in [("a.whl", &b"no archive"[..]), ("a.whl", b""), ("a.txt", b"text"), ("a.so", b"\x7fELF")] {
        let error = measured(name, bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Format, "{name}: {error}");
        assert!(error.next_step().is_some() && error.place().is_some(), "{error}");
    }
}

#[test]
fn a_member_that_is_cut_short_is_counted_and_told() {
    let wheel = Wheel::pure().with(MEMBER, elf(&[(".text", true, vec![7; 5000])], &[])).bytes();
    let at = wheel.windows(MEMBER.len()).position(|part| part == MEMBER.as_bytes()).unwrap();
    let mut damaged = wheel.clone();
    damaged[at + MEMBER.len() + 20] ^= 0xff;
    let file = measured("demo-1.0-py3-none-any.whl", &damaged).unwrap();
    adds_up(&file);
    let part = &file.binaries[0].parts[0];
    assert!(part.note.as_ref().is_some_and(|note| note.starts_with("not readable: ")), "{part:?}");
}

#[test]
fn many_symbols_with_hostile_names() {
    let names: Vec<String> =
        (0..20_000).map(|number| format!("_RNvCsa_4demo{}f{number}", "B_".repeat(number % 50))).collect();
    let functions: Vec<_> =
        names.iter().enumerate().map(|(at, name)| (name.as_str(), 0, at as u64, u64::MAX)).collect();
    let file = measured("x.so", &elf(&[(".text", true, vec![0x90; 20_000])], &functions)).unwrap();
    adds_up(&file);
    let odd = ["\u{1b}[2J", "a\u{202e}b", "\"><script>", "_Z", "_R", "?", "", "::", "<", "<<<<", "a::<b", "{{{{::"];
    let functions: Vec<_> = odd.iter().enumerate().map(|(at, name)| (*name, 0, at as u64 * 10, 10)).collect();
    adds_up(&measured("x.so", &elf(&[(".text", true, vec![0x90; 120])], &functions)).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_binary_that_is_cut_or_changed_is_measured(cut in 0_usize..2000, at in 0_usize..2000, byte: u8, format in 0..4_usize) {
        let format = [Format::Elf, Format::MachO, Format::Pe, Format::Wasm][format];
        let arch = if format == Format::Wasm { Arch::Wasm32 } else { Arch::X86_64 };
        let mut bytes = binary(&Binary { format, fat: false, slices: vec![clean(format, arch)] });
        bytes.truncate(bytes.len().saturating_sub(cut));
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        let file = of(&Wheel::pure().with(MEMBER, bytes));
        prop_assert_eq!(file.binaries.len(), 1);
    }
}
