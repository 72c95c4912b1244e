//! The report as JUnit XML, which CI systems show as tests: a suite for each file, a case for each rule with findings.
//!
//! Errors are failures; warnings and notes pass with their text, since a case has no intermediate state.

use std::fmt::Write as _;

use monowheel_error::text::harmless;

use crate::finding::{Finding, Severity};
use crate::report::{Subject, View};

/// The report as a document.
pub(super) fn render(report: &View<'_>) -> String {
    let mut suites = String::new();
    let (mut tests, mut failed, mut broken) = (0, 0, 0);
    let findings = report.findings();
    for item in &report.items {
        let of_item: Vec<&Finding> = findings
            .iter()
            .filter(|(subject, _)| matches!(subject, Subject::Item(of) if std::ptr::eq(of.place, item.place)))
            .map(|(_, finding)| *finding)
            .collect();
        let (text, cases, failures) = suite(item.place, &of_item);
        suites += &text;
        tests += cases;
        failed += failures;
    }
    for set in report.sets.iter().filter(|set| !set.findings.is_empty()) {
        let (text, cases, failures) = suite(&set.name, &set.findings.iter().collect::<Vec<_>>());
        suites += &text;
        tests += cases;
        failed += failures;
    }
    for failure in report.failures {
        let (place, why) = (attribute(&failure.place), attribute(&failure.why));
        let _ = write!(
            suites,
            "  <testsuite name=\"{place}\" tests=\"1\" failures=\"0\" errors=\"1\">\n    \
             <testcase classname=\"{place}\" name=\"checked\"><error message=\"{why}\"/></testcase>\n  </testsuite>\n"
        );
        tests += 1;
        broken += 1;
    }
    let name = report.words.run.trim_end_matches('/');
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuites name=\"{}\" tests=\"{tests}\" failures=\"{failed}\" errors=\"{broken}\">\n{suites}</testsuites>\n",
        attribute(name)
    )
}

/// A suite, how many cases it has, and how many of them fail.
fn suite(name: &str, findings: &[&Finding]) -> (String, usize, usize) {
    let mut sorted = findings.to_vec();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let failures = sorted.iter().filter(|finding| finding.severity == Severity::Error).count();
    let cases = sorted.len().max(1);
    let name = attribute(name);
    let mut text = format!("  <testsuite name=\"{name}\" tests=\"{cases}\" failures=\"{failures}\" errors=\"0\">\n");
    if sorted.is_empty() {
        let _ = writeln!(text, "    <testcase classname=\"{name}\" name=\"audit\"/>");
    }
    for finding in sorted {
        let place = finding.place.to_string();
        let case = if place.is_empty() { finding.rule.to_string() } else { format!("{} in {place}", finding.rule) };
        let _ = write!(text, "    <testcase classname=\"{name}\" name=\"{}\">", attribute(&case));
        let mut lines = vec![format!("{}: {}", finding.severity.word(), finding.message)];
        lines.extend(finding.details.iter().map(|detail| format!("- {detail}")));
        lines.extend(finding.fix.as_ref().map(|fix| format!("fix: {fix}")));
        let body: Vec<String> = lines.iter().map(|line| attribute(line)).collect();
        let body = body.join("\n");
        let _ = match finding.severity {
            Severity::Error => {
                let (rule, message) = (attribute(&finding.rule), attribute(&finding.message));
                write!(text, "<failure type=\"{rule}\" message=\"{message}\">{body}</failure>")
            }
            Severity::Warning | Severity::Note => write!(text, "<system-out>{body}</system-out>"),
        };
        text += "</testcase>\n";
    }
    (text + "  </testsuite>\n", cases, failures)
}

/// A value of an attribute, or text: characters that XML does not allow are spelled out first.
fn attribute(text: &str) -> String {
    harmless(text)
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace("##[", "##&#91;")
}
