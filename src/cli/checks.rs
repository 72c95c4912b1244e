//! Lists of checks for a terminal: one line each, with details below it.

use monowheel_audit::report::text::{Ink, Text};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::{harmless, reason_lines};
use monowheel_error::wrapping::wrapped;

/// The widest column of places; a longer place moves its own line only.
const WIDEST: usize = 40;
/// The column where details below a line begin.
const BELOW: usize = 19;
/// The least room for a message; a terminal that has less gets it below the place.
const LEAST: usize = 30;

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

/// The checks as lines of text. On a terminal, messages are broken where it ends, but never a fix, which is a command
/// to copy.
pub(super) fn lines(checks: &[Line<'_>], how: Text) -> TerminalText {
    let wide = checks.iter().map(|check| harmless(check.place).chars().count()).max().unwrap_or(0).min(WIDEST);
    checks.iter().map(|check| line(check, wide, how)).collect()
}

fn line(check: &Line<'_>, wide: usize, how: Text) -> TerminalText {
    let (ink, word) = check.mark;
    let place = harmless(check.place);
    let before = BELOW + wide.max(place.chars().count()) + 2;
    let below = if how.width.is_some_and(|width| width < 2 * BELOW + LEAST) { 2 } else { BELOW };
    let mark = how.paint(ink, text!("{:7}", word));
    let said: Vec<String> = match how.width {
        None => reason_lines(check.said).map(|line| line.into_owned()).collect(),
        Some(width) => {
            let room = width.saturating_sub(before);
            let room = if room < LEAST { width.saturating_sub(below) } else { room };
            reason_lines(check.said).flat_map(|line| wrapped(&line, room)).collect()
        }
    };
    let is_beside = how.width.is_none_or(|width| width.saturating_sub(before) >= LEAST);
    let (first, rest) = if is_beside { said.split_at(said.len().min(1)) } else { said.split_at(0) };
    let first = first.first().map_or("", String::as_str);
    let mut text = text!("{} {:10} {:wide$}  {}", mark, check.check, place, first).trimmed().line();
    // What a tool printed on several lines begins where details do; a message that was broken goes on below itself.
    let indent = if how.width.is_some() && is_beside { before } else { below };
    for line in rest {
        text += text!("{:indent$}{}\n", "", line);
    }
    for (word, told) in &check.below {
        text += detail(word, told, below, how);
    }
    text
}

/// A detail below a line.
fn detail(word: &str, told: &str, indent: usize, how: Text) -> TerminalText {
    let lead = format!("{word}: ");
    let room = how.width.filter(|_| word != "fix").map(|width| width.saturating_sub(indent + lead.len()));
    let lines = reason_lines(told).flat_map(|line| match room {
        Some(room) => wrapped(&line, room),
        None => vec![line.into_owned()],
    });
    lines
        .enumerate()
        .map(|(number, line)| {
            let lead = if number == 0 { lead.clone() } else { " ".repeat(lead.len()) };
            text!("{:indent$}{}{}\n", "", how.paint(Ink::Strong, &lead), line)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(width: Option<usize>) -> String {
        let checks = [
            Line {
                mark: (Ink::Good, "ok"),
                check: "rust",
                place: "rustc",
                said: "Rust 1.96.0 (system); the crate asks for 1.83",
                below: Vec::new(),
            },
            Line {
                mark: (Ink::Bad, "WRONG"),
                check: "target",
                place: "manylinux_2_17_x86_64",
                said: "a small cdylib does not link\nld: no such thing",
                below: vec![
                    ("why", "without it, the build fails after everything else was compiled"),
                    ("fix", "python3 -m pip install --upgrade 'maturin>=1.16,<2' 'ziglang>=0.15'"),
                ],
            },
        ];
        lines(&checks, Text { width, ..Text::default() }).plain().into_owned()
    }

    #[test]
    fn messages_end_where_the_terminal_does_and_commands_are_kept() {
        insta::assert_snapshot!(shown(None), @r"
        ok      rust       rustc                  Rust 1.96.0 (system); the crate asks for 1.83
        WRONG   target     manylinux_2_17_x86_64  a small cdylib does not link
                           ld: no such thing
                           why: without it, the build fails after everything else was compiled
                           fix: python3 -m pip install --upgrade 'maturin>=1.16,<2' 'ziglang>=0.15'
        ");
        insta::assert_snapshot!(shown(Some(80)), @r"
        ok      rust       rustc                  Rust 1.96.0 (system); the crate asks
                                                  for 1.83
        WRONG   target     manylinux_2_17_x86_64  a small cdylib does not link
                                                  ld: no such thing
                           why: without it, the build fails after everything else was
                                compiled
                           fix: python3 -m pip install --upgrade 'maturin>=1.16,<2' 'ziglang>=0.15'
        ");
        insta::assert_snapshot!(shown(Some(40)), @r"
        ok      rust       rustc
          Rust 1.96.0 (system); the crate asks
          for 1.83
        WRONG   target     manylinux_2_17_x86_64
          a small cdylib does not link
          ld: no such thing
          why: without it, the build fails after
               everything else was compiled
          fix: python3 -m pip install --upgrade 'maturin>=1.16,<2' 'ziglang>=0.15'
        ");
    }
}
