//! Facts in their stored form: nothing is lost, and damaged ones are refused.

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use monowheel_audit::{Auditor, ErrorKind, Options, Subject, kept};
use monowheel_system::exec::on_path;
use serde_json::Value;

use crate::fixtures;
use crate::forge::wheel::Wheel;

const PYTHON: &str = "Python 3.12, readme_renderer 44.0";

fn auditor(python: Option<PathBuf>, checked_by: &str) -> Auditor {
    let options = Options { python, symbols: true, checked_by: checked_by.to_owned(), ..Options::default() };
    Auditor::new(options).unwrap()
}

fn subject(file: &str, bytes: Vec<u8>) -> Subject {
    Subject::bytes(file, bytes.into())
}

fn inflated(stored: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    ZlibDecoder::new(stored).read_to_end(&mut text).unwrap();
    text
}

fn deflated(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Everything in facts: a field that is not stored is missing from one of the two texts.
fn shown(facts: &impl std::fmt::Debug) -> String {
    format!("{facts:?}")
}

#[test]
fn stored_facts_of_every_fixture_are_judged_alike() {
    let auditor = auditor(None, PYTHON);
    let mut unkept = Vec::new();
    for fixture in fixtures::all() {
        let subject = subject(&fixture.file, fixture.bytes);
        let facts = auditor.gather(&subject).unwrap();
        let Some(stored) = kept::write(&facts, PYTHON) else {
            unkept.push(fixture.name);
            continue;
        };
        let again = auditor.kept(&stored, &subject).unwrap().unwrap();
        assert_eq!(shown(&facts), shown(&again), "{}", fixture.name);
        assert_eq!(shown(&auditor.judge(&facts)), shown(&auditor.judge(&again)), "{}", fixture.name);
    }
    assert!(unkept.is_empty(), "{unkept:?}");
}

/// A wheel with newer syntax and with a description that is reStructuredText.
fn asks_python() -> Subject {
    let wheel = Wheel::pure()
        .info("METADATA", |text| text.replace(">=3.8", ">=3.7").replace("text/markdown", "text/x-rst"))
        .with("demo/x.py", "if (n := 1):\n    pass\n");
    subject(&wheel.file, wheel.bytes())
}

#[test]
fn what_a_python_found_is_kept_for_the_same_python_only() {
    let python = Some(on_path("python3").unwrap());
    let asking = auditor(python, PYTHON);
    let subject = asks_python();
    let facts = asking.gather(&subject).unwrap();
    let found = asking.judge(&facts);
    assert!(found.findings.iter().any(|found| found.rule == "syntax-above-requires-python"), "{found:?}");
    let stored = kept::write(&facts, PYTHON).unwrap();
    // No Python is needed for the syntax; a description that no renderer saw is tried again.
    let again = auditor(None, PYTHON).kept(&stored, &subject).unwrap().unwrap();
    let syntax = |report: &monowheel_audit::report::FileReport| {
        report.findings.iter().filter(|found| found.rule == "syntax-above-requires-python").cloned().collect::<Vec<_>>()
    };
    assert_eq!(syntax(&found), syntax(&asking.judge(&again)));
    assert!(auditor(None, "Python 3.13").kept(&stored, &subject).unwrap().is_none());
    // Without a Python, nothing was found out that could be kept.
    assert!(kept::write(&auditor(None, PYTHON).gather(&subject).unwrap(), PYTHON).is_none());
}

#[test]
fn a_description_is_rendered_again_by_another_python() {
    let wheel = Wheel::pure()
        .info("METADATA", |text| text.replace("text/markdown", "text/x-rst").replace("# demo", "kept, never rendered"));
    let subject = subject(&wheel.file, wheel.bytes());
    let facts = auditor(None, PYTHON).gather(&subject).unwrap();
    let mut whole: Value = serde_json::from_slice(&inflated(&kept::write(&facts, PYTHON).unwrap())).unwrap();
    *whole.pointer_mut("/facts/wheel/description").unwrap() = serde_json::json!({"Fails": "line 3: bad"});
    let stored = deflated(&serde_json::to_vec(&whole).unwrap());
    let said = |checked_by: &str| {
        let auditor = auditor(None, checked_by);
        let report = auditor.judge(&auditor.kept(&stored, &subject).unwrap().unwrap());
        let found = report.findings.into_iter().find(|found| found.rule == "description-does-not-render");
        found.map(|found| found.message).unwrap_or_default()
    };
    assert!(said(PYTHON).contains("line 3: bad"), "{}", said(PYTHON));
    assert!(said("Python 3.13").contains("not checked"), "{}", said("Python 3.13"));
}

fn stored_abi3() -> (Subject, Vec<u8>) {
    let wheel = Wheel::abi3("manylinux_2_17_x86_64").with("demo/server.key", "-----BEGIN PRIVATE KEY-----\nMIIE\n");
    let subject = subject(&wheel.file, wheel.bytes());
    let stored = kept::write(&auditor(None, PYTHON).gather(&subject).unwrap(), PYTHON).unwrap();
    (subject, stored)
}

#[test]
fn no_contents_are_stored() {
    let text = String::from_utf8(inflated(&stored_abi3().1)).unwrap();
    assert!(text.contains("BEGIN PRIVATE KEY") && !text.contains("MIIE"), "{text}");
}

#[test]
fn damaged_facts_are_an_error() {
    let (subject, stored) = stored_abi3();
    let auditor = auditor(None, PYTHON);
    let refused = |stored: &[u8]| auditor.kept(stored, &subject).unwrap_err();
    for length in 0..stored.len() {
        assert_eq!(refused(&stored[..length]).kind(), ErrorKind::Format, "{length}");
    }
    let text = String::from_utf8(inflated(&stored)).unwrap();
    let other = text.replacen(kept::REVISION, "0000000000000000", 1);
    assert!(refused(&deflated(other.as_bytes())).to_string().contains("of revision"));
    let other = Subject { place: "other-1.0-py3-none-any.whl".to_owned(), ..self::subject("", Vec::new()) };
    assert!(auditor.kept(&stored, &other).unwrap_err().to_string().contains("are those of"));
    let bomb = deflated(&vec![b' '; 65 << 20]);
    assert!(refused(&bomb).to_string().contains("too large"));
}

#[test]
fn hostile_facts_are_an_error_or_are_judged() {
    let (subject, stored) = stored_abi3();
    let auditor = auditor(None, PYTHON);
    let whole: Value = serde_json::from_slice(&inflated(&stored)).unwrap();
    let mut judged = 0;
    for pointer in pointers(&whole, String::new()) {
        for hostile in [Value::Null, u64::MAX.into(), 0.into(), "\u{202e}/../\0".into(), Value::Array(vec![])] {
            let mut other = whole.clone();
            *other.pointer_mut(&pointer).unwrap() = hostile;
            let text = serde_json::to_vec(&other).unwrap();
            if let Ok(Some(facts)) = auditor.kept(&deflated(&text), &subject) {
                let _ = auditor.judge(&facts);
                judged += 1;
            }
        }
    }
    assert!(judged > 100, "{judged}");
}

/// The JSON pointers of a value and of everything in it; of an array, of the first two items.
fn pointers(value: &Value, at: String) -> Vec<String> {
    let below: Vec<String> = match value {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(key, value)| pointers(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"))))
            .collect(),
        Value::Array(items) => items
            .iter()
            .take(2)
            .enumerate()
            .flat_map(|(index, value)| pointers(value, format!("{at}/{index}")))
            .collect(),
        _ => Vec::new(),
    };
    [vec![at], below].concat()
}

/// Modules of a crate that a file names, outside of its tests.
fn used(file: &str) -> BTreeSet<String> {
    let text = fs_err::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let names = code.split("crate::").skip(1);
    names.map(|rest| rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect()).collect()
}

#[test]
fn the_revision_covers_what_gathers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/gather");
    let gather = fs_err::read_dir(folder).unwrap();
    let gather = gather.map(|entry| format!("src/gather/{}", entry.unwrap().file_name().to_string_lossy()));
    let files: Vec<String> = gather.chain(["src/gather.rs".to_owned(), "src/by_python.rs".to_owned()]).collect();
    assert!(files.len() > 8, "{files:?}");
    for file in files {
        let other: Vec<String> =
            used(&file).into_iter().filter(|module| !["facts", "gather"].contains(&&**module)).collect();
        assert!(other.is_empty(), "{file} uses {other:?}: add these to GATHERS in build.rs, and here");
    }
}
