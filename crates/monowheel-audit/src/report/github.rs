//! The report as annotations of GitHub Actions: one workflow command a line.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>; the escapes are those of
//! `@actions/core` (`escapeData`, `escapeProperty`).

use monowheel_error::text::harmless;

use crate::finding::{Finding, Severity};
use crate::report::{Subject, View};

/// The report as workflow commands, and the verdict as a plain last line.
pub(super) fn render(report: &View<'_>) -> String {
    let mut text = String::new();
    for (subject, finding) in report.findings() {
        text += &of_finding(&subject, finding);
    }
    for failure in report.failures {
        let properties = [("file", &*failure.place), ("title", "could not be looked at")];
        text += &command("error", &properties, failure.why.lines().map(str::trim_end));
    }
    for ignore in report.unused_ignores {
        let message = format!("nothing matches the ignore of {} ({})", ignore.rule, ignore.reason);
        text += &command("warning", &[("title", "unused ignore")], [&*message]);
    }
    text += &format!("monowheel: {}\n", report.verdict());
    text
}

fn of_finding(subject: &Subject<'_>, finding: &Finding) -> String {
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = finding.place.to_string();
    let title = if place.is_empty() { finding.rule.to_string() } else { format!("{} in {place}", finding.rule) };
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let values = [
        ("file", subject.file_of(finding)),
        ("line", number(finding.place.line)),
        ("col", number(finding.place.column)),
        ("title", Some(title)),
    ];
    let properties: Vec<(&str, &str)> =
        values.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
    let fix = finding.fix.as_ref().map(|fix| format!("fix: {fix}"));
    command(word, &properties, std::iter::once(&*finding.message).chain(fix.as_deref()))
}

/// One workflow command. Every command is made here, and nothing in it is left that could end its line.
fn command<'a>(word: &'static str, properties: &[(&str, &str)], message: impl IntoIterator<Item = &'a str>) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    // The line breaks between the lines of a message are the only ones that are meant.
    let message: Vec<String> = message.into_iter().map(data).collect();
    format!("::{word} {}::{}\n", properties.join(","), message.join("%0A"))
}

/// A line of the text after the last `::`.
fn data(text: &str) -> String {
    harmless(text).replace('%', "%25")
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
