//! Sentences on a terminal: broken between words where it ends. In a file or a pipe they keep their lines.

use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::text;
use monowheel_error::text::reason_lines;
use monowheel_error::wrapping::wrapped;

use crate::cli::screen::FAINT;

/// The indent of a line that goes on.
const INDENT: usize = 4;

/// A label and what it labels; the rest of it is below its beginning.
pub(super) fn labelled(label: &TerminalText, said: &str, width: Option<usize>) -> TerminalText {
    let Some(width) = width else { return text!("{} {}\n", label, lines(said)) };
    let indent = label.plain().chars().count() + 1;
    let broken = reason_lines(said).flat_map(|line| wrapped(&line, width.saturating_sub(indent)));
    broken
        .enumerate()
        .map(|(at, line)| match at {
            0 => text!("{} {}\n", label, line),
            _ => text!("{:indent$}{}\n", "", line),
        })
        .collect()
}

/// Less important text; from its second line on it is indented.
pub(super) fn faint(said: &TerminalText, width: Option<usize>) -> TerminalText {
    let Some(width) = width else { return FAINT.paint(said).line() };
    let broken = wrapped(&said.plain(), width.saturating_sub(INDENT));
    broken
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let indent = if at == 0 { 0 } else { INDENT };
            FAINT.paint(text!("{:indent$}{}", "", line)).line()
        })
        .collect()
}
