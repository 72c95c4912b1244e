//! The report for GitLab's code quality widget: a JSON list in Code Climate format.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::collections::HashMap;

use monowheel_error::text::harmless;
use serde_json::{Value, json};

use crate::finding::Severity;
use crate::report::{View, json, sarif};

/// The report as a document.
pub(super) fn render(report: &View<'_>) -> String {
    let mut seen = HashMap::new();
    let mut findings = report.findings();
    findings.sort_by_key(|(_, finding)| std::cmp::Reverse(finding.severity));
    let mut issues: Vec<Value> = findings
        .iter()
        .map(|(subject, finding)| {
            let place = finding.place.to_string();
            let what = if place.is_empty() { finding.message.clone() } else { format!("{place}: {}", finding.message) };
            let fix = finding.fix.as_ref().map(|fix| format!(" Fix: {fix}")).unwrap_or_default();
            issue(
                &finding.rule,
                &format!("{what}{fix}"),
                severity(finding.severity),
                &subject.file_of(finding).unwrap_or_else(|| subject.name().to_owned()),
                finding.place.line.unwrap_or(1),
                &sarif::fingerprint(subject, finding, &mut seen),
            )
        })
        .collect();
    issues.extend(report.failures.iter().map(|failure| {
        let print = monowheel_system::hash::sha256(format!("not-looked-at\0{}", failure.place).as_bytes());
        issue("not-looked-at", &failure.why, "blocker", &failure.place, 1, &print)
    }));
    json::document(&issues)
}

fn issue(rule: &str, what: &str, severity: &str, path: &str, line: u32, fingerprint: &str) -> Value {
    json!({
        "check_name": harmless(rule),
        "description": harmless(what),
        "severity": severity,
        "fingerprint": fingerprint,
        "location": { "path": harmless(path), "lines": { "begin": line } },
    })
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "minor",
        Severity::Note => "info",
    }
}
