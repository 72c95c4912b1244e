//! `verify`: the verdict is about the bytes that were read before the source was built.

use std::path::PathBuf;

use monowheel_build::verify::{Origin, Outcome, Report, Request, Subject, verify};
use monowheel_forge::wheel::{INFO, Wheel};
use monowheel_system::exec::{CancelToken, Isolator};
use monowheel_system::hash::{sha256, sha256_file};

use crate::fixture::{Fixture, GLIBC, SDIST};

/// A wheel that claims to be built from this sdist.
fn wheel(fixture: &Fixture) -> Wheel {
    let recipe = serde_json::json!({
        "schema": "monowheel.wheel/1", "monowheel": monowheel_error::VERSION,
        "sdist": { "file": SDIST, "sha256": sha256_file(&fixture.path("tools/lib").join(SDIST)).unwrap() },
        "target": "manylinux_2_17_x86_64", "abi": "abi3", "arguments": ["build"], "rustc": "rustc 1.96.0",
        "maturin": "1.16.0", "linker": "zig 0.17.0", "std": { "x86_64-unknown-linux-gnu": "toolchain" },
        "time": "315532800"
    });
    Wheel::abi3(GLIBC).with(&format!("{INFO}/monowheel.json"), recipe.to_string())
}

/// Verifies a wheel with a back door, while the build of its source, which is `monowheel build` to verify, does
/// `attack` (`$out` is its output directory, `GIVEN` the wheel).
fn verified(attack: &str) -> (Report, String) {
    let fixture = Fixture::new("");
    let good = wheel(&fixture);
    let evil = good.clone().with("demo/backdoor.py", "import os\n");
    let given = fixture.path("outside").join(&evil.file);
    fs_err::write(&given, evil.bytes()).unwrap();
    let lib = fixture.path("tools/lib");
    fs_err::write(lib.join("rebuilt"), good.bytes()).unwrap();
    let attack = attack.replace("GIVEN", &format!("'{}'", given.display()));
    // Asked for the location of ziglang, it answers; asked to build, it leaves the source's output, and attacks.
    let (bin, lib) = (fixture.path("tools/bin"), lib.display().to_string());
    fixture.tool(
        "python",
        &format!(
            "case $* in *find_spec*) echo {}; exit 0 ;; esac\n\
             out=\n\
             while [ $# -gt 0 ]; do case $1 in --out) out=$2 ;; esac; shift; done\n\
             cp {lib}/rebuilt \"$out/{}\"\n\
             cp {lib}/{SDIST} \"$out\"\n\
             {attack}",
            bin.display(),
            good.file
        ),
    );
    let source = fixture.path("tools/lib").join(SDIST);
    let mut subject = Subject::read(&given, given.display().to_string(), false).unwrap();
    subject.source =
        Some(Origin { path: source.clone(), from: source.display().to_string(), promised: false, commit: None });
    let request = Request {
        subjects: vec![subject],
        python: bin.join("python"),
        other_tools: true,
        allow_flags: false,
        folder: work(&fixture),
        isolator: Isolator::off("a test"),
        symbols: None,
    };
    let report = verify(&request, &CancelToken::default(), &mut |_| {}).unwrap();
    (report, sha256(&evil.bytes()))
}

fn work(fixture: &Fixture) -> PathBuf {
    let folder = fixture.path("work");
    fs_err::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn a_back_door_is_found_where_nothing_attacks() {
    let (report, evil) = verified("");
    assert_eq!(report.wheels[0].sha256, evil);
    assert!(matches!(report.wheels[0].outcome, Outcome::Different { .. }), "{:?}", report.wheels[0].outcome);
}

#[test]
fn a_build_that_overwrites_the_wheel_under_test_gets_no_verdict_for_it() {
    let (report, evil) = verified("cp \"$out\"/*.whl GIVEN");
    assert_eq!(report.wheels[0].sha256, evil, "the hash is that of other bytes");
    let Outcome::Unverified { why } = &report.wheels[0].outcome else {
        panic!("{:?}", report.wheels[0].outcome);
    };
    assert!(why.contains("changed while it was verified"), "{why}");
    assert!(!report.identical);
}

#[test]
fn a_build_that_removes_the_wheel_under_test_gets_no_verdict_for_it() {
    let (report, _) = verified("rm GIVEN");
    assert!(matches!(report.wheels[0].outcome, Outcome::Unverified { .. }), "{:?}", report.wheels[0].outcome);
}

#[test]
fn a_build_that_answers_with_a_link_to_the_wheel_under_test_is_not_compared_with_it() {
    let (report, _) = verified("for wheel in \"$out\"/*.whl; do ln -sf GIVEN \"$wheel\"; done");
    let Outcome::Unverified { why } = &report.wheels[0].outcome else {
        panic!("{:?}", report.wheels[0].outcome);
    };
    assert!(why.contains("not a regular file"), "{why}");
}

#[test]
fn a_build_of_another_sdist_than_the_one_that_was_hashed_gets_no_verdict() {
    let (report, _) = verified(&format!("echo other > \"$out/{SDIST}\""));
    let Outcome::Unverified { why } = &report.wheels[0].outcome else {
        panic!("{:?}", report.wheels[0].outcome);
    };
    assert!(why.contains("the sdist changed while it was verified"), "{why}");
}

#[test]
fn the_report_says_that_nothing_isolated_the_source() {
    let (report, _) = verified("");
    let isolation = report.isolation.unwrap();
    assert_eq!(isolation.line(), "as this user, not isolated: a test");
}
