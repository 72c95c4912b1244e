//! A lock for a terminal: how many wheels cover how many platforms, the map of interpreters, and missing requirements;
//! and the result of checking an existing lock.

use std::collections::{BTreeSet, HashSet};

use monowheel_audit::report::text::{Ink, Text, map};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text;
use monowheel_error::text::count;
use monowheel_release::pin::check::{Checked, Report};
use monowheel_release::pin::{Pinned, Release, Source};
use monowheel_system::exec::quoted;

/// What was pinned, as lines of text.
#[must_use]
pub fn render(pinned: &Pinned, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for release in &pinned.releases {
        let title = format!("{} {}", release.name, release.version);
        text += text!("{} from {}\n", how.paint(Ink::Strong, &title), release.from);
        let (ink, said) = served(release);
        text += text!("  {}\n", how.paint(ink, &said));
        for publisher in &release.publishers {
            text += text!("  published by {}\n", publisher);
        }
        text += text!("  which wheel installers select:\n");
        text += map(&release.coverage, &HashSet::new(), how);
        text += text!("\n");
    }
    for note in &pinned.notes {
        text += text!("{} {}\n", how.paint(Ink::Warn, "note:"), note);
    }
    text + needs(pinned, how)
}

/// How well one wheel per platform covers every Python, in one sentence.
fn served(release: &Release) -> (Ink, String) {
    let (wheels, rows) = (release.wheels.len(), &release.coverage.rows);
    let platforms = count(rows.len(), "platform");
    let of_row = |row: &monowheel_audit::set::CoverageRow| row.wheels.iter().flatten().collect::<BTreeSet<_>>().len();
    let most = rows.iter().map(of_row).max().unwrap_or(0);
    let wheels_said = count(wheels, "wheel");
    match (release.for_one_python, most) {
        (0, 0 | 1) => (Ink::Good, format!("one wheel for each platform: {wheels_said} for {platforms}")),
        (0, _) => {
            (Ink::Good, format!("{wheels_said} for {platforms}: at most {most} per platform, none for only one Python"))
        }
        (some, _) => (
            Ink::Warn,
            format!(
                "more than one wheel per platform: {wheels_said} for {platforms}, up to {most} per platform; {some} of them \
                 for only one Python"
            ),
        ),
    }
}

/// The requirements that must be pinned as well, and how.
fn needs(pinned: &Pinned, how: Text) -> TerminalText {
    if pinned.needs.is_empty() {
        return TerminalText::new();
    }
    let names = pinned.needs.join(", ");
    let releases: Vec<String> =
        pinned.releases.iter().map(|release| quoted(format!("{}=={}", release.name, release.version))).collect();
    let links: Vec<String> = pinned
        .releases
        .iter()
        .filter_map(|release| match &release.from {
            Source::Folder(folder) => Some(format!(" --find-links {}", quoted(folder))),
            _ => None,
        })
        .collect();
    let links: BTreeSet<String> = links.into_iter().collect();
    let links: String = links.into_iter().collect();
    text!(
        "{} required but not pinned: {}\n      with --require-hashes, pip needs these pinned too\nnext: printf '%s\\n' {} | \
         uv pip compile --generate-hashes{} -\n",
        how.paint(Ink::Warn, "note:"),
        names,
        releases.join(" "),
        links
    )
}

/// The result of checking a lock, as lines of text.
#[must_use]
pub fn render_check(report: &Report, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for release in &report.releases {
        text += checked(release, how);
    }
    for note in &report.notes {
        text += text!("{} {}\n", how.paint(Ink::Faint, "note:"), note);
    }
    let file = report.file.display();
    let failing = report.releases.iter().filter(|release| !release.findings.is_empty()).count();
    let verdict = if report.holds {
        let releases = count(report.releases.len(), "release");
        text!("{} {}: {}", how.paint(Ink::Good, "valid"), file, releases)
    } else {
        let of = format!("{failing} of {}", count(report.releases.len(), "release"));
        text!("{} {}: {}", how.paint(Ink::Bad, "not valid"), file, of)
    };
    text + verdict.line()
}

fn checked(release: &Checked, how: Text) -> TerminalText {
    let title = format!("{}{}", release.name, release.version);
    if release.findings.is_empty() {
        let said = format!("{title}, {}", count(release.files, "file"));
        let word = how.paint(Ink::Good, "ok     ");
        return text!("{} {}\n", word, said);
    }
    let said = format!("{title}, from {}", release.from);
    let mut text = text!("{} {}\n", how.paint(Ink::Bad, "CHANGED"), said);
    for finding in &release.findings {
        text += text!("  {}\n", finding.message);
        if finding.files.len() > 1 || how.details {
            for file in &finding.files {
                text += text!("    {}\n", how.paint(Ink::Faint, file));
            }
        }
        text += text!("  {} {}\n", how.paint(Ink::Strong, "next:"), finding.next);
    }
    text
}
