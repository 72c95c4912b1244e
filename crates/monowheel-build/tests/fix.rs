//! `audit --fix`: every fixable finding is gone afterwards, and nothing else has changed.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests fails where it happens, too")]

use std::collections::BTreeMap;

use monowheel_audit::finding::Finding;
use monowheel_audit::{audit, gather};
use monowheel_build::fix::{Fixed, Fixer};
use monowheel_error::ErrorKind;
use monowheel_forge::linked::Linked;
use monowheel_forge::wheel::{INFO, Wheel};
use monowheel_forge::zip::Zip;
use monowheel_wheel::archive::{Archive, Limits};
use monowheel_wheel::binary::{Binary, Signature, Slice};

const LINUX: &str = "manylinux2014_x86_64.manylinux_2_17_x86_64";
const MAC: &str = "macosx_11_0_arm64";

fn findings(file: &str, bytes: &[u8]) -> Vec<Finding> {
    audit::findings(&gather::facts(&bytes, file, gather::Depth::Everything).unwrap())
}

fn has(findings: &[Finding], rule: &str) -> bool {
    findings.iter().any(|finding| finding.rule == rule)
}

fn members(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let archive = Archive::open(&bytes, &Limits::default()).unwrap();
    let read = |member: &monowheel_wheel::archive::Member| {
        let mut content = Vec::new();
        archive.read(member, &mut Vec::new(), &mut |piece| content.extend_from_slice(piece)).unwrap();
        (member.path.clone(), content)
    };
    archive.members.iter().map(read).collect()
}

/// Fixes a wheel that has a finding of `rule`, which must be gone then; a second run has nothing to do.
fn fixed(rule: &str, file: &str, bytes: &[u8], allow_unsafe: bool) -> Fixed {
    let before = findings(file, bytes);
    assert!(has(&before, rule), "{rule} is not found: {before:#?}");
    let fixed = Fixer::choose(&before, allow_unsafe).unwrap().unwrap().wheel(file, bytes).unwrap();
    let after = findings(&fixed.name, &fixed.bytes);
    assert!(!has(&after, rule), "{rule} is still found: {after:#?} {:#?}", fixed.steps);
    for finding in &after {
        assert!(has(&before, &finding.rule), "{rule}: new: {finding:#?}");
    }
    match Fixer::choose(&after, allow_unsafe).unwrap() {
        None => {}
        Some(again) => {
            let again = again.wheel(&fixed.name, &fixed.bytes).unwrap();
            assert!(again.bytes == fixed.bytes, "{rule}: the second time did {:?}", again.steps);
        }
    }
    fixed
}

/// The members that a fix has changed, except for RECORD.
fn changed(before: &[u8], after: &[u8]) -> Vec<String> {
    let (before, after) = (members(before), members(after));
    assert!(before.keys().eq(after.keys()), "other members");
    let is_other = |path: &&String| before.get(*path) != after.get(*path) && !path.ends_with("/RECORD");
    before.keys().filter(is_other).cloned().collect()
}

fn reversed(wheel: &Wheel) -> Vec<u8> {
    let mut zip: Zip = wheel.zip();
    zip.entries.reverse();
    zip.bytes()
}

#[test]
fn the_archive_is_written_again_and_no_member_changes() {
    let wheel = Wheel::abi3(LINUX).with("demo/a.py", "").with("demo/b.py", "").with("demo/c.py", "");
    let bytes = reversed(&wheel);
    let fixed = fixed("zip-order", &wheel.file, &bytes, false);
    assert_eq!(changed(&bytes, &fixed.bytes), Vec::<String>::new());
    assert_eq!(fixed.name, wheel.file);
}

#[test]
fn record_is_written_again_where_it_lists_too_much_or_too_little() {
    for (rule, change) in [
        (
            "record-ghost-file",
            (|text: String| format!("gone.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n{text}"))
                as fn(String) -> String,
        ),
        ("record-missing-file", |text| {
            text.lines().filter(|line| !line.starts_with("demo/")).map(|line| format!("{line}\n")).collect()
        }),
        ("record-malformed", |text| text.replace("sha256=", "sha256==")),
    ] {
        let wheel = Wheel::abi3(LINUX).recorded(change);
        let fixed = fixed(rule, &wheel.file, &wheel.bytes(), false);
        assert_eq!(changed(&wheel.bytes(), &fixed.bytes), Vec::<String>::new(), "{rule}");
    }
}

#[test]
fn a_file_that_changed_after_record_is_no_safe_fix_and_stops_all_others() {
    let wheel = Wheel::pure().recorded(|text| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines[0] =
            lines[0].split(',').next().unwrap().to_owned() + ",sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0";
        lines.join("\n") + "\n"
    });
    let bytes = reversed(&wheel);
    let refused = Fixer::choose(&findings(&wheel.file, &bytes), false).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Format);
    assert!(refused.to_string().contains("--unsafe-fixes"), "{refused}");
    fixed("record-hash-mismatch", &wheel.file, &bytes, true);
}

#[test]
fn a_signed_record_is_left_alone() {
    let wheel = Wheel::pure()
        .with("demo/a.py", "")
        .with("demo/b.py", "")
        .with("demo/c.py", "")
        .with(&format!("{INFO}/RECORD.jws"), "{}");
    let bytes = reversed(&wheel);
    let fixer = Fixer::choose(&findings(&wheel.file, &bytes), false).unwrap().unwrap();
    let refused = fixer.wheel(&wheel.file, &bytes).unwrap_err();
    assert!(refused.to_string().contains("RECORD is signed"), "{refused}");
}

#[test]
fn the_tags_of_the_name_are_sorted_and_stated() {
    let unsorted = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl";
    let wheel = Wheel::abi3(LINUX).info("WHEEL", |text| text.replace("manylinux2014", "linux"));
    let fixed = fixed("tags-mismatch", unsorted, &wheel.bytes(), false);
    assert_eq!(fixed.name, format!("demo-1.0-cp38-abi3-{LINUX}.whl"));
    assert_eq!(changed(&wheel.bytes(), &fixed.bytes), [format!("{INFO}/WHEEL")]);
    assert!(!has(&findings(&fixed.name, &fixed.bytes), "tag-set-unsorted"));
}

#[test]
fn a_wheel_with_code_is_not_pure() {
    let wheel = Wheel::abi3(LINUX).info("WHEEL", |text| text.replace("Purelib: false", "Purelib: true"));
    let fixed = fixed("purelib-with-binary", &wheel.file, &wheel.bytes(), false);
    assert_eq!(changed(&wheel.bytes(), &fixed.bytes), [format!("{INFO}/WHEEL")]);
}

#[test]
fn a_script_begins_with_what_installers_replace() {
    let script = "demo-1.0.data/scripts/demo";
    let wheel = Wheel::pure().with(script, "#!/home/jane/venv/bin/python3 -I\nimport demo\n");
    let fixed = fixed("shebang-of-build-machine", &wheel.file, &wheel.bytes(), false);
    assert_eq!(members(&fixed.bytes)[script], b"#!python -I\nimport demo\n");
    assert_eq!(changed(&wheel.bytes(), &fixed.bytes), [script]);
}

/// A wheel around a library as zig links it.
fn mac(library: &Linked) -> Wheel {
    let mut wheel = Wheel::abi3(MAC);
    wheel.binaries.clear();
    wheel.with("demo/_demo.abi3.so", library.bytes())
}

fn slice(bytes: &[u8]) -> Slice {
    let bytes = members(bytes).remove("demo/_demo.abi3.so").unwrap();
    Binary::read(&bytes).unwrap().slices.remove(0)
}

#[test]
fn a_library_for_arm64_is_signed() {
    let wheel = mac(&Linked { signed: false, ..Linked::new(true, 1, &["_local"]) });
    let fixed = fixed("macho-signature-missing", &wheel.file, &wheel.bytes(), false);
    let identifier = "_demo.abi3.so".to_owned();
    assert_eq!(slice(&fixed.bytes).signature, Signature::Valid { ad_hoc: true, identifier, team: None });
}

#[test]
fn run_paths_of_the_build_are_removed_from_mac_libraries_which_are_signed_again() {
    let run_paths = vec!["@loader_path/../x", "/Users/jane/build", "/tmp/x"];
    let wheel = mac(&Linked { run_paths, ..Linked::new(true, 1, &[]) });
    let fixed = fixed("run-path-to-build-folder", &wheel.file, &wheel.bytes(), false);
    let slice = slice(&fixed.bytes);
    assert_eq!(slice.run_paths, ["@loader_path/../x"]);
    assert!(matches!(slice.signature, Signature::Valid { ad_hoc: true, .. }));
}

#[test]
fn what_is_signed_with_a_certificate_is_left_as_it_is() {
    let linked = Linked { run_paths: vec!["/tmp/x"], codesigned: true, ..Linked::new(true, 1, &[]) };
    let wheel = mac(&linked);
    let before = findings(&wheel.file, &wheel.bytes());
    let fixed = Fixer::choose(&before, false).unwrap().unwrap().wheel(&wheel.file, &wheel.bytes()).unwrap();
    assert_eq!(changed(&wheel.bytes(), &fixed.bytes), Vec::<String>::new());
    assert!(fixed.steps.iter().any(|step| step.what.contains("not a plain linker signature")), "{:?}", fixed.steps);
}

#[cfg(target_os = "linux")]
mod linked_here {
    //! Libraries from this machine's compiler, which are loaded before and after.

    use std::path::Path;
    use std::process::Command;

    use super::*;

    const MAIN: &str = "#include <dlfcn.h>\n#include <stdio.h>\nint main(int n, char **words) { void *l = dlopen(words[1], RTLD_NOW);\
        if (!l) { puts(dlerror()); return 1; } int (*f)(void) = (int (*)(void))dlsym(l, \"PyInit__demo\"); return f() == 42 ? 0 : 2; }\n";

    fn cc(folder: &Path, words: &[&str]) {
        let done =
            Command::new("cc").args(words).current_dir(folder).output().expect("cc is part of every Rust set-up");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn a_library_finds_what_the_wheel_ships_and_loses_its_debug_sections() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for (name, text) in [
            ("x.c", "int part(void) { return 40; }\n"),
            ("m.c", "int part(void); int PyInit__demo(void) { return part() + 2; }\n"),
            ("main.c", MAIN),
        ] {
            fs_err::write(folder.join(name), text).unwrap();
        }
        cc(folder, &["-g", "-shared", "-fPIC", "-o", "libx.so.1", "-Wl,-soname,libx.so.1", "x.c"]);
        let words =
            ["-g", "-shared", "-fPIC", "-o", "m.so", "m.c", "libx.so.1", "-Wl,-rpath,/home/jane/b", "-Wl,--build-id"];
        cc(folder, &words);
        cc(folder, &["-o", "main", "main.c", "-ldl"]);

        let read = |name: &str| fs_err::read(folder.join(name)).unwrap();
        let wheel = Wheel::pure()
            .tagged(&format!("cp38-abi3-{LINUX}"))
            .with("demo/_demo.abi3.so", read("m.so"))
            .with("demo.libs/libx.so.1", read("libx.so.1"));
        let bytes = wheel.bytes();
        let fixed = fixed("run-path-to-build-folder", &wheel.file, &bytes, false);
        let after = findings(&fixed.name, &fixed.bytes);
        for rule in ["debug-info", "library-unresolvable", "purelib-with-binary"] {
            assert!(has(&findings(&wheel.file, &bytes), rule), "{rule} is not found before");
            assert!(!has(&after, rule), "{rule}: {after:#?} {:#?}", fixed.steps);
        }

        let loads = |name: &str, bytes: &[u8]| {
            let place = folder.join(name);
            for (path, content) in members(bytes) {
                fs_err::create_dir_all(place.join(&path).parent().unwrap()).unwrap();
                fs_err::write(place.join(path), content).unwrap();
            }
            Command::new(folder.join("main")).arg(place.join("demo/_demo.abi3.so")).output().unwrap().status.code()
        };
        assert_eq!((loads("before", &bytes), loads("after", &fixed.bytes)), (Some(1), Some(0)));
    }
}

#[test]
fn a_run_path_that_is_there_twice_is_there_once() {
    let run_paths = vec!["@loader_path/../demo.dylibs", "@loader_path", "@loader_path/../demo.dylibs"];
    let wheel = mac(&Linked { run_paths, ..Linked::new(true, 1, &[]) });
    let before = wheel.bytes();
    let after = fixed("duplicate-run-path", &wheel.file, &before, false);
    let binary = Binary::read(&members(&after.bytes)["demo/_demo.abi3.so"]).unwrap();
    assert_eq!(binary.slices[0].run_paths, ["@loader_path/../demo.dylibs", "@loader_path"]);
}
