//! Every rule over every fixture, and every reader over what is no fixture of a rule.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests fails where it happens, too")]

mod archive;
mod fixtures;
use monowheel_forge as forge;
mod contract;
mod hostile_facts;
mod hostile_macho;
mod read_elf;
mod read_hostile;
mod read_macho;
mod read_pe;
mod resolve;
mod sets;
mod severities;
mod severities_abi;

use std::collections::BTreeSet;

use monowheel_audit::rule::Check;
use monowheel_audit::{audit, gather, rules};

/// The rules that speak of a file, with what they say.
fn spoken(file: &str, bytes: &[u8]) -> (BTreeSet<&'static str>, String) {
    let facts =
        gather::facts(&bytes, file, gather::Depth::Everything).unwrap_or_else(|error| panic!("{file}: {error}"));
    let findings = audit::findings(&facts);
    let said =
        findings.iter().map(|found| format!("    {} {}: {}\n", found.rule, found.place, found.message)).collect();
    (findings.iter().map(|found| found.rule).collect(), said)
}

#[test]
fn each_fixture_gets_exactly_its_findings() {
    let mut wrong = String::new();
    for fixture in fixtures::all() {
        let (rules, said) = spoken(&fixture.file, &fixture.bytes);
        let expected: BTreeSet<&str> = fixture.expect.iter().copied().collect();
        if rules != expected {
            wrong += &format!("{}\n  expected {expected:?}\n  got      {rules:?}\n{said}", fixture.name);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_rule_is_fired_by_a_fixture() {
    let fired: BTreeSet<&str> = fixtures::all().iter().flat_map(|fixture| fixture.expect).copied().collect();
    let silent: Vec<&str> = rules::all()
        .filter(|rule| matches!(rule.check, Check::One(_)))
        .map(|rule| rule.id)
        .filter(|id| !fired.contains(id))
        .collect();
    assert!(silent.is_empty(), "no fixture fires {silent:?}");
}

/// Writes the fixtures, and their parts, as seeds for `./ci/fuzz`.
#[test]
#[ignore = "only ./ci/fuzz needs the files"]
fn seeds_for_fuzzing() {
    let Some(folder) = std::env::var_os("MONOWHEEL_SEEDS").map(std::path::PathBuf::from) else { return };
    let write = |target: &str, name: String, bytes: &[u8]| {
        let folder = folder.join(target);
        fs_err::create_dir_all(&folder).expect("a folder for seeds");
        fs_err::write(folder.join(name), bytes).expect("a seed");
    };
    // What is longer would be cut, and then be no archive.
    let short = fixtures::all().into_iter().filter(|fixture| fixture.bytes.len() <= 1 << 16);
    for (index, fixture) in short.enumerate() {
        for target in ["zip", "finish"] {
            write(target, format!("fixture-{index}"), &fixture.bytes);
        }
    }
    for (index, platform) in
        ["manylinux_2_17_x86_64", "musllinux_1_2_aarch64", "macosx_10_12_universal2", "win_amd64"].iter().enumerate()
    {
        let wheel = forge::wheel::Wheel::abi3(platform);
        let binary = forge::binary(&wheel.binaries[0].1);
        for target in ["elf", "macho", "pe", "finish"] {
            write(target, format!("forged-{index}"), &binary);
        }
        let mut parts = vec![u8::try_from(index).expect("few platforms")];
        parts.extend(&binary);
        for (path, bytes) in &wheel.members {
            if path.contains(".dist-info/") {
                let target = if path.ends_with("/RECORD") { "record" } else { "metadata" };
                write(target, format!("{index}-{}", path.replace('/', "-")), bytes);
            }
            if ["/METADATA", "/WHEEL"].iter().any(|end| path.ends_with(end)) {
                parts.extend([0xff, 0xfe]);
                parts.extend(bytes);
            }
        }
        write("audit", format!("forged-{index}"), &parts);
        // Two that differ in a byte, as the target parts them.
        let mut other = binary.clone();
        other[binary.len() / 2] ^= 1;
        write("compare", format!("forged-{index}"), &[&[0][..], &binary, &[0xff, 0xfe], &other].concat());
    }
    for arm in [true, false] {
        let linked = forge::linked::Linked::new(arm, 1, &["/home/jane/x.o", "_local", "_stub"]).bytes();
        for target in ["macho", "finish"] {
            write(target, format!("linked-{arm}"), &linked);
        }
    }
    write("record", "small".to_owned(), b"a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\nRECORD,,\n");
}
