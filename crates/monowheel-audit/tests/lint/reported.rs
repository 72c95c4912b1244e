//! Mistakes from public reports, in several spellings, each with corrected twins: `reported/*.rs`.
//!
//! A file begins with `//# rule: RULE SEVERITY`, `//# report: WHERE` and `//# dependency: LINE`. Each section after `//# bad` has a
//! finding of the rule, of that severity at least; each after `//# good` has none. A title with `(edition 2024)` is of a crate
//! of that edition.

use std::path::Path;

use monowheel_audit::finding::Severity;
use monowheel_audit::lint::{self, Options};

use crate::project::Project;

/// The severities of the findings of a rule in a source.
fn of_rule(rule: &str, dependencies: &[&str], title: &str, source: &str) -> Vec<Severity> {
    let project = Project::with(source);
    if title.ends_with("(edition 2024)") {
        project.change("Cargo.toml", "edition = \"2021\"", "edition = \"2024\"");
    }
    if !dependencies.is_empty() {
        let manifest = "pyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }";
        project.change("Cargo.toml", manifest, &dependencies.join("\n"));
    }
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    findings.filter(|finding| finding.rule == rule).map(|finding| finding.severity).collect()
}

/// What is wrong with a file.
fn wrong_in(name: &str, text: &str) -> Vec<String> {
    let mut parts = text.split("//# ");
    let mut dependencies = Vec::new();
    let (mut rule, mut severity) = ("", Severity::Note);
    let mut wrong = Vec::new();
    let mut sections = 0;
    for part in parts.by_ref().skip(1) {
        let (head, source) = part.split_once('\n').unwrap();
        match head.split_once(": ").unwrap_or((head, "")) {
            ("rule", stated) => {
                let (id, word) = stated.split_once(' ').unwrap();
                rule = id;
                severity = *Severity::ALL.iter().map(|(one, _)| one).find(|one| one.word() == word).unwrap();
            }
            ("dependency", line) => dependencies.push(line),
            ("report", _) => {}
            (kind @ ("bad" | "good"), title) => {
                sections += 1;
                let found = of_rule(rule, &dependencies, title, source);
                let is_right = match kind {
                    "bad" => found.iter().any(|found| *found >= severity),
                    _ => found.is_empty(),
                };
                if !is_right {
                    wrong.push(format!("{name}, {kind} {title:?}: {found:?}\n"));
                }
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    assert!(sections > 1, "{name} has no pair");
    wrong
}

#[test]
fn reported_mistakes_are_found_and_their_corrections_are_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/reported");
    let mut wrong = String::new();
    let mut files = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        files += 1;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        wrong.extend(wrong_in(&name, &std::fs::read_to_string(&path).unwrap()));
    }
    assert!(files > 20, "{files} files");
    assert!(wrong.is_empty(), "{wrong}");
}
