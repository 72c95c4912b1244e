//! What came of verifying, for a terminal: each wheel, what the verdicts rest on, and the verdict.

use crate::cli::compare::report::differences;
pub use monowheel_audit::report::text::{Ink, Text};
use monowheel_build::verify::{Mismatch, Outcome, Report, Verified};
use monowheel_error::text::{count, harmless, reason_lines};

/// The report as lines of text.
#[must_use]
pub fn render(report: &Report, how: Text) -> String {
    let mut text: String = report.wheels.iter().map(|wheel| one(wheel, how)).collect();
    if !report.trusted.is_empty() {
        text += &format!("{}\n", how.paint(Ink::Strong, "trusted"));
        for line in &report.trusted {
            text += &format!("  {}\n", harmless(line));
        }
        text += &format!("{} the wheels, and what they say of themselves\n", how.paint(Ink::Strong, "not trusted:"));
    }
    let ink = if report.identical { Ink::Good } else { Ink::Bad };
    text + &how.paint(ink, &verdict(report)) + "\n"
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
    let words = ["identical", "identical but for what is listed", "different", "not verified"];
    let counted = ["identical", "identical but for", "different", "not verified"].map(number);
    let told = counted.iter().zip(words).filter(|(number, _)| **number > 0);
    match report.wheels.as_slice() {
        [_] => told.map(|(_, word)| word.to_owned()).collect(),
        wheels => {
            let told: Vec<String> = told.map(|(number, word)| format!("{number} {word}")).collect();
            format!("{} of {}", told.join(", "), count(wheels.len(), "wheel"))
        }
    }
}

fn one(wheel: &Verified, how: Text) -> String {
    let ink = match wheel.outcome {
        Outcome::Identical => Ink::Good,
        Outcome::IdenticalButFor { .. } => Ink::Warn,
        _ => Ink::Bad,
    };
    let mut text =
        format!("{} {}\n", how.paint(ink, wheel.outcome.word()), how.paint(Ink::Strong, &harmless(&wheel.file)));
    let promised = |promised: bool| if promised { ", as the index promises" } else { "" };
    let faint = |line: String| how.paint(Ink::Faint, &harmless(&line)) + "\n";
    text += &format!("  {}", faint(format!("from {}", wheel.from)));
    text += &format!("  {}", faint(format!("sha256 {}{}", wheel.sha256, promised(wheel.promised))));
    if let Some(source) = &wheel.source {
        let commit = source.commit.as_ref().map(|commit| format!(", commit {commit}")).unwrap_or_default();
        text += &format!("  {}", faint(format!("source {}{commit}", source.from)));
        if let Some(sha256) = &source.sha256 {
            text += &format!("  {}", faint(format!("sha256 {sha256}{}", promised(source.promised))));
        }
    }
    if let Outcome::Unverified { why } = &wheel.outcome {
        for line in reason_lines(why) {
            text += &format!("  {line}\n");
        }
    }
    for cause in &wheel.causes {
        text += &format!("  {} {}\n", how.paint(Ink::Warn, "cause"), harmless(cause));
    }
    text += &tools(&wheel.tools, how);
    let list = wheel.outcome.differences();
    if !list.is_empty() {
        text += "  A is the wheel, B what was built from its source\n";
        text += &differences(list, how);
    }
    if let (Outcome::Different { .. }, Some(first)) = (&wheel.outcome, wheel.first_cause()) {
        text += &format!("  {} {}\n", how.paint(Ink::Strong, "first cause:"), harmless(&first));
    }
    text + "\n"
}

/// One line for each tool that is not as the wheel says, and the commands that get those.
fn tools(mismatches: &[Mismatch], how: Text) -> String {
    let mut text = String::new();
    for Mismatch { what, wheel, here, .. } in mismatches {
        let line = format!("{what}: the wheel says {wheel}, here is {here}");
        text += &format!("  {}\n", how.paint(Ink::Warn, &harmless(&line)));
    }
    for get in mismatches.iter().filter_map(|mismatch| mismatch.get.as_ref()) {
        text += &format!("  get it: {}\n", harmless(get));
    }
    text
}

#[cfg(test)]
mod tests;
