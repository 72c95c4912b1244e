//! New projects and additions to existing ones, for a terminal.

use crate::cli::release::report::painted;
use monowheel_audit::report::text::{Ink, Text};
use monowheel_author::scaffold::file::{Seen, State};
use monowheel_author::scaffold::init::{Init, Kind};
use monowheel_author::scaffold::new::{Folder, New};
use monowheel_author::scaffold::template::Entry;
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::count;

/// How many lines of a diff are shown without --verbose.
const SHORT: usize = 12;

/// The files of a new project, and their state.
#[must_use]
pub(crate) fn render(new: &New, how: Text) -> TerminalText {
    let about = format!("template {}, CPython {} and later", new.template, new.floor);
    let mut text = text!("{} in {}\n", how.paint(Ink::Strong, &new.name), new.folder);
    text += text!("  {}\n", how.paint(Ink::Faint, &about));
    text += files(&new.files, new.state == Folder::Taken, new.written, how);
    for note in &new.notes {
        text += text!("{} {}\n", how.paint(Ink::Warn, "note:"), note);
    }
    match (new.state, new.written) {
        (Folder::Free, true) => {
            let also = if new.repository { ", and a git repository created" } else { "" };
            text += text!("{}{}\n", how.paint(Ink::Good, text!("{} written", count(new.files.len(), "file"))), also);
            text += commands(&new.next, how);
        }
        (Folder::Free, false) => text += text!("nothing was written\n"),
        (Folder::Same, _) => text += text!("{}\n", how.paint(Ink::Good, "everything exists already")),
        (Folder::Taken, _) => {}
    }
    text
}

/// What `init` adds to a project: each file, and the edits in it.
#[must_use]
pub(crate) fn lacking(init: &Init, how: Text) -> TerminalText {
    let kind = match init.kind {
        Kind::Crate => "a Rust crate, to become a Python package too",
        Kind::Python => "a Python project, to get a Rust extension",
        Kind::Complete => "a crate with PyO3",
    };
    let mut text = text!("{} in {}\n", how.paint(Ink::Strong, &init.name), init.folder);
    text += text!("  {}\n", how.paint(Ink::Faint, kind));
    text + files(&init.files, false, false, how)
}

/// The outcome.
#[must_use]
pub(crate) fn outcome(init: &Init, how: Text) -> TerminalText {
    if init.is_done() {
        return text!("{}\n", how.paint(Ink::Good, "nothing to do: everything exists already"));
    }
    let mut text = TerminalText::new();
    if !init.by_hand.is_empty() {
        text += text!("{}\n", how.paint(Ink::Strong, "by hand:"));
        text += init.by_hand.iter().map(|advice| text!("  {}\n", advice)).collect::<TerminalText>();
    }
    if init.written {
        let number = init.files.iter().filter(|file| file.state != State::Same).count();
        text += text!("{}\n", how.paint(Ink::Good, text!("{} written", count(number, "file"))));
        text += commands(&init.next, how);
    } else {
        text += text!("nothing was written\n");
    }
    text
}

/// A line for each file, and below it the diff.
fn files(files: &[Seen], compared: bool, written: bool, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for file in files {
        let (ink, word) = match file.state {
            State::Missing if written => (Ink::Good, "written"),
            State::Missing => (Ink::Good, if compared { "missing" } else { "new" }),
            State::Same => (Ink::Faint, "same"),
            State::Differs => (Ink::Bad, "differs"),
            State::Edited => (Ink::Warn, "to edit"),
        };
        let lines = how.paint(Ink::Faint, text!("({})", count(file.lines, "line")));
        text += text!("  {:8} {} {}\n", how.paint(ink, word), file.path, lines);
        if file.state == State::Edited || file.state == State::Differs {
            text += shortened(&file.diff, file.state == State::Edited, how);
        }
    }
    text
}

/// A diff, shortened if nothing is written.
fn shortened(diff: &str, whole: bool, how: Text) -> TerminalText {
    let lines = diff.lines().count();
    if whole || how.details || lines <= SHORT + 1 {
        return painted(diff, how);
    }
    let head: String = diff.split_inclusive('\n').take(SHORT).collect();
    let rest = format!("… {} more (--verbose shows them)", count(lines - SHORT, "line"));
    painted(&head, how) + text!("{}\n", how.paint(Ink::Faint, &rest))
}

/// The next steps, one command per line.
fn commands(commands: &[String], how: Text) -> TerminalText {
    let lines = commands.iter().map(|command| text!("  {}\n", command));
    text!("{}\n", how.paint(Ink::Strong, "next:")) + lines.collect()
}

/// The templates: one line each.
#[must_use]
pub(crate) fn templates(entries: &[Entry], how: Text) -> TerminalText {
    let wide = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    let mut text = TerminalText::new();
    for entry in entries {
        let mut about = format!("CPython {} and later", entry.floor);
        if entry.default {
            about += ", the default";
        }
        let about = how.paint(Ink::Faint, text!("({})", about));
        text += text!("{:wide$}  {} {}\n", entry.name, entry.summary, about);
    }
    text
}
