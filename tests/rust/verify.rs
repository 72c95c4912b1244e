//! `monowheel verify`, up to where something would be built: recipes in wheels, and how a report shows itself.

mod forge;

use forge::wheel::{INFO, Wheel};
use monowheel::build::provenance::SCHEMA;
use monowheel::compare::{Difference, Kind, Place};
use monowheel::error::ExitCode;
use monowheel::report::{Text, verify};
use monowheel::verify::recipe::{MOST, read};
use monowheel::verify::{Mismatch, Outcome, Report, SCHEMA as VERIFY, Source, Verified};

fn recipe() -> String {
    serde_json::json!({
        "schema": SCHEMA, "monowheel": "0.1.0", "sdist": {"file": "demo-1.0.tar.gz", "sha256": "ab".repeat(32)},
        "target": "manylinux_2_17_x86_64", "abi": "abi3", "arguments": [], "rustc": null, "maturin": null,
        "linker": "zig 0.17.0", "std": {}, "time": "315532800"
    })
    .to_string()
}

fn refusal(wheel: &Wheel) -> String {
    read(&wheel.bytes()).err().map(|error| error.to_string()).unwrap_or_default()
}

fn with(bytes: impl Into<Vec<u8>>) -> Wheel {
    Wheel::pure().with(&format!("{INFO}/monowheel.json"), bytes)
}

#[test]
fn a_recipe_is_found_in_the_dist_info() {
    assert_eq!(read(&with(recipe()).bytes()).unwrap().target, "manylinux_2_17_x86_64");
}

#[test]
fn a_wheel_of_another_maker_says_nothing() {
    let said = refusal(&Wheel::pure().with("demo/monowheel.json", recipe()));
    assert!(said.contains("says nothing of how it was made") && said.contains("next:"), "{said}");
}

#[test]
fn two_recipes_are_none() {
    assert!(refusal(&with(recipe()).with("other-1.0.dist-info/monowheel.json", recipe())).contains("2 recipes"));
    assert!(refusal(&with(recipe()).with(&format!("{INFO}/monowheel.json"), recipe())).contains("2 recipes"));
}

#[test]
fn a_huge_recipe_is_not_read() {
    let huge = " ".repeat(usize::try_from(MOST).unwrap()) + &recipe();
    assert!(refusal(&with(huge)).contains("which is none"));
}

#[test]
fn a_damaged_recipe_is_not_read() {
    let wheel = with(recipe());
    let mut zip = wheel.zip();
    let name = format!("{INFO}/monowheel.json");
    let entry = zip.entries.iter_mut().find(|entry| entry.path == name).unwrap();
    entry.both(|record| record.crc32 ^= 1);
    let said = read(&zip.bytes()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("damaged") && said.contains(&name), "{said}");
}

#[test]
fn what_is_not_utf8_is_not_read() {
    assert!(refusal(&with(b"{\"schema\": \"\xff\"}".to_vec())).contains("not UTF-8"));
}

#[test]
fn what_is_no_archive_has_no_recipe() {
    assert!(read(&b"no archive".to_vec()).is_err());
}

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
        outcome,
    }
}

fn report(wheels: Vec<Verified>) -> Report {
    let identical = wheels.iter().all(|wheel| wheel.outcome == Outcome::Identical);
    Report { schema: VERIFY, monowheel: "0.1.0", identical, wheels, trusted: Vec::new() }
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
    report
}

#[test]
fn text() {
    insta::assert_snapshot!(verify::render(&all(), Text::default()));
}

#[test]
fn json() {
    let json: serde_json::Value = serde_json::from_str(&all().json()).unwrap();
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
    for text in [verify::render(&report, Text::default()), report.json()] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{text}");
    }
}
