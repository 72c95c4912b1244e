//! Files and directories on disk, and the JSON form.

use monowheel::cli::compare::report::{render, verdict};
use monowheel_audit::report::Text;
use monowheel_build::compare::{self, Kind, SCHEMA};
use monowheel_error::ExitCode;
use monowheel_forge::wheel::Wheel;
use monowheel_system::exec::CancelToken;

fn folder(wheels: &[(&str, &Wheel)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, wheel) in wheels {
        fs_err::write(dir.path().join(name), wheel.bytes()).unwrap();
    }
    dir
}

#[test]
fn folders_are_paired_by_name() {
    let (same, other) = (Wheel::pure(), Wheel::pure().with("demo/x.py", "x"));
    let a =
        folder(&[("a-1-py3-none-any.whl", &same), ("b-1-py3-none-any.whl", &same), ("c-1-py3-none-any.whl", &same)]);
    let b =
        folder(&[("a-1-py3-none-any.whl", &same), ("b-1-py3-none-any.whl", &other), ("d-1-py3-none-any.whl", &same)]);
    fs_err::write(b.path().join("notes.txt"), "not compared").unwrap();
    let report = compare::folders(a.path(), b.path(), &CancelToken::default()).unwrap();
    assert!(!report.identical);
    assert_eq!(report.pairs.len(), 2);
    assert_eq!(
        (report.only_in_a.clone(), report.only_in_b.clone()),
        (vec!["c-1-py3-none-any.whl".to_owned()], vec!["d-1-py3-none-any.whl".to_owned()])
    );
    assert_eq!(report.exit_code(), ExitCode::Findings);
    assert_eq!(verdict(&report), "1 of 2 pairs differ, 2 files on one side only");
    let same = compare::folders(a.path(), a.path(), &CancelToken::default()).unwrap();
    assert_eq!((same.exit_code(), verdict(&same)), (ExitCode::Clean, "identical: all 3 pairs of files".to_owned()));
}

#[test]
fn what_cannot_be_compared_outweighs_what_differs() {
    let (same, other) = (Wheel::pure(), Wheel::pure().with("demo/x.py", "x"));
    let a = folder(&[("a.whl", &same), ("b.whl", &same)]);
    let b = folder(&[("a.whl", &other)]);
    fs_err::write(b.path().join("b.whl"), "no archive").unwrap();
    let report = compare::folders(a.path(), b.path(), &CancelToken::default()).unwrap();
    assert_eq!((report.pairs.len(), report.failures.len()), (1, 1));
    assert_eq!(report.exit_code(), ExitCode::Incomplete);
    assert!(report.failures[0].why.contains("not a zip archive"), "{}", report.failures[0].why);
    assert!(render(&report, Text::default()).into_string().contains("could not compare b.whl"));
}

#[test]
fn ctrl_c_is_no_failure_of_what_is_compared() {
    let a = folder(&[("a.whl", &Wheel::pure())]);
    let b = folder(&[("a.whl", &Wheel::pure().with("demo/x.py", "x"))]);
    let stop = CancelToken::default();
    stop.set();
    let ended = compare::files(&a.path().join("a.whl"), &b.path().join("a.whl"), &stop);
    assert_eq!(ended.unwrap_err().kind(), monowheel_error::ErrorKind::Interrupted);
}

#[test]
fn the_machine_form() {
    let a = folder(&[("a.whl", &Wheel::pure())]);
    let b = folder(&[("a.whl", &Wheel::pure().info("METADATA", |text| text.replace("demonstration", "show")))]);
    let report = compare::files(&a.path().join("a.whl"), &b.path().join("a.whl"), &CancelToken::default()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&monowheel_audit::report::document(&report)).unwrap();
    assert_eq!(json["schema"], SCHEMA);
    assert_eq!(json["identical"], false);
    let pair = &json["pairs"][0];
    assert_eq!(pair["verdict"], "differences");
    assert_eq!(pair["sha256_a"].as_str().map(str::len), Some(64));
    assert_eq!(pair["differences"][0]["kind"], "metadata");
    assert_eq!(pair["differences"][0]["place"]["part"], "line 4");
    assert_eq!(pair["differences"][0]["follows"], false);
    assert_eq!(pair["differences"][1]["kind"], "record");
    assert_eq!(pair["differences"][1]["follows"], true);
    let same = compare::files(&a.path().join("a.whl"), &a.path().join("a.whl"), &CancelToken::default()).unwrap();
    let json: serde_json::Value = serde_json::from_str(&monowheel_audit::report::document(&same)).unwrap();
    assert_eq!((&json["identical"], &json["pairs"][0]["verdict"]), (&true.into(), &"identical".into()));
}

#[test]
fn hostile_names_are_harmless() {
    let a = folder(&[("a.whl", &Wheel::pure().with("demo/\u{202e}x\x1b[31m.py", "a\x1b[31m\n"))]);
    let b = folder(&[("a.whl", &Wheel::pure().with("demo/\u{202e}x\x1b[31m.py", "b\u{9b}31m\n"))]);
    let report = compare::files(&a.path().join("a.whl"), &b.path().join("a.whl"), &CancelToken::default()).unwrap();
    for text in
        [render(&report, Text::default()).into_string(), monowheel_audit::report::document(&report), verdict(&report)]
    {
        assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'), "{text:?}");
    }
    assert!(report.differences().any(|difference| difference.kind == Kind::Text));
}

#[test]
fn the_first_cause_stands_apart() {
    let a = folder(&[("a.whl", &Wheel::pure())]);
    let b = folder(&[("a.whl", &Wheel::pure().info("METADATA", |text| text.replace("demonstration", "show")))]);
    let report = compare::files(&a.path().join("a.whl"), &b.path().join("a.whl"), &CancelToken::default()).unwrap();
    let text = render(&report, Text::default()).into_string();
    let words = "first cause: demo-1.0.dist-info/METADATA: METADATA line 4: Summary is `A demonstration` in A and `A show` in B";
    assert!(text.contains(words), "{text}");
}
