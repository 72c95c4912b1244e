//! Lists of checks for a terminal: one line each, with details below it.

use monowheel_audit::report::text::{Ink, Text};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::{harmless, reason_lines};

/// The widest column of places; a longer place moves its own line only.
const WIDEST: usize = 40;
/// The column where details below a line begin.
const BELOW: usize = 19;

/// One check.
pub(super) struct Line<'a> {
    /// The status, in one word of at most 7 letters.
    pub(super) mark: (Ink, &'static str),
    /// What was checked.
    pub(super) check: &'a str,
    /// Where.
    pub(super) place: &'a str,
    /// The message; several lines are kept.
    pub(super) said: &'a str,
    /// The details, each with a label.
    pub(super) below: Vec<(&'static str, &'a str)>,
}

/// The checks as lines of text.
pub(super) fn lines(checks: &[Line<'_>], how: Text) -> TerminalText {
    let wide = checks.iter().map(|check| harmless(check.place).chars().count()).max().unwrap_or(0).min(WIDEST);
    let mut text = TerminalText::new();
    for check in checks {
        let (ink, word) = check.mark;
        let mut said = reason_lines(check.said);
        let first = said.next().unwrap_or_default();
        let place = harmless(check.place);
        text += text!("{} {:10} {:wide$}  {}\n", how.paint(ink, text!("{:7}", word)), check.check, place, first);
        for line in said {
            text += text!("{:BELOW$}{}\n", "", line);
        }
        for (word, told) in &check.below {
            for (number, line) in reason_lines(told).enumerate() {
                let lead = format!("{word}: ");
                let lead = if number == 0 { lead } else { " ".repeat(lead.len()) };
                text += text!("{:BELOW$}{}{}\n", "", how.paint(Ink::Strong, &lead), line);
            }
        }
    }
    text
}
