//! How a report of `verify` is shown.

#![allow(clippy::unwrap_used, reason = "a test that cannot be made is a failed test")]

use monowheel_audit::report::document;
use monowheel_build::compare::{Difference, Kind, Place};
use monowheel_build::verify::{Mismatch, Outcome, Report, SCHEMA as VERIFY, Source, Verified};
use monowheel_error::ExitCode;
use monowheel_system::exec::IsolationReport;

use super::*;

fn verified(outcome: Outcome) -> Verified {
    Verified {
        file: "demo-1.0-py3-none-any.whl".to_owned(),
        from: "/dist/demo-1.0-py3-none-any.whl".to_owned(),
        promised: false,
        sha256: "cd".repeat(32),
        source: None,
        recipe: None,
        tools: Vec::new(),
        causes: Vec::new(),
        symbols: Vec::new(),
        outcome,
    }
}

fn report(wheels: Vec<Verified>) -> Report {
    let identical = wheels.iter().all(|wheel| wheel.outcome == Outcome::Identical);
    Report { schema: VERIFY, monowheel: "0.1.0", identical, wheels, trusted: Vec::new(), isolation: None }
}

fn difference(kind: Kind, member: &str, cause: &str) -> Difference {
    let place = Place { member: Some(member.to_owned()), ..Place::default() };
    Difference { kind, place, cause: cause.to_owned(), follows: false }
}

fn all() -> Report {
    let packed = vec![difference(Kind::Time, "demo/__init__.py", "zip time of demo/__init__.py is 1 in A and 2 in B")];
    let code = vec![difference(Kind::Code, "demo/_demo.abi3.so", "function `f` differs in 2 bytes")];
    let mut other = verified(Outcome::Different { rebuilt: None, differences: Vec::new() });
    other.causes.push("built from another sdist".to_owned());
    let source = Source {
        from: "https://h/demo-1.0.tar.gz".to_owned(),
        promised: true,
        commit: Some("abc".to_owned()),
        sha256: Some("ef".repeat(32)),
    };
    let mut unverified =
        verified(Outcome::Unverified { why: "was made with other tools\n  next: get those".to_owned() });
    let rust = |release: &str| format!("{release} (x)");
    unverified.tools.push(Mismatch {
        what: "rustc".to_owned(),
        wheel: rust("1.96.0"),
        here: rust("1.95.0"),
        get: Some("rustup toolchain install 1.96.0".to_owned()),
    });
    let mut same = verified(Outcome::Identical);
    (same.source, same.promised) = (Some(source), true);
    let rebuilt = "12".repeat(32);
    let mut report = report(vec![
        same,
        verified(Outcome::IdenticalButFor { rebuilt: rebuilt.clone(), differences: packed }),
        verified(Outcome::Different { rebuilt: Some(rebuilt), differences: code }),
        other,
        unverified,
    ]);
    report.trusted.push("the source".to_owned());
    report.isolation = Some(IsolationReport { by: None, why: Some("bubblewrap is not installed".to_owned()) });
    report
}

#[test]
fn text() {
    insta::assert_snapshot!(render(&all(), Text::default()).as_str());
}

#[test]
fn json() {
    let json: serde_json::Value = serde_json::from_str(&document(&all())).unwrap();
    assert_eq!(json["schema"], "monowheel.verify/1");
    let verdicts: Vec<&str> =
        json["wheels"].as_array().unwrap().iter().map(|wheel| wheel["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["identical", "identical-but-for", "different", "different", "unverified"]);
    assert_eq!(json["wheels"][4]["tools"][0]["wheel"], "1.96.0 (x)");
}

#[test]
fn exit_codes() {
    let different = || verified(Outcome::Different { rebuilt: None, differences: Vec::new() });
    let unverified = || verified(Outcome::Unverified { why: String::new() });
    let missed = vec![difference(Kind::NotCompared, "x", "damaged")];
    let missed = verified(Outcome::Different { rebuilt: None, differences: missed });
    let but_for = verified(Outcome::IdenticalButFor { rebuilt: String::new(), differences: Vec::new() });
    for (wheels, code) in [
        (vec![verified(Outcome::Identical)], ExitCode::Clean),
        (vec![verified(Outcome::Identical), but_for], ExitCode::Findings),
        (vec![different()], ExitCode::Findings),
        (vec![different(), unverified()], ExitCode::Incomplete),
        (vec![missed], ExitCode::Incomplete),
    ] {
        assert_eq!(report(wheels).exit_code(), code);
    }
}

#[test]
fn hostile_names_act_on_no_terminal() {
    let mut one = verified(Outcome::Unverified { why: "x\u{1b}[31m".to_owned() });
    one.file = "\u{1b}]0;x\u{7}.whl".to_owned();
    one.causes.push("\u{202e}".to_owned());
    one.tools.push(Mismatch {
        what: "rustc".to_owned(),
        wheel: "\r\u{9b}31m".to_owned(),
        here: String::new(),
        get: None,
    });
    let report = report(vec![one]);
    for text in [render(&report, Text::default()).into_string(), document(&report)] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{text}");
    }
}
