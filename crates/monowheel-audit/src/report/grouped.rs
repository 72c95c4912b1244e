//! The findings of a project by file or by rule, for `monowheel lint --group-by`.

use std::collections::BTreeMap;

use monowheel_error::terminal::{Ink, TerminalText};
use monowheel_error::text;
use monowheel_error::text::count;

use crate::finding::{Finding, Severity};
use crate::report::Text;

/// How the text of a report on sources is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupBy {
    /// By file, each in the order of its lines.
    File,
    /// By rule, errors first.
    Rule,
}

impl GroupBy {
    /// Both, with their meaning.
    pub const ALL: &[(Self, &str)] =
        &[(Self::File, "By file, in the order of lines"), (Self::Rule, "By rule, errors first")];

    /// The word used in options.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Rule => "rule",
        }
    }
}

/// The findings that are listed, in groups.
pub(super) fn render(findings: &[Finding], by: GroupBy, how: Text) -> TerminalText {
    let listed = findings.iter().filter(|finding| how.lists(finding));
    match by {
        GroupBy::File => by_file(listed, how),
        GroupBy::Rule => by_rule(listed, how),
    }
}

fn by_file<'a>(findings: impl Iterator<Item = &'a Finding>, how: Text) -> TerminalText {
    let mut files: BTreeMap<Option<&str>, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        files.entry(finding.place.member.as_deref()).or_default().push(finding);
    }
    let mut text = TerminalText::new();
    for (file, mut findings) in files {
        findings.sort_by_key(|finding| (finding.place.line, finding.place.column));
        let number = how.paint(Ink::Faint, text!("({})", count(findings.len(), "finding")));
        text += text!("  {} {}\n", how.paint(Ink::Strong, file.unwrap_or("the project")), number);
        for finding in findings {
            let at = match (finding.place.line, finding.place.column) {
                (Some(line), Some(column)) => format!("{line}:{column} "),
                (Some(line), None) => format!("{line} "),
                _ => String::new(),
            };
            text += text!("    {}{} {}\n", at, how.severity(finding.severity), how.rule(&finding.rule));
            text += text!("      {}\n", finding.message);
            text += rest(finding, "      ", how);
        }
    }
    text
}

fn by_rule<'a>(findings: impl Iterator<Item = &'a Finding>, how: Text) -> TerminalText {
    let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        rules.entry((std::cmp::Reverse(finding.severity), &finding.rule)).or_default().push(finding);
    }
    let mut text = TerminalText::new();
    for ((severity, rule), mut findings) in rules {
        findings.sort_by_key(|finding| (&finding.place.member, finding.place.line, finding.place.column));
        let number = how.paint(Ink::Faint, text!("({})", count(findings.len(), "finding")));
        text += text!("  {} {} {}\n", how.severity(severity.0), how.rule(rule), number);
        for finding in findings {
            let place = finding.place.to_string();
            if !place.is_empty() {
                text += text!("    in {}\n", place);
            }
            text += text!("      {}\n", finding.message);
            text += rest(finding, "      ", how);
        }
    }
    text
}

/// The details and the fix of a finding.
pub(super) fn rest(finding: &Finding, margin: &str, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for detail in finding.details.iter().filter(|_| how.details) {
        text += text!("{}{}", margin, how.paint(Ink::Faint, text!("- {}", detail))).line();
    }
    if let Some(fix) = &finding.fix {
        text += text!("{}{} {}\n", margin, how.paint(Ink::Good, "fix:"), fix);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Place;

    fn finding(rule: &'static str, severity: Severity, file: &str, line: u32) -> Finding {
        let place = Place { line: Some(line), column: Some(1), ..Place::member(file) };
        Finding { rule: rule.into(), ..Finding::new(severity, place, format!("of line {line}")) }
    }

    /// The lines that are no messages.
    fn heads(by: GroupBy, min_severity: Option<Severity>) -> Vec<String> {
        let findings = [
            finding("old-name", Severity::Note, "src/b.rs", 9),
            finding("old-name", Severity::Note, "src/a.rs", 7),
            finding("never-registered", Severity::Warning, "src/a.rs", 12),
            finding("api-above-floor", Severity::Error, "src/b.rs", 3),
        ];
        let text = render(&findings, by, Text { min_severity, ..Text::default() }).into_string();
        text.lines().map(str::trim).filter(|line| !line.starts_with("of line")).map(str::to_owned).collect()
    }

    #[test]
    fn by_file_in_the_order_of_lines() {
        let lines = [
            "src/a.rs (2 findings)",
            "7:1 note old-name",
            "12:1 warning never-registered",
            "src/b.rs (2 findings)",
            "3:1 error api-above-floor",
            "9:1 note old-name",
        ];
        assert_eq!(heads(GroupBy::File, None), lines);
        assert_eq!(heads(GroupBy::File, Some(Severity::Error)), ["src/b.rs (1 finding)", "3:1 error api-above-floor"]);
    }

    #[test]
    fn by_rule_errors_first() {
        let lines = [
            "error api-above-floor (1 finding)",
            "in src/b.rs:3:1",
            "warning never-registered (1 finding)",
            "in src/a.rs:12:1",
            "note old-name (2 findings)",
            "in src/a.rs:7:1",
            "in src/b.rs:9:1",
        ];
        assert_eq!(heads(GroupBy::Rule, None), lines);
    }
}
