//! A publication for a terminal: each file and how it stands, then the outcome in one line.

use monowheel_audit::report::test_report;
use monowheel_audit::report::text::{Ink, Text};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::{count, reason_lines};
use monowheel_release::publish::rehearse::Rehearsal;
use monowheel_release::publish::{Outcome, Report, State};

/// The outcome; before it each file, unless all is well and nobody wants to see them.
#[must_use]
pub(crate) fn render(report: &Report, how: Text) -> TerminalText {
    let listed =
        if report.outcome == Outcome::Published && !how.details { notes(report, how) } else { files(report, how) };
    listed + verdict(report, how).line()
}

/// Each file and how it stands, and what is to be known.
#[must_use]
pub(crate) fn files(report: &Report, how: Text) -> TerminalText {
    let wide = report.files.iter().map(|step| step.file.file.chars().count()).max().unwrap_or(0);
    let mut text = TerminalText::new();
    for step in &report.files {
        let (ink, word) = match step.state {
            State::Upload => (Ink::Strong, "upload"),
            State::There => (Ink::Faint, "there"),
            State::Served => (Ink::Good, "served"),
            State::Conflict => (Ink::Bad, "CONFLICT"),
            State::Missing => (Ink::Bad, "MISSING"),
            State::Differs => (Ink::Bad, "DIFFERS"),
        };
        let size = format!("{:>8} KiB", step.file.size.div_ceil(1024));
        text += text!("{} {:wide$} {}\n", how.paint(ink, text!("{:8}", word)), step.file.file, size);
        for line in step.said.iter().flat_map(|said| reason_lines(said)) {
            text += text!("{:9}{}\n", "", line);
        }
    }
    text + notes(report, how)
}

fn notes(report: &Report, how: Text) -> TerminalText {
    let lines = report.notes.iter().flat_map(|note| reason_lines(note));
    lines.map(|line| text!("{} {}\n", how.paint(Ink::Warn, "note:"), line)).collect()
}

/// The outcome in one line, and the next step where it is no good one.
#[must_use]
pub(crate) fn verdict(report: &Report, how: Text) -> TerminalText {
    let release = text!("{} {}", report.name, report.version);
    let (all, index) = (count(report.files.len(), "file"), &report.index);
    let next = |step: &str| text!("\n{} {}", how.paint(Ink::Strong, "next:"), step);
    match report.outcome {
        Outcome::Planned => {
            let (new, there) = (report.number(State::Upload), report.number(State::There));
            text!("{} to {}: {} to upload, {} there already", release, index, count(new, "file"), there)
        }
        Outcome::Published => {
            let attested = if report.attested > 0 { ", with attestations" } else { "" };
            let sent = match report.uploaded {
                0 => "nothing had to be sent".to_owned(),
                sent => format!("{} sent in this run{attested}", count(sent, "file")),
            };
            text!(
                "{} {}: {} serves {}, byte for byte; {}",
                how.paint(Ink::Good, "published"),
                release,
                index,
                all,
                sent
            )
        }
        Outcome::Conflict => {
            let conflicts = count(report.number(State::Conflict), "file");
            text!("{} {}: {} cannot be published on {}", how.paint(Ink::Bad, "stopped"), release, conflicts, index)
                + next("what is out stays as it is: release the next version, or build these bytes again")
        }
        Outcome::Different => {
            let wrong = report.number(State::Differs) + report.number(State::Missing);
            let wrong = count(wrong, "file");
            text!(
                "{} {}: {} of {} on {} not as in the set",
                how.paint(Ink::Bad, "different"),
                release,
                wrong,
                all,
                index
            ) + next(if report.number(State::Differs) > 0 {
                "yank the release and tell the index's administrators: somebody changed what you sent"
            } else {
                "run the same command again in some minutes: it looks again, and sends what lacks"
            })
        }
    }
}

/// The rehearsal: the fault, the publication, the installation, and the outcome.
#[must_use]
pub(crate) fn rehearsal(rehearsal: &Rehearsal, how: Text) -> TerminalText {
    let mut text = render(&rehearsal.publication, how);
    if let Some(hit) = &rehearsal.fault {
        let there = count(hit.there, "file");
        text += text!(
            "{} {}: {} there after it, and nothing was lost\n",
            how.paint(Ink::Warn, "survived"),
            hit.fault,
            there
        );
    }
    if let Some(installation) = &rehearsal.installation {
        if how.details {
            text += crate::cli::test::report::render(installation, how);
        } else {
            let ink = if test_report::is_bad(installation) { Ink::Bad } else { Ink::Good };
            text += text!("{} {}\n", how.paint(ink, "installed from it:"), test_report::tally(installation));
        }
    }
    text
}
