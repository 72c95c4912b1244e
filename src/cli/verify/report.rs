//! The result of verifying, for a terminal: each wheel, what the verdicts rely on, and the summary.

use crate::cli::compare::report::differences;
use monowheel_audit::report::text::{Ink, Text};
use monowheel_build::verify::{Mismatch, Outcome, Report, Verified};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::{count, reason_lines};

/// The report as lines of text.
#[must_use]
pub fn render(report: &Report, how: Text) -> TerminalText {
    let mut text: TerminalText = report.wheels.iter().map(|wheel| one(wheel, how)).collect();
    if !report.trusted.is_empty() {
        text += text!("{}\n", how.paint(Ink::Strong, "trusted"));
        for line in &report.trusted {
            text += text!("  {}\n", line);
        }
        if let Some(isolation) = &report.isolation {
            text += text!("{} build scripts ran {}\n", how.paint(Ink::Strong, "isolation:"), isolation.line());
        }
        text +=
            text!("{} the wheels, and what they declare about themselves\n", how.paint(Ink::Strong, "not trusted:"));
    }
    let ink = if report.identical { Ink::Good } else { Ink::Bad };
    text + how.paint(ink, verdict(report)).line()
}

/// The outcome in one line.
#[must_use]
pub fn verdict(report: &Report) -> String {
    if report.identical {
        return match report.wheels.len() {
            1 => "identical".to_owned(),
            number => format!("identical: all {number} wheels"),
        };
    }
    let number = |word: &str| report.wheels.iter().filter(|wheel| wheel.outcome.word() == word).count();
    let words = ["identical", "identical except for what is listed", "different", "not verified"];
    let counted = ["identical", "identical except for", "different", "not verified"].map(number);
    let told = counted.iter().zip(words).filter(|(number, _)| **number > 0);
    match report.wheels.as_slice() {
        [_] => told.map(|(_, word)| word.to_owned()).collect(),
        wheels => {
            let told: Vec<String> = told.map(|(number, word)| format!("{number} {word}")).collect();
            format!("{} of {}", told.join(", "), count(wheels.len(), "wheel"))
        }
    }
}

fn one(wheel: &Verified, how: Text) -> TerminalText {
    let ink = match wheel.outcome {
        Outcome::Identical => Ink::Good,
        Outcome::IdenticalButFor { .. } => Ink::Warn,
        _ => Ink::Bad,
    };
    let mut text = text!("{} {}\n", how.paint(ink, wheel.outcome.word()), how.paint(Ink::Strong, &wheel.file));
    let promised = |promised: bool| if promised { ", as published by the index" } else { "" };
    let faint = |line: String| how.paint(Ink::Faint, &line).line();
    text += text!("  {}", faint(format!("from {}", wheel.from)));
    text += text!("  {}", faint(format!("sha256 {}{}", wheel.sha256, promised(wheel.promised))));
    if let Some(source) = &wheel.source {
        let commit = source.commit.as_ref().map(|commit| format!(", commit {commit}")).unwrap_or_default();
        text += text!("  {}", faint(format!("source {}{commit}", source.from)));
        if let Some(sha256) = &source.sha256 {
            text += text!("  {}", faint(format!("sha256 {sha256}{}", promised(source.promised))));
        }
    }
    if let Outcome::Unverified { why } = &wheel.outcome {
        for line in reason_lines(why) {
            text += text!("  {}\n", line);
        }
    }
    for cause in &wheel.causes {
        text += text!("  {} {}\n", how.paint(Ink::Warn, "cause"), cause);
    }
    text += tools(&wheel.tools, how);
    let list = wheel.outcome.differences();
    if !list.is_empty() {
        text += text!("  A is the wheel, B what was built from its source\n");
        text += differences(list, how);
    }
    if let (Outcome::Different { .. }, Some(first)) = (&wheel.outcome, wheel.first_cause()) {
        text += text!("  {} {}\n", how.paint(Ink::Strong, "first cause:"), first);
    }
    text.line()
}

/// One line for each tool that differs from the wheel's record, and the commands that install them.
fn tools(mismatches: &[Mismatch], how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for Mismatch { what, wheel, here, .. } in mismatches {
        let line = format!("{what}: the wheel records {wheel}, this machine has {here}");
        text += text!("  {}\n", how.paint(Ink::Warn, &line));
    }
    for get in mismatches.iter().filter_map(|mismatch| mismatch.get.as_ref()) {
        text += text!("  install it: {}\n", get);
    }
    text
}

#[cfg(test)]
mod tests;
