//! The report in Markdown, for a CI job summary or a pull request comment.

use monowheel_error::text::{count, harmless};

use crate::finding::Severity;
use crate::report::groups::{self, Group};
use crate::report::{Counts, View};

/// Maximum number of names listed for one cause.
const PLACES: usize = 20;

/// The report as GitHub's Markdown.
pub(super) fn render(report: &View<'_>) -> String {
    let mut text = format!("## {}\n\n**{}**\n", report.words.heading, plain(&report.verdict()));
    let groups = groups::of(report);
    if !groups.is_empty() {
        text += "\n| | rule | where |\n| --- | --- | --- |\n";
        for group in &groups {
            text += &format!("| {} | `{}` | {} |\n", sign(group.severity), code(group.rule), plain(&group.extent()));
        }
    }
    for group in &groups {
        text += &self::group(group);
    }
    if !report.failures.is_empty() {
        text += "\n### Not checked\n\n";
        for failure in report.failures {
            let why: Vec<String> = failure.why.lines().map(|line| plain(line.trim())).collect();
            text += &format!("- `{}`: {}\n", code(&failure.place), why.join(" "));
        }
    }
    for ignore in report.unused_ignores {
        text += &format!("\nNothing matches the ignore of `{}` ({}).\n", code(&ignore.rule), plain(&ignore.reason));
    }
    let Counts { ignored, .. } = report.counts;
    if ignored > 0 {
        text += &format!("\n{} ignored by the configuration.\n", count(ignored, "finding"));
    }
    text
}

fn group(group: &Group<'_>) -> String {
    let open = if group.severity == Severity::Note { "" } else { " open" };
    let mut text = format!(
        "\n<details{open}><summary>{} <code>{}</code>: {}</summary>\n\n",
        sign(group.severity),
        element(group.rule),
        element(&group.extent())
    );
    for cause in &group.causes {
        text += &format!("- {}\n", plain(&cause.finding.message));
        let (places, more) = cause.places(PLACES, group.is_of_one());
        for place in places {
            text += &format!("  - in `{}`\n", code(&place));
        }
        if more > 0 {
            text += &format!("  - and {more} more\n");
        }
        if let Some(fix) = &cause.finding.fix {
            text += &format!("  - **Fix:** {}\n", plain(fix));
        }
    }
    text + "\n</details>\n"
}

const fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "❌ error",
        Severity::Warning => "⚠️ warning",
        Severity::Note => "ℹ️ note",
    }
}

/// Text without meaning to Markdown and without mentions.
fn plain(text: &str) -> String {
    let mut safe = String::new();
    for letter in harmless(text).chars() {
        match letter {
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '&' => safe += "&amp;",
            '@' => safe += "&#64;",
            '#' => safe += "&#35;",
            '|' => safe += "&#124;",
            ':' => safe += "&#58;",
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '!' => {
                safe.push('\\');
                safe.push(letter);
            }
            letter => safe.push(letter),
        }
    }
    safe
}

/// Text that may be between backticks in a table cell.
fn code(text: &str) -> String {
    harmless(text).replace('`', "'").replace('|', "¦").replace("##[", "## [")
}

/// Text inside an HTML element.
fn element(text: &str) -> String {
    harmless(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('@', "&#64;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup() {
        assert_eq!(plain("<b>*x*</b> @org [a](b)"), "&lt;b&gt;\\*x\\*&lt;/b&gt; &#64;org \\[a\\](b)");
        assert_eq!(code("a`b|c\n"), "a'b¦c\\n");
        assert_eq!(element("</summary>"), "&lt;/summary&gt;");
    }
}
