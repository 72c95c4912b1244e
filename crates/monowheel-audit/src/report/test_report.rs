//! What came of running wheels, for a terminal: the interpreters, what went wrong, and the map.

use std::collections::{BTreeMap, BTreeSet};

use monowheel_error::text::{count, harmless};
use monowheel_system::exec::last_lines;

use crate::report::text::{Ink, Text};
use crate::test_report::{Cell, Check, Outcome, Proof, Release, Trial, Verdict};

/// A trace is shown up to its last lines; the log has all of it.
const TRACE: usize = 15;

/// The proof as lines of text.
#[must_use]
pub fn render(proof: &Proof, how: Text) -> String {
    let mut text = String::new();
    for release in &proof.releases {
        text += &self::release(release, how);
    }
    let ink = if is_bad(proof) { Ink::Bad } else { Ink::Good };
    text + &how.paint(ink, &tally(proof)) + "\n"
}

/// The worst verdict of all trials.
#[must_use]
pub fn worst(proof: &Proof) -> Verdict {
    proof.trials().map(|trial| trial.verdict).max().unwrap_or(Verdict::Nothing)
}

/// Whether a trial failed, or could not be tried.
#[must_use]
pub fn is_bad(proof: &Proof) -> bool {
    matches!(worst(proof), Verdict::Failed | Verdict::NotRun)
}

/// `10 ran, 1 failed, 1 takes no wheel`.
#[must_use]
pub fn tally(proof: &Proof) -> String {
    let of = |verdict: Verdict| proof.trials().filter(|trial| trial.verdict == verdict).count();
    let words = [
        (Verdict::Ran, "ran"),
        (Verdict::Failed, "failed"),
        (Verdict::NotRun, "could not be tried"),
        (Verdict::Nothing, "without a wheel for it"),
        (Verdict::Skipped, "skipped"),
    ];
    let parts = words.iter().map(|(verdict, word)| (of(*verdict), word)).filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
    if parts.is_empty() { "nothing was tried".to_owned() } else { parts.join(", ") }
}

/// The verdict in a word.
#[must_use]
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ran => "ran",
        Verdict::Nothing => "no wheel",
        Verdict::Skipped => "skipped",
        Verdict::NotRun => "not run",
        Verdict::Failed => "FAILED",
    }
}

/// One line on one trial, for whoever watches.
#[must_use]
pub fn line(trial: &Trial, how: Text) -> String {
    let ink = match trial.verdict {
        Verdict::Ran => Ink::Good,
        Verdict::Failed | Verdict::NotRun => Ink::Bad,
        Verdict::Nothing | Verdict::Skipped => Ink::Faint,
    };
    let runner = if trial.runner == "native" { String::new() } else { format!(" under {}", trial.runner) };
    format!(
        "{}  {}{runner} {}",
        how.paint(ink, &format!("{:8}", word(trial.verdict))),
        harmless(&trial.python),
        how.paint(
            Ink::Faint,
            &format!("{:.1} s{}", trial.seconds, if trial.reused { ", environment kept" } else { "" })
        )
    )
}

fn release(release: &Release, how: Text) -> String {
    let title =
        format!("{} {}, {}", harmless(&release.name), harmless(&release.version), count(release.wheels.len(), "wheel"));
    let mut text = format!("{}\n", how.paint(Ink::Strong, &title));
    for trial in &release.trials {
        text += &format!("  {}\n", line(trial, how));
        text += &trouble(trial, how);
    }
    text += &remarks(release, how);
    text += &map(release, how);
    text + "\n"
}

/// What kept a trial from simply running.
fn trouble(trial: &Trial, how: Text) -> String {
    let mut text = String::new();
    for check in trial.checks.iter().filter(|check| check.outcome == Outcome::Failed) {
        text += &format!("    {}\n", how.paint(Ink::Bad, &format!("{} failed", check.name)));
        text += &indented(&check.said);
    }
    match &trial.why {
        Some(why) if trial.verdict != Verdict::Skipped => text += &indented(why),
        Some(why) => text += &format!("    {}\n", how.paint(Ink::Faint, &harmless(why))),
        None => {}
    }
    text
}

fn indented(said: &str) -> String {
    // How it ended stands first, the end of the trace last.
    let (first, rest) = said.split_once('\n').unwrap_or((said, ""));
    let tail = last_lines(rest, TRACE);
    let lines = std::iter::once(first).chain(tail.lines()).filter(|line| !line.trim().is_empty());
    lines.map(|line| format!("      {}\n", harmless(line))).collect()
}

/// Refusals and noise, each once with the interpreters that it was on.
fn remarks(release: &Release, how: Text) -> String {
    let mut said: BTreeMap<(&str, Outcome, String), Vec<String>> = BTreeMap::new();
    for trial in &release.trials {
        for check in trial.checks.iter().filter(|check| matches!(check.outcome, Outcome::Refused | Outcome::Noisy)) {
            said.entry((&check.name, check.outcome, last_lines(&check.said, 1))).or_default().push(short(trial));
        }
    }
    let remark = |((check, outcome, what), on): ((&str, Outcome, String), Vec<String>)| {
        let (ink, verb) = match outcome {
            Outcome::Refused => (Ink::Faint, "refused"),
            _ => (Ink::Warn, "printed to stderr"),
        };
        let title = format!("{}: {verb} on {}", explained(check), on.join(", "));
        format!("  {}\n      {}\n", how.paint(ink, &title), harmless(what.trim()))
    };
    said.into_iter().map(remark).collect()
}

/// What a check does, in words.
#[must_use]
pub fn explained(check: &str) -> &str {
    match check {
        "again" => "a second import in one process",
        "subinterpreter" => "import in a subinterpreter",
        "dev" => "import under -X dev",
        "command" => "the project's command",
        other => other,
    }
}

/// `3.15t win_amd64`.
fn short(trial: &Trial) -> String {
    let (major, minor) = trial.version;
    let flags = [(trial.free_threaded, "t"), (trial.debug, "d")];
    let flags: String = flags.iter().filter(|(is, _)| *is).map(|(_, flag)| *flag).collect();
    // The usual one is not worth a word.
    let is_usual = trial.runner == "native" && !trial.platform.starts_with("musllinux");
    let place = if is_usual { String::new() } else { format!(" {}", harmless(&trial.platform)) };
    format!("{major}.{minor}{flags}{place}")
}

fn map(release: &Release, how: Text) -> String {
    let map = &release.map;
    if map.rows.is_empty() {
        return String::new();
    }
    let pythons: Vec<String> = map.pythons.iter().map(ToString::to_string).collect();
    let platforms: Vec<_> = map.rows.iter().map(|row| harmless(&row.platform)).collect();
    let wide = platforms.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = format!("  {:wide$}", "");
    for python in &pythons {
        text += &format!("  {python:>5}");
    }
    text.push('\n');
    for (row, platform) in map.rows.iter().zip(&platforms) {
        text += &format!("  {platform:wide$}");
        for cell in &row.cells {
            let (sign, ink) = match cell {
                Cell::Ran { .. } => ("ran", Ink::Good),
                Cell::Failed { .. } => ("FAIL", Ink::Bad),
                Cell::NotRun { .. } => ("?", Ink::Warn),
                Cell::Nothing => ("-", Ink::Faint),
            };
            text += &format!("  {}", how.paint(ink, &format!("{sign:>5}")));
        }
        text.push('\n');
    }
    text + &legend(release, how)
}

/// Why wheels that would install were not run, each with how many cells of the map it is about: first what the
/// lab would change, in one command, then most first.
#[must_use]
pub fn reasons(release: &Release) -> Vec<(String, usize)> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut in_lab, mut cells) = (BTreeSet::new(), 0);
    for cell in release.map.rows.iter().flat_map(|row| &row.cells) {
        match cell {
            Cell::NotRun { lab: Some(id), .. } => {
                in_lab.insert(id.as_str());
                cells += 1;
            }
            Cell::NotRun { why, .. } => *reasons.entry(why).or_default() += 1,
            _ => {}
        }
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().map(|(why, number)| (why.to_owned(), number)).collect();
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    if !in_lab.is_empty() {
        let ids: Vec<&str> = in_lab.into_iter().collect();
        reasons.insert(0, (format!("monowheel lab get {}", ids.join(" ")), cells));
    }
    reasons
}

/// What a question mark stands for, by reason.
fn legend(release: &Release, how: Text) -> String {
    let reasons = reasons(release);
    if reasons.is_empty() {
        return String::new();
    }
    let shown = if how.details { reasons.len() } else { 3 };
    let mut text = String::from("  ?  would install, not run here:\n");
    for (why, number) in reasons.iter().take(shown) {
        text += &format!("       {} ({number})\n", harmless(why));
    }
    if reasons.len() > shown {
        text += &how.paint(
            Ink::Faint,
            &format!("       and {} (-v shows all)\n", count(reasons.len() - shown, "other reason")),
        );
    }
    text
}

/// Whether any check has something to say.
#[must_use]
pub fn has_remarks(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.outcome != Outcome::Passed)
}
