//! The rules that use Python.

use std::path::PathBuf;

use monowheel_audit::{Auditor, Finding, Options, Severity, Subject};
use monowheel_system::exec::on_path;

use crate::forge::wheel::Wheel;

/// They have no fixture, because their findings depend on the Python of this machine.
pub(crate) const RULES: [&str; 2] = ["description-does-not-render", "syntax-above-requires-python"];

fn found(wheel: &Wheel, python: Option<PathBuf>) -> Vec<Finding> {
    let auditor = Auditor::new(Options { python, ..Options::default() }).unwrap();
    let report = auditor.file(&Subject::bytes(wheel.file.clone(), wheel.bytes().into())).unwrap();
    report.findings.into_iter().filter(|found| RULES.contains(&&*found.rule)).collect()
}

fn said(wheel: &Wheel, python: Option<PathBuf>) -> Vec<String> {
    found(wheel, python)
        .iter()
        .map(|found| format!("{} {}: {}", found.severity.word(), found.rule, found.message))
        .collect()
}

fn with_code(pythons: &str, code: &str) -> Wheel {
    Wheel::pure().info("METADATA", |text| text.replace(">=3.8", pythons)).with("demo/x.py", code)
}

fn python3() -> Option<PathBuf> {
    Some(on_path("python3").unwrap())
}

#[test]
fn newer_syntax_is_found_with_its_line() {
    let walrus = "x = 1\nif (n := 1):\n    pass\n";
    let found = found(&with_code(">=3.7", walrus), python3());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].severity, found[0].place.line), (Severity::Warning, Some(2)));
    assert!(found[0].message.starts_with("is a SyntaxError on Python 3.7: "), "{}", found[0].message);
    let matching = "match x:\n    case 1: pass\n";
    assert_eq!(said(&with_code(">=3.9", matching), python3()).len(), 1);
}

#[test]
fn quotes_and_backslashes_in_f_strings_are_found_by_every_python() {
    for code in ["x = f\"{y[\"key\"]}\"\n", "x = f'{\"\\n\".join(y)}'\n"] {
        assert_eq!(said(&with_code(">=3.11", code), python3()).len(), 1, "{code}");
        assert_eq!(said(&with_code(">=3.12", code), python3()), Vec::<String>::new(), "{code}");
    }
    assert_eq!(said(&with_code(">=3.8", "x = f\"{y['key']:#x}\\n\"\n"), python3()), Vec::<String>::new());
}

#[test]
fn syntax_that_fits_is_not_reported() {
    for (pythons, code) in [
        (">=3.8", "if (n := 1):\n    pass\n"),
        (">=3.7", "\"\"\"Words such as :=.\"\"\"\n"),
        // No Python can parse it, or only a newer one than this machine has.
        (">=3.7", "if (n := 1:\n"),
    ] {
        assert_eq!(said(&with_code(pythons, code), python3()), Vec::<String>::new(), "{pythons} {code}");
    }
    let other = with_code(">=3.7", "").with("demo/_py310.py", "match x:\n    case 1: pass\n");
    assert_eq!(said(&other, python3()), Vec::<String>::new());
}

#[test]
fn unchecked_is_a_note() {
    assert_eq!(
        said(&with_code(">=3.7", "if (n := 1):\n    pass\n"), None),
        ["note syntax-above-requires-python: not checked whether its syntax fits Requires-Python: monowheel is not \
          running inside a Python interpreter"]
    );
    let rst = |text: &str| {
        Wheel::pure()
            .info("METADATA", |metadata| metadata.replace("text/markdown", "text/x-rst").replace("# demo", text))
    };
    assert_eq!(
        said(&rst("demo without Python"), None),
        ["note description-does-not-render: not checked whether the description renders: monowheel is not running \
          inside a Python interpreter"]
    );
    let broken = with_code(">=3.7", "if (n := 1):\n    pass\n");
    let gone = said(&broken, Some(PathBuf::from("/nonexistent/python3")));
    assert_eq!(gone.len(), 1, "{gone:?}");
    assert!(gone[0].starts_with("note "), "{gone:?}");
}
