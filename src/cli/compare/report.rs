//! The differences found, for a terminal: by member, most important first; then the first cause and the summary.

use std::collections::BTreeMap;

use monowheel_audit::report::text::{Ink, Text};
use monowheel_build::compare::{Difference, Kind, Pair, Report};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::{count, reason_lines};

/// The comparison as lines of text.
#[must_use]
pub fn render(report: &Report, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    // With many pairs, identical ones are not listed.
    let (same, others): (Vec<&Pair>, Vec<&Pair>) = report.pairs.iter().partition(|pair| pair.comparison.is_identical());
    for pair in &same {
        text += text!("{} {}\n", how.paint(Ink::Good, "identical"), file_name(&pair.a));
        text += how.paint(Ink::Faint, text!("  sha256 {}\n", pair.sha256_a));
    }
    for pair in others {
        text += self::pair(pair, how);
    }
    for (side, names) in [("A", &report.only_in_a), ("B", &report.only_in_b)] {
        for name in names {
            text += text!("{} {}\n", how.paint(Ink::Bad, text!("only in {}", side)), name);
        }
    }
    for failure in &report.failures {
        let title = text!("could not compare {}", file_name(&failure.a));
        text += text!("{}\n", how.paint(Ink::Bad, title));
        for line in reason_lines(&failure.why) {
            text += text!("  {}\n", line);
        }
    }
    let ink = if report.identical { Ink::Good } else { Ink::Bad };
    text + how.paint(ink, verdict(report)).line()
}

/// The outcome in one line.
#[must_use]
pub fn verdict(report: &Report) -> String {
    if report.identical {
        return match report.pairs.len() {
            1 => "identical".to_owned(),
            number => format!("identical: all {number} pairs of files"),
        };
    }
    let differing: Vec<&Pair> = report.pairs.iter().filter(|pair| !pair.comparison.is_identical()).collect();
    let mut parts = Vec::new();
    if report.pairs.len() > 1 {
        parts.push(format!("{} of {} differ", differing.len(), count(report.pairs.len(), "pair")));
    } else if let [pair] = differing.as_slice() {
        let packed = if pair.comparison.is_packaging_only() { ", only in packaging" } else { "" };
        parts.push(format!("different{packed}"));
    }
    let only = report.only_in_a.len() + report.only_in_b.len();
    if only > 0 {
        parts.push(format!("{} on one side only", count(only, "file")));
    }
    let missed = report.differences().filter(|difference| difference.kind == Kind::NotCompared).count();
    if missed > 0 {
        parts.push(format!("{} could not be compared", count(missed, "member")));
    }
    if !report.failures.is_empty() {
        parts.push(format!("{} could not be compared", count(report.failures.len(), "pair")));
    }
    parts.join(", ")
}

fn pair(pair: &Pair, how: Text) -> TerminalText {
    let mut text = text!("{} {}\n", how.paint(Ink::Bad, "different"), how.paint(Ink::Strong, file_name(&pair.a)));
    text += text!("  A {} {}\n", pair.a, how.paint(Ink::Faint, &pair.sha256_a));
    text += text!("  B {} {}\n", pair.b, how.paint(Ink::Faint, &pair.sha256_b));
    text += differences(pair.comparison.differences(), how);
    if let Some(first) = pair.comparison.first_cause() {
        let member = first.place.member.as_deref().map(|member| format!("{member}: ")).unwrap_or_default();
        text += text!("  {} {}\n", how.paint(Ink::Strong, "first cause:"), format!("{member}{}", first.cause));
    }
    text.line()
}

/// The differences by member, most important first.
pub fn differences(differences: &[Difference], how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    let mut members: Vec<Option<&str>> = Vec::new();
    let mut lists: BTreeMap<Option<&str>, Vec<&Difference>> = BTreeMap::new();
    for difference in differences {
        let member = difference.place.member.as_deref().filter(|_| !difference.kind.is_packaging());
        let list = lists.entry(member).or_default();
        if list.is_empty() {
            members.push(member);
        }
        list.push(difference);
    }
    // Differences about no member, or about its packing, come last.
    members.sort_by_key(Option::is_none);
    for member in members {
        let title = member.unwrap_or("the archive");
        text += text!("  {}\n", how.paint(Ink::Strong, title));
        for difference in lists.get(&member).into_iter().flatten() {
            let ink = match difference.kind {
                _ if difference.follows => Ink::Faint,
                Kind::NotCompared => Ink::Bad,
                _ => Ink::Warn,
            };
            let word = how.paint(ink, text!("{:12}", difference.kind.word()));
            text += text!("    {} {}\n", word, difference.cause);
        }
    }
    text
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
