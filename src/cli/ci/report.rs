//! The workflows for a terminal: what changes in them, where wheels are run, and the state of each file.

use monowheel_release::ci::drift::{State, Written};
use monowheel_release::ci::plan::LeftOut;

use crate::cli::release::report::painted;
use monowheel_audit::report::text::{Ink, Text};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::count;

/// Unified diffs of the changes; of new files only with `new` or in verbose mode.
#[must_use]
pub(crate) fn diffs(written: &Written, how: Text, new: bool) -> TerminalText {
    let is_shown = |state: State| new || how.details || state != State::Absent;
    written.files.iter().filter(|file| is_shown(file.state)).map(|file| painted(&file.diff, how)).collect()
}

/// Where the wheels are run, and the state of the files.
#[must_use]
pub(crate) fn render(written: &Written, how: Text) -> TerminalText {
    let plan = &written.plan;
    let name = |machine: &monowheel_release::ci::plan::Machine| machine.name.chars().count();
    let wide = plan.machines.iter().map(name).max().unwrap_or(0);
    let mut text = text!("wheels of {} are tested on\n", plan.name);
    for machine in &plan.machines {
        let label = if machine.label.is_empty() { String::new() } else { format!(" ({})", machine.label) };
        text += text!("  {:wide$}  {}{}\n", machine.name, machine.pythons.join(" "), how.paint(Ink::Faint, &label));
        text += left_out(&machine.left_out, wide + 4, how);
    }
    text += left_out(&plan.left_out, 2, how);
    if !plan.untested.is_empty() {
        let targets = plan.untested.join(", ");
        text += text!("  {} {}: no runner can run them\n", how.paint(Ink::Warn, "not tested:"), targets);
    }
    for file in &written.files {
        let (ink, word) = match (file.state, written.written) {
            (State::Same, _) => (Ink::Good, "up to date"),
            (State::Stale, _) => (Ink::Warn, "no longer used: delete it"),
            (_, true) => (Ink::Good, "written"),
            (State::Absent, false) => (Ink::Bad, "missing"),
            (State::Drifted, false) => (Ink::Bad, "drifted"),
            (State::Foreign, false) => (Ink::Bad, "not written by monowheel for this project"),
        };
        let lines = if file.lines == 0 { String::new() } else { format!(" ({})", count(file.lines, "line")) };
        text += text!("{}: {}{}\n", file.path, how.paint(ink, word), how.paint(Ink::Faint, &lines));
    }
    if !written.same && !written.written {
        let command = format!("monowheel ci {}", written.provider.word());
        text += text!("{} {}\n", how.paint(Ink::Strong, "next:"), command);
    }
    text
}

/// One line per reason.
fn left_out(items: &[LeftOut], indent: usize, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for group in items.chunk_by(|one, other| one.reason == other.reason) {
        let pythons: Vec<&str> = group.iter().map(|item| item.python.as_str()).collect();
        let reason = group.first().map_or("", |item| item.reason.as_str());
        let line = format!("without {}: {reason}", pythons.join(", "));
        text += text!("{:indent$}{}\n", "", how.paint(Ink::Faint, &line));
    }
    text
}
