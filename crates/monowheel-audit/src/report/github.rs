//! The report as annotations of GitHub Actions: one workflow command a line.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>; the escapes are those of
//! `@actions/core` (`escapeData`, `escapeProperty`).

use monowheel_error::text::{harmless, reason_lines};

use crate::finding::{Finding, Severity};
use crate::report::{Subject, View};

/// The report as workflow commands, and the verdict as a plain last line.
pub(super) fn render(report: &View<'_>) -> String {
    let mut text = String::new();
    for (subject, finding) in report.findings() {
        text += &command(&subject, finding);
    }
    for failure in report.failures {
        let why: Vec<_> = reason_lines(&failure.why).collect();
        let (file, title) = (property(&failure.place), property("could not be looked at"));
        text += &format!("::error file={file},title={title}::{}\n", escape(&why.join("\n")));
    }
    for ignore in report.unused_ignores {
        let message = format!("nothing matches the ignore of {} ({})", ignore.rule, ignore.reason);
        text += &format!("::warning title={}::{}\n", property("unused ignore"), data(&message));
    }
    text += &format!("monowheel: {}\n", report.verdict());
    text
}

fn command(subject: &Subject<'_>, finding: &Finding) -> String {
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = finding.place.to_string();
    let title = if place.is_empty() { finding.rule.to_string() } else { format!("{} in {place}", finding.rule) };
    let mut file = subject.file_of(finding).map(|place| format!("file={},", property(&place))).unwrap_or_default();
    if let Some(line) = finding.place.line {
        file += &format!("line={line},");
    }
    if let Some(column) = finding.place.column {
        file += &format!("col={column},");
    }
    let mut message = harmless(&finding.message).into_owned();
    if let Some(fix) = &finding.fix {
        // The one line break of a message that is meant.
        message = format!("{message}\nfix: {}", harmless(fix));
    }
    format!("::{word} {file}title={}::{}\n", property(&title), escape(&message))
}

/// The text after the last `::`.
fn data(text: &str) -> String {
    escape(&harmless(text))
}

fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value between the two `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        assert_eq!(property("a:b,c%d\ne"), "a%3Ab%2Cc%25d\\ne");
        assert_eq!(data("100%::error::x"), "100%25::error::x");
    }
}
