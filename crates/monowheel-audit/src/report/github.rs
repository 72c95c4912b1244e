//! The report as annotations of GitHub Actions: one workflow command a line, the worst ten of each level.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>; the escapes are those of
//! `@actions/core` (`escapeData`, `escapeProperty`).

use monowheel_error::text::{count, harmless};

use crate::finding::{Finding, Severity};
use crate::report::groups::{self, Group};
use crate::report::{Kind, Subject, View};

/// GitHub shows no more annotations of one level from one step.
const MOST: usize = 10;
/// Places listed in an annotation.
const PLACES: usize = 3;

/// The report as workflow commands, and the verdict as a plain last line.
pub(super) fn render(report: &View<'_>) -> String {
    let mut text = String::new();
    let groups = groups::of(report);
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let of_level = || groups.iter().filter(|group| group.severity == severity);
        // Each source line has its own annotation; a cause with many wheel members has one.
        let annotations: Vec<String> = if report.items.iter().any(|item| item.kind == Kind::Project) {
            of_level()
                .flat_map(|group| group.causes.iter().flat_map(|cause| &cause.places))
                .map(|(subject, finding)| of_finding(subject, finding))
                .collect()
        } else {
            of_level().map(of_group).collect()
        };
        text.extend(annotations.iter().take(MOST).map(String::as_str));
        if let Some(left) = annotations.len().checked_sub(MOST).filter(|left| *left > 0) {
            let more = count(left, &format!("more {}", severity.word()));
            text += &format!("monowheel: {more} in the job summary\n");
        }
    }
    for failure in report.failures {
        let properties = [("file", &*failure.place), ("title", "could not be checked")];
        text += &command("error", &properties, failure.why.lines().map(str::trim_end));
    }
    for ignore in report.unused_ignores {
        let message = format!("nothing matches the ignore of {} ({})", ignore.rule, ignore.reason);
        text += &command("warning", &[("title", "unused ignore")], [&*message]);
    }
    text += &format!("monowheel: {}\n", report.verdict());
    text
}

/// One rule at one level, with its messages and places.
fn of_group(group: &Group<'_>) -> String {
    let Some((first, rest)) = group.causes.split_first() else { return String::new() };
    if group.findings() == 1 {
        return first.places.first().map(|(subject, finding)| of_finding(subject, finding)).unwrap_or_default();
    }
    let title = format!("{}: {}", group.rule, group.extent());
    let file = first.places.first().and_then(|(subject, finding)| subject.file_of(finding));
    let values = [("file", file.as_deref()), ("title", Some(title.as_str()))];
    let properties: Vec<(&str, &str)> = values.iter().filter_map(|(name, value)| Some((*name, (*value)?))).collect();
    let mut lines = vec![first.finding.message.clone()];
    let (places, more) = first.places(PLACES, group.is_of_one());
    lines.extend(places.into_iter().map(|place| format!("in {place}")));
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.extend(first.finding.fix.as_ref().map(|fix| format!("fix: {fix}")));
    if !rest.is_empty() {
        lines.push(format!("and {}: see the job summary", count(rest.len(), "more cause")));
    }
    command(word(group.severity), &properties, lines.iter().map(String::as_str))
}

fn of_finding(subject: &Subject<'_>, finding: &Finding) -> String {
    let word = word(finding.severity);
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

/// The command of a severity.
const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// One workflow command. Every command is created here, and everything that could end its line is escaped.
fn command<'a>(word: &'static str, properties: &[(&str, &str)], message: impl IntoIterator<Item = &'a str>) -> String {
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    // Only the line breaks between the lines of a message are intended.
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
