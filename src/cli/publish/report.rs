//! A publication for a terminal: the state of each file, then the outcome in one line.

use monowheel_audit::report::test_report;
use monowheel_audit::report::text::{Ink, Text};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::{count, reason_lines};
use monowheel_release::publish::rehearse::Rehearsal;
use monowheel_release::publish::{Outcome, Report, State};

/// The outcome; before it each file, unless everything succeeded and --verbose is off.
#[must_use]
pub(crate) fn render(report: &Report, how: Text) -> TerminalText {
    let listed =
        if report.outcome == Outcome::Published && !how.details { notes(report, how) } else { files(report, how) };
    listed + verdict(report, how).line()
}

/// The state of each file, and notes.
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

/// The outcome in one line, and the next step if it is not a success.
#[must_use]
pub(crate) fn verdict(report: &Report, how: Text) -> TerminalText {
    let release = text!("{} {}", report.name, report.version);
    let (all, index) = (count(report.files.len(), "file"), &report.index);
    let next = |step: &str| text!("\n{} {}", how.paint(Ink::Strong, "next:"), step);
    match report.outcome {
        Outcome::Planned => {
            let (new, there) = (report.number(State::Upload), report.number(State::There));
            text!("{} to {}: {} to upload, {} already there", release, index, count(new, "file"), there)
        }
        Outcome::Published => {
            let attested = if report.attested > 0 { ", with attestations" } else { "" };
            let sent = match report.uploaded {
                0 => "nothing to upload".to_owned(),
                sent => format!("{} uploaded in this run{attested}", count(sent, "file")),
            };
            text!(
                "{} {}: {} serves {}, all byte-identical; {}",
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
                + next(
                    "published files cannot be replaced: release a new version, or rebuild exactly the published files",
                )
        }
        Outcome::Different => {
            let wrong = report.number(State::Differs) + report.number(State::Missing);
            let wrong = count(wrong, "file");
            text!("{} {}: {} of {} on {} not as in dist/", how.paint(Ink::Bad, "different"), release, wrong, all, index)
                + next(if report.number(State::Differs) > 0 {
                    "yank the release and report it to the index's administrators: the index serves files that you did not upload"
                } else {
                    "run the same command again in a few minutes: it checks again and uploads what is missing"
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
            "{} {}: {} were already uploaded, and nothing was lost\n",
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
