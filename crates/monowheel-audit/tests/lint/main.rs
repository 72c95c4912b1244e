//! Every rule on sources on every fixture; manifests; and hostile projects.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a helper of tests fails where it happens, too")]

mod fixes;
mod forms;
mod hostile;
mod manifests;
mod named_from;
mod precision;
mod project;
mod reported;
mod upgrade;

use std::collections::BTreeSet;
use std::path::Path;

use monowheel_audit::lint::{self, Options};
use monowheel_audit::rule::Check;
use monowheel_audit::rules;
use project::Project;

/// `LINE rule-id` of each finding in src/lib.rs.
fn found(project: &Project) -> BTreeSet<String> {
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    let of_source = findings.filter(|finding| finding.place.line.is_some());
    of_source.map(|finding| format!("{:3} {}", finding.place.line.unwrap(), finding.rule)).collect()
}

/// The findings expected by the marks `//~ RULE…` at the ends of lines.
fn expected(text: &str) -> BTreeSet<String> {
    let marked = text.lines().enumerate().filter_map(|(at, line)| Some((at + 1, line.split_once("//~")?.1)));
    marked.flat_map(|(line, rules)| rules.split_whitespace().map(move |rule| format!("{line:3} {rule}"))).collect()
}

pub(crate) fn fixtures() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint/sources");
    let read = |entry: std::fs::DirEntry| {
        (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap())
    };
    let fixtures: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| read(entry.unwrap())).collect();
    assert!(!fixtures.is_empty(), "no fixtures in {}", folder.display());
    fixtures
}

#[test]
fn each_fixture_gets_exactly_its_findings() {
    let mut wrong = String::new();
    for (name, text) in fixtures() {
        let (got, expected) = (found(&Project::with(&text)), expected(&text));
        for missing in expected.difference(&got) {
            wrong += &format!("{name}: not found: {missing}\n");
        }
        for surplus in got.difference(&expected) {
            wrong += &format!("{name}: found: {surplus}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn each_rule_is_fired_by_a_fixture() {
    let fixtures = fixtures();
    let mut fired: BTreeSet<&str> = fixtures
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| line.split_once("//~"))
        .flat_map(|(_, rules)| rules.split_whitespace())
        .collect();
    fired.extend(manifests::RULES);
    let of_sources = rules::all().filter(|rule| matches!(rule.check, Check::Source(_)));
    let silent: Vec<&str> = of_sources.map(|rule| rule.id).filter(|id| !fired.contains(id)).collect();
    assert!(silent.is_empty(), "no fixture fires {silent:?}");
}
