//! A test report for a terminal: the interpreters, what went wrong, and the map.

use std::collections::BTreeMap;

use monowheel_audit::report::grid::Grid;
use monowheel_audit::report::test_report::{explained, is_bad, reasons, tally, word};
use monowheel_audit::report::text::{Ink, Text};
use monowheel_audit::test_report::{Cell, Check, Outcome, Proof, Release, Trial, Verdict};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::{count, harmless};
use monowheel_system::exec::last_lines;

/// Only the last lines of a trace are shown; the log has all of it.
const TRACE: usize = 15;

/// The test report as lines of text.
#[must_use]
pub(crate) fn render(proof: &Proof, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for release in &proof.releases {
        text += self::release(release, how);
    }
    if let Some(isolation) = &proof.isolation {
        text += text!("{}\n", how.paint(Ink::Faint, text!("the wheels ran {}", isolation.line())));
    }
    let ink = if is_bad(proof) { Ink::Bad } else { Ink::Good };
    text + how.paint(ink, tally(proof)).line()
}

/// One line about one trial, for progress.
#[must_use]
pub(crate) fn line(trial: &Trial, how: Text) -> TerminalText {
    let ink = match trial.verdict {
        Verdict::Ran => Ink::Good,
        Verdict::Failed | Verdict::NotRun => Ink::Bad,
        Verdict::Nothing | Verdict::Skipped => Ink::Faint,
    };
    let runner = if trial.runner == "native" { String::new() } else { format!(" under {}", trial.runner) };
    text!(
        "{}  {}{} {}",
        how.paint(ink, text!("{:8}", word(trial.verdict))),
        trial.python,
        runner,
        how.paint(Ink::Faint, text!("{:.1} s{}", trial.seconds, if trial.reused { ", environment kept" } else { "" }))
    )
}

fn release(release: &Release, how: Text) -> TerminalText {
    let title = text!("{} {}, {}", release.name, release.version, count(release.wheels.len(), "wheel"));
    let mut text = text!("{}\n", how.paint(Ink::Strong, title));
    for trial in &release.trials {
        text += text!("  {}\n", line(trial, how));
        text += trouble(trial, how);
    }
    text += remarks(release, how);
    text += map(release, how);
    text.line()
}

/// The problems of a trial.
fn trouble(trial: &Trial, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for check in trial.checks.iter().filter(|check| check.outcome == Outcome::Failed) {
        text += text!("    {}\n", how.paint(Ink::Bad, text!("{} failed", check.name)));
        text += indented(&check.said);
    }
    match &trial.why {
        Some(why) if trial.verdict != Verdict::Skipped => text += indented(why),
        Some(why) => text += text!("    {}\n", how.paint(Ink::Faint, why)),
        None => {}
    }
    text
}

fn indented(said: &str) -> TerminalText {
    // The outcome comes first, the end of the trace last.
    let (first, rest) = said.split_once('\n').unwrap_or((said, ""));
    let tail = last_lines(rest, TRACE);
    let lines = std::iter::once(first).chain(tail.lines()).filter(|line| !line.trim().is_empty());
    lines.map(|line| text!("      {}\n", line)).collect()
}

/// Refusals, noise and skipped parts, each once with the interpreters it occurred on.
fn remarks(release: &Release, how: Text) -> TerminalText {
    let mut said: BTreeMap<(&str, Outcome, String), Vec<String>> = BTreeMap::new();
    for trial in &release.trials {
        let is_remarkable = |check: &&Check| match check.outcome {
            Outcome::Refused | Outcome::Noisy => true,
            Outcome::Passed => !check.said.is_empty(),
            Outcome::Failed => false,
        };
        for check in trial.checks.iter().filter(is_remarkable) {
            said.entry((&check.name, check.outcome, last_lines(&check.said, 1))).or_default().push(short(trial));
        }
    }
    let remark = |((check, outcome, what), on): ((&str, Outcome, String), Vec<String>)| {
        let (ink, verb) = match outcome {
            Outcome::Refused => (Ink::Faint, "refused"),
            Outcome::Passed => (Ink::Warn, "skipped something"),
            _ => (Ink::Warn, "printed to stderr"),
        };
        let title = format!("{}: {verb} on {}", explained(check), on.join(", "));
        text!("  {}\n      {}\n", how.paint(ink, &title), what.trim())
    };
    said.into_iter().map(remark).collect()
}

/// `3.15t win_amd64`.
fn short(trial: &Trial) -> String {
    let (major, minor) = trial.version;
    let flags = [(trial.free_threaded, "t"), (trial.debug, "d")];
    let flags: String = flags.iter().filter(|(is, _)| *is).map(|(_, flag)| *flag).collect();
    // The usual platform is not mentioned.
    let is_usual = trial.runner == "native" && !trial.platform.starts_with("musllinux");
    let place = if is_usual { String::new() } else { format!(" {}", trial.platform) };
    format!("{major}.{minor}{flags}{place}")
}

fn map(release: &Release, how: Text) -> TerminalText {
    let map = &release.map;
    if map.rows.is_empty() {
        return TerminalText::new();
    }
    let cell = |cell: &Cell| match cell {
        Cell::Ran { .. } => ("ran".to_owned(), Ink::Good),
        Cell::Failed { .. } => ("FAIL".to_owned(), Ink::Bad),
        Cell::NotRun { .. } => ("?".to_owned(), Ink::Warn),
        Cell::Nothing => ("-".to_owned(), Ink::Faint),
    };
    let rows = map.rows.iter();
    let grid = Grid {
        interpreters: map.pythons.iter().map(ToString::to_string).collect(),
        least: 5,
        rows: rows.map(|row| (harmless(&row.platform).into_owned(), row.cells.iter().map(cell).collect())).collect(),
    };
    grid.text(how) + legend(release, how)
}

/// The reasons for the question marks.
fn legend(release: &Release, how: Text) -> TerminalText {
    let reasons = reasons(release);
    if reasons.is_empty() {
        return TerminalText::new();
    }
    let shown = if how.details { reasons.len() } else { 3 };
    let mut text = text!("  ?  would install, not run here:\n");
    for (why, number) in reasons.iter().take(shown) {
        text += text!("       {} ({})\n", why, number);
    }
    if reasons.len() > shown {
        text += how
            .paint(Ink::Faint, text!("       and {} (-v shows all)\n", count(reasons.len() - shown, "other reason")));
    }
    text
}

#[cfg(test)]
mod tests;
