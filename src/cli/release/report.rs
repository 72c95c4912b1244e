//! The checks of a release for a terminal: one line each, then the next step if one failed; and diffs.

use monowheel_release::release::prepare::Preparation;
use monowheel_release::release::{Report, State};

use crate::cli::checks::{Line, lines};
use monowheel_audit::report::text::{Ink, Text};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::count;

/// The checks as lines of text.
#[must_use]
pub(crate) fn render(report: &Report, how: Text) -> TerminalText {
    let checks = report.checks.iter().map(|check| Line {
        mark: match check.state {
            State::Ok => (Ink::Good, "ok"),
            State::Warning => (Ink::Warn, "warning"),
            State::Wrong => (Ink::Bad, "WRONG"),
            State::Unknown => (Ink::Warn, "UNKNOWN"),
            State::Skipped => (Ink::Faint, "skipped"),
        },
        check: check.check,
        place: &check.place,
        said: &check.said,
        below: check.next.iter().map(|next| ("next", next.as_str())).collect(),
    });
    let text = lines(&checks.collect::<Vec<_>>(), how);
    text + verdict(report, how).line()
}

/// The outcome in one line.
#[must_use]
pub(crate) fn verdict(report: &Report, how: Text) -> TerminalText {
    let number = |state| report.checks.iter().filter(|check| check.state == state).count();
    let (wrong, unknown) = (number(State::Wrong), number(State::Unknown));
    let release = text!("{} {}", report.name, report.version);
    if report.ready {
        return text!("{} {}: {}", how.paint(Ink::Good, "ready"), release, count(report.checks.len(), "check"));
    }
    let mut parts = Vec::new();
    if wrong > 0 {
        parts.push(format!("{} wrong", count(wrong, "check")));
    }
    if unknown > 0 {
        parts.push(format!("{} could not be run", count(unknown, "check")));
    }
    text!("{} {}: {}", how.paint(Ink::Bad, "not ready"), release, parts.join(", "))
}

/// The changes of `prepare` as unified diffs.
#[must_use]
pub(crate) fn diffs(prepared: &Preparation, how: Text) -> TerminalText {
    prepared.files.iter().map(|edit| painted(&edit.diff, how)).collect()
}

/// A unified diff, with control characters escaped.
pub(crate) fn painted(diff: &str, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for line in diff.lines() {
        let shown = line.trim_end_matches('\r');
        let ink = match line.as_bytes().first() {
            _ if line.starts_with("+++ ") || line.starts_with("--- ") => Some(Ink::Strong),
            Some(b'+') => Some(Ink::Good),
            Some(b'-') => Some(Ink::Bad),
            Some(b'@') => Some(Ink::Faint),
            _ => None,
        };
        text += ink.map_or_else(|| text!("{}", shown), |ink| how.paint(ink, shown)).line();
    }
    text
}
