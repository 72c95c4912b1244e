//! The rules on releases, each triggered and silent, on releases built by hand.

use monowheel_audit::finding::{Finding, Severity};
use monowheel_audit::resolve::{Machine, Resolver};
use monowheel_audit::rule::{Check, Found};
use monowheel_audit::rules;
use monowheel_audit::set::{Interpreter, Outline, SdistOutline, Set, Stated};
use monowheel_wheel::metadata::Metadata;

use crate::resolve::outline;

const LINUX: &str = "demo-1.0-cp38-abi3-manylinux_2_17_x86_64.whl";
const MAC: &str = "demo-1.0-cp38-abi3-macosx_11_0_arm64.whl";
const WINDOWS: &str = "demo-1.0-cp38-abi3-win_amd64.whl";

/// A release of these wheels without defects, if the file names have none.
fn set(files: &[&str]) -> Set {
    let with_python = |file: &&str| {
        let mut wheel = outline(file, Some(">=3.8"));
        wheel.python_files = [("demo/__init__.py".to_owned(), "00".to_owned())].into();
        wheel
    };
    Set {
        name: "demo".to_owned(),
        wheels: files.iter().map(with_python).collect(),
        sdists: vec!["demo-1.0.tar.gz".to_owned()],
        sdists_read: Vec::new(),
        declared: None,
    }
}

/// `requires-python-below-floor` has its own tests, and would also report missing wheels.
fn findings(set: &Set) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules::all().filter(|rule| rule.id != "requires-python-below-floor") {
        if let Check::Set(check) = rule.check {
            check(set, &mut Found::new(rule, &mut findings));
        }
    }
    findings
}

/// The findings, as lines of `rule: message`.
fn said(set: &Set) -> String {
    findings(set).iter().map(|found| format!("{}: {}\n", found.rule, found.message)).collect()
}

#[test]
fn a_whole_release_is_clean() {
    let mut whole = set(&[LINUX, MAC, WINDOWS]);
    whole.declared = Some(["manylinux_x86_64", "macosx_11_0_arm64", "win_amd64"].map(str::to_owned).to_vec());
    assert_eq!(said(&whole), "");
    assert_eq!(said(&set(&["demo-1.0-py3-none-any.whl"])), "");
    assert_eq!(said(&Set::default()), "");
}

#[test]
fn mixed_versions() {
    let mut mixed = set(&[LINUX, "demo-1.1-cp38-abi3-win_amd64.whl"]);
    mixed.sdists.push("demo-1.1.tar.gz".to_owned());
    assert_eq!(said(&mixed), "mixed-versions: wheels of 2 different versions: 1.0, 1.1\n");
    assert_eq!(said(&set(&[LINUX, "demo-1.0.0-cp38-abi3-win_amd64.whl"])), "");
}

#[test]
fn declared_target_missing() {
    let declared = |files: &[&str], targets: &[&str]| Set {
        declared: Some(targets.iter().map(|target| (*target).to_owned()).collect()),
        ..set(files)
    };
    let release = declared(&[LINUX, MAC], &["manylinux_2_17_x86_64", "win_arm64", "macosx_universal2"]);
    assert_eq!(
        said(&release),
        "declared-target-missing: no wheel for win_arm64, which the project declares\n\
         declared-target-missing: no wheel for macosx_universal2, which the project declares\n"
    );
    // A wheel for an older glibc runs on a newer one, not the other way round.
    assert_eq!(said(&declared(&[LINUX, MAC], &["manylinux_2_28_x86_64"])), "");
    let newer = declared(&["demo-1.0-cp38-abi3-manylinux_2_28_x86_64.whl", MAC], &["manylinux_x86_64"]);
    assert!(
        findings(&newer)
            .iter()
            .all(|found| found.severity == Severity::Error && found.rule == "declared-target-missing")
    );
    assert_eq!(findings(&newer).len(), 1);
    // The wheels that one machine builds.
    let one = findings(&declared(&[LINUX], &["win_amd64"]));
    assert!(matches!(&one[..], [found] if found.severity == Severity::Warning), "{one:?}");
}

#[test]
fn coverage_gap() {
    assert_eq!(
        said(&set(&[LINUX, "demo-1.0-cp39-abi3-win_amd64.whl"])),
        "coverage-gap: no wheel for Python 3.8 on win_amd64, though other platforms have one\n"
    );
    assert_eq!(
        said(&set(&[LINUX, MAC, "demo-1.0-cp315-abi3.abi3t-macosx_11_0_arm64.whl"])),
        "coverage-gap: no wheel for Python 3.15t on manylinux_2_17_x86_64, though other platforms have one\n"
    );
    // Platforms with the same gaps are reported once.
    assert_eq!(
        said(&set(&[LINUX, "demo-1.0-cp310-abi3-win_amd64.whl", "demo-1.0-cp310-abi3-win32.whl"])),
        "coverage-gap: no wheel for Python 3.8, 3.9 on win32, win_amd64, though other platforms have one\n"
    );
    // There is no Python below 3.13 for phones, and none without the GIL.
    let phones = ["demo-1.0-cp313-abi3-ios_13_0_arm64_iphoneos.whl", "demo-1.0-cp313-abi3-android_24_arm64_v8a.whl"];
    let newest = "demo-1.0-cp315-abi3.abi3t-manylinux_2_17_x86_64.whl";
    assert_eq!(said(&set(&[LINUX, newest, phones[0], phones[1]])), "");
    assert_eq!(
        said(&set(&[LINUX, "demo-1.0-cp314-abi3-ios_13_0_arm64_iphoneos.whl"])),
        "coverage-gap: no wheel for Python 3.13 on ios_13_0_arm64_iphoneos, though other platforms have one\n"
    );
    // There is no Python below 3.11 for Windows on ARM64.
    assert_eq!(said(&set(&[LINUX, "demo-1.0-cp311-abi3-win_arm64.whl"])), "");
    // Each ABI of Pyodide has one Python.
    let (old, new) =
        ("demo-1.0-cp38-abi3-pyemscripten_2025_0_wasm32.whl", "demo-1.0-cp38-abi3-pyemscripten_2026_0_wasm32.whl");
    assert_eq!(said(&set(&[LINUX, old, new])), "");
    let wrong = "demo-1.0-cp313-cp313-pyemscripten_2026_0_wasm32.whl";
    let machine = Machine::promised("pyemscripten_2026_0_wasm32").remove(0);
    let of = |files: &[&str], minor| {
        let python = Interpreter { version: (3, minor), free_threaded: false };
        Resolver::new(&set(files).wheels).choose(&python, &machine).is_some()
    };
    assert!(of(&[new], 14) && !of(&[new], 13) && !of(&[wrong], 13) && !of(&[wrong], 14));
    // A newer glibc for the newer family is a choice.
    let newer = ["demo-1.0-cp315-abi3.abi3t-manylinux_2_28_x86_64.whl", "demo-1.0-cp315-abi3.abi3t-win_amd64.whl"];
    assert_eq!(said(&set(&[LINUX, WINDOWS, newer[0], newer[1]])), "");
}

#[test]
fn python_files_differ() {
    let with = |change: fn(&mut Outline)| {
        let mut set = set(&[LINUX, MAC, WINDOWS]);
        change(&mut set.wheels[2]);
        said(&set)
    };
    assert_eq!(
        with(|wheel| drop(wheel.python_files.insert("demo/__init__.py".to_owned(), "11".to_owned()))),
        "python-files-differ: 1 Python files differ between the wheels: demo/__init__.py\n"
    );
    assert_eq!(
        with(|wheel| drop(wheel.python_files.insert("demo/extra.py".to_owned(), "11".to_owned()))),
        "python-files-differ: 1 Python files differ between the wheels: demo/extra.py\n"
    );
    // Wheels that were read only in part.
    assert_eq!(with(|wheel| wheel.python_files.clear()), "");
}

fn stated(requires: &[&str], pythons: &str, extras: &[&str]) -> Stated {
    let lines =
        |field: &str, values: &[&str]| values.iter().map(|value| format!("{field}: {value}\n")).collect::<String>();
    let text = format!(
        "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\nRequires-Python: {pythons}\n{}{}",
        lines("Requires-Dist", requires),
        lines("Provides-Extra", extras)
    );
    Stated::of(&Metadata::parse(text.as_bytes()), None)
}

#[test]
fn metadata_differs() {
    let with = |of_windows: Stated, of_sdist: Option<SdistOutline>| {
        let mut set = set(&[LINUX, MAC, WINDOWS]);
        for wheel in &mut set.wheels {
            wheel.stated = Some(stated(&["cupy >=1,<2; extra == \"cuda\""], ">=3.8", &["cuda"]));
        }
        set.wheels[2].stated = Some(of_windows);
        set.sdists_read.extend(of_sdist);
        said(&set)
    };
    let same = || stated(&["cupy<2,>=1 ; extra == 'cuda'"], ">= 3.8", &["cuda"]);
    assert_eq!(with(same(), None), "");
    assert_eq!(
        with(stated(&["cupy<2,>=1; extra == 'cuda'", "numpy"], ">=3.9", &["cuda"]), None),
        "metadata-differs: Requires-Dist differs between the files of the release: \
         numpy: only in demo-1.0-cp38-abi3-win_amd64.whl\n\
         metadata-differs: Requires-Python differs between the files of the release: \
         >=3.8: not in demo-1.0-cp38-abi3-win_amd64.whl, >=3.9: only in demo-1.0-cp38-abi3-win_amd64.whl\n"
    );
    let text = "Metadata-Version: 2.2\nName: demo\nVersion: 1.0\nRequires-Python: >=3.8\nProvides-Extra: cuda\n";
    let sdist = |text: &str| SdistOutline::of("demo-1.0.tar.gz", text.as_bytes());
    assert_eq!(
        with(same(), sdist(text)),
        "metadata-differs: Requires-Dist differs between the files of the release: \
         cupy<2,>=1;extra==\"cuda\": not in demo-1.0.tar.gz\n"
    );
    assert_eq!(with(same(), sdist(&format!("{text}Dynamic: Requires-Dist\n"))), "");
    // Before 2.2 the metadata of an sdist was not binding.
    assert_eq!(sdist(&text.replace("2.2", "2.1")), None);
    let unread =
        SdistOutline { unread: Some("it has no PKG-INFO".to_owned()), ..SdistOutline::named("demo-1.0.tar.gz") };
    assert_eq!(
        with(same(), Some(unread)),
        "metadata-differs: the metadata of demo-1.0.tar.gz could not be read: it has no PKG-INFO\n"
    );
}

#[test]
fn sdist_missing() {
    let without = |files: &[&str]| Set { sdists: vec!["demo-0.9.tar.gz".to_owned()], ..set(files) };
    assert_eq!(said(&without(&[LINUX, MAC])), "sdist-missing: no sdist for demo 1.0\n");
    assert_eq!(said(&without(&[LINUX])), "");
    let mut elsewhere = without(&[LINUX, MAC]);
    elsewhere.wheels[0].place = "https://index.example/demo.whl".to_owned();
    assert_eq!(said(&elsewhere), "");
}

#[test]
fn duplicate_tags() {
    let repaired = "demo-1.0-cp38-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64.whl";
    assert_eq!(said(&set(&[repaired, LINUX])), "duplicate-tags: 2 wheels share cp38-abi3-manylinux_2_17_x86_64\n");
    assert_eq!(said(&set(&[repaired, "demo-1.0-1-cp38-abi3-manylinux_2_17_x86_64.whl"])), "");
    // The same policy by its older name, and the same version spelled otherwise.
    let older = "demo-1.0.0-cp38-abi3-manylinux2014_x86_64.whl";
    assert_eq!(said(&set(&[older, LINUX])), "duplicate-tags: 2 wheels share cp38-abi3-manylinux_2_17_x86_64\n");
    assert_eq!(said(&set(&["demo-1.0-cp38-abi3-manylinux2010_x86_64.whl", LINUX])), "");
}

#[test]
fn each_rule_on_sets_has_a_test_of_its_name() {
    let text = include_str!("sets.rs");
    for rule in
        rules::all().filter(|rule| matches!(rule.check, Check::Set(_)) && rule.id != "requires-python-below-floor")
    {
        assert!(text.contains(&format!("fn {}()", rule.id.replace('-', "_"))), "no test for {}", rule.id);
    }
}
