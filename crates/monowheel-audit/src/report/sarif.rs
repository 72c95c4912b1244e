//! The report for code scanning: SARIF 2.1.0 (OASIS, errata 01).
//!
//! A wheel is an artifact, a member of it a logical location: GitHub shows a result at a file that it knows, and the
//! member in the message. A finding of an unknown rule or without a place renders too.

use std::collections::HashMap;

use monowheel_error::text::{harmless, reason_lines};
use monowheel_system::{hash, own_files};
use serde_json::{Value, json};

use crate::finding::{Edit, Finding, Severity};
use crate::report::view::Logical;
use crate::report::{Failure, Subject, View, doc, json, uri};
use crate::rule::{Rule, page};
use crate::rules;

/// The report as one SARIF log with one run.
pub(super) fn render(report: &View<'_>) -> String {
    let artifacts = report.items.iter().map(|item| {
        json!({
            "location": { "uri": uri::of_place(item.place) },
            "length": i64::try_from(item.size).unwrap_or(i64::MAX),
            "roles": ["analysisTarget"],
        })
    });
    json::document(&json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "monowheel",
                "version": report.monowheel,
                "semanticVersion": report.monowheel,
                "informationUri": own_files::HOME_PAGE,
                "rules": rules::all().map(descriptor).collect::<Vec<_>>(),
            } },
            "automationDetails": { "id": report.words.run },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": report.failures.is_empty(),
                "toolExecutionNotifications": report.failures.iter().map(failure).collect::<Vec<_>>(),
                "toolConfigurationNotifications": notifications(report),
            }],
            "artifacts": artifacts.collect::<Vec<_>>(),
            "results": results(report),
        }],
    }))
}

/// A result for each finding; ignored ones are last and suppressed.
fn results(report: &View<'_>) -> Vec<Value> {
    let indices: HashMap<&str, usize> = rules::all().enumerate().map(|(index, rule)| (rule.id, index)).collect();
    let mut seen = HashMap::new();
    let mut result = |subject: &Subject<'_>, finding: &Finding| {
        let mut result = json!({
            "ruleId": finding.rule,
            "level": finding.severity.word(),
            "message": { "text": message(finding) },
            "partialFingerprints": { "monowheel/v1": fingerprint(subject, finding, &mut seen) },
        });
        if let Some(index) = indices.get(&*finding.rule) {
            set(&mut result, "ruleIndex", json!(index));
        }
        if let Some(location) = location(subject, finding) {
            set(&mut result, "locations", json!([location]));
        }
        if let Some(fix) = fix(subject, finding) {
            set(&mut result, "fixes", json!([fix]));
        }
        if !finding.details.is_empty() {
            let details: Vec<_> = finding.details.iter().map(|detail| harmless(detail)).collect();
            set(&mut result, "properties", json!({ "details": details }));
        }
        result
    };
    let mut results: Vec<Value> =
        report.findings().into_iter().map(|(subject, finding)| result(&subject, finding)).collect();
    results.extend(report.ignored().into_iter().map(|(subject, ignored)| {
        let mut result = result(&subject, &ignored.finding);
        let reason = harmless(&ignored.reason);
        set(
            &mut result,
            "suppressions",
            json!([{ "kind": "external", "status": "accepted", "justification": reason }]),
        );
        result
    }));
    results
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

/// The descriptor of a rule.
fn descriptor(rule: &Rule) -> Value {
    let text = doc::markdown(rule);
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary() },
        "fullDescription": { "text": rule.summary() },
        "help": { "text": text, "markdown": text },
        "helpUri": page(rule.id),
        "defaultConfiguration": { "level": rule.severity.word() },
        "properties": { "tags": [rule.group.word()] },
    })
}

/// Text without placeholders (`{0}`, §3.11.5) or links (`[words](url)`, §3.11.6).
fn literal(text: &str) -> String {
    let mut text = harmless(text).into_owned();
    let is_placeholder = |(at, _): (usize, &str)| text[at + 1..].starts_with(|next: char| next.is_ascii_digit());
    if text.match_indices('{').any(is_placeholder) {
        text = text.replace('{', "{{").replace('}', "}}");
    }
    if text.contains("](") {
        text = text.replace('[', "\\[").replace(']', "\\]");
    }
    text
}

/// The message with its place and its fix, as shown in a list of results.
fn message(finding: &Finding) -> String {
    let place = finding.place.to_string();
    let mut text = match place.as_str() {
        "" => literal(&finding.message),
        place => literal(&format!("{place}: {}", finding.message)),
    };
    if let Some(fix) = &finding.fix {
        text += &format!("\nFix: {}", literal(fix));
    }
    text
}

/// The edits of a finding. Their regions are in bytes, as `--fix` applies them.
fn fix(subject: &Subject<'_>, finding: &Finding) -> Option<Value> {
    let place = subject.file_of(finding).filter(|_| !finding.edits.is_empty())?;
    let replacement = |edit: &Edit| {
        json!({
            "deletedRegion": { "byteOffset": edit.range.start, "byteLength": edit.range.len() },
            "insertedContent": { "text": harmless(&edit.text) },
        })
    };
    Some(json!({
        "description": { "text": literal(finding.fix.as_deref().unwrap_or(&finding.message)) },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri::of_place(&place) },
            "replacements": finding.edits.iter().map(replacement).collect::<Vec<_>>(),
        }],
    }))
}

fn location(subject: &Subject<'_>, finding: &Finding) -> Option<Value> {
    let mut location = json!({});
    if let Some(place) = subject.file_of(finding) {
        let mut physical = json!({ "artifactLocation": { "uri": uri::of_place(&place) } });
        if let Some(line) = finding.place.line {
            // Columns are counted in Unicode code points, as `columnKind` of the run states.
            let column = finding.place.column.unwrap_or(1);
            let mut region = json!({ "startLine": line, "startColumn": column });
            if let (Some(line), Some(column)) = (finding.place.end_line, finding.place.end_column) {
                set(&mut region, "endLine", json!(line));
                set(&mut region, "endColumn", json!(column));
            }
            set(&mut physical, "region", region);
        }
        set(&mut location, "physicalLocation", physical);
    }
    if let Some(logical) = subject.logical(finding) {
        let logical = match logical {
            Logical::Member(member, whole) => {
                json!({ "name": harmless(member), "fullyQualifiedName": harmless(&whole), "kind": "resource" })
            }
            Logical::Package(name) => json!({ "name": harmless(name), "kind": "package" }),
        };
        set(&mut location, "logicalLocations", json!([logical]));
    }
    location.as_object().is_some_and(|location| !location.is_empty()).then_some(location)
}

/// A fingerprint that stays the same for the same problem in the next release: no version, no message, no directory.
pub(super) fn fingerprint(subject: &Subject<'_>, finding: &Finding, seen: &mut HashMap<String, usize>) -> String {
    let (of, version) = subject.across_releases();
    let mut member = finding.place.member.clone().unwrap_or_default();
    if let Some(version) = version {
        // `demo-1.0.dist-info`, `demo-1.0.data`.
        member = member.replace(&format!("-{version}."), "-*.");
    }
    let slice = finding.place.slice.as_deref().unwrap_or_default();
    let key = format!("{}\0{of}\0{member}\0{slice}", finding.rule);
    // The same rule may report the same place twice: the second is another problem.
    let nth = seen.entry(key.clone()).or_insert(0);
    *nth += 1;
    hash::sha256(format!("{key}\0{nth}").as_bytes())
}

/// A subject that could not be checked.
fn failure(failure: &Failure) -> Value {
    let why: Vec<_> = reason_lines(&failure.why).map(|line| line.trim().to_owned()).collect();
    json!({
        "level": Severity::Error.word(),
        "message": { "text": literal(&format!("{}: {}", failure.place, why.join("; "))) },
        "descriptor": { "id": "not-looked-at" },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri::of_place(&failure.place) } } }],
    })
}

/// Problems of the configuration.
fn notifications(report: &View<'_>) -> Vec<Value> {
    let unused = |ignore: &super::Ignore| {
        let path = ignore.path.as_deref().map(|path| format!(" in {path}")).unwrap_or_default();
        let text = format!("nothing matches the ignore of {}{path} ({})", ignore.rule, ignore.reason);
        json!({
            "level": Severity::Warning.word(),
            "message": { "text": literal(&text) },
            "descriptor": { "id": "unused-ignore" },
        })
    };
    report.unused_ignores.iter().map(unused).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_placeholder_and_no_link() {
        assert_eq!(literal("a[0]{x}"), "a[0]{x}");
        assert_eq!(literal("a{0}é{"), "a{{0}}é{{");
        assert_eq!(literal("[pip](https://x)"), "\\[pip\\](https://x)");
    }
}
