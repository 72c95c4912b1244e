//! A pin for a terminal: how many wheels serve how many platforms, the map, and what is needed beside them; and what
//! of a pinned file does not hold any more.

use std::collections::{BTreeSet, HashSet};

pub use monowheel_audit::report::text::{Ink, Text, map};
use monowheel_error::text::{count, harmless};
use monowheel_release::pin::check::{Checked, Report};
use monowheel_release::pin::{Pinned, Release, Source};
use monowheel_system::exec::quoted;

/// What was pinned, as lines of text.
#[must_use]
pub fn render(pinned: &Pinned, how: Text) -> String {
    let mut text = String::new();
    for release in &pinned.releases {
        let title = format!("{} {}", release.name, release.version);
        text +=
            &format!("{} from {}\n", how.paint(Ink::Strong, &harmless(&title)), harmless(&release.from.to_string()));
        let (ink, said) = served(release);
        text += &format!("  {}\n", how.paint(ink, &harmless(&said)));
        text += "  which wheel an installer takes:\n";
        text += &map(&release.coverage, &HashSet::new(), how);
        text.push('\n');
    }
    for note in &pinned.notes {
        text += &format!("{} {}\n", how.paint(Ink::Warn, "note:"), harmless(note));
    }
    text + &needs(pinned, how)
}

/// How well one pin serves every Python, in a sentence.
fn served(release: &Release) -> (Ink, String) {
    let (wheels, rows) = (release.wheels.len(), &release.coverage.rows);
    let platforms = count(rows.len(), "platform");
    let of_row = |row: &monowheel_audit::set::CoverageRow| row.wheels.iter().flatten().collect::<BTreeSet<_>>().len();
    let most = rows.iter().map(of_row).max().unwrap_or(0);
    let wheels_said = count(wheels, "wheel");
    match (release.for_one_python, most) {
        (0, 0 | 1) => (Ink::Good, format!("one wheel for each platform: {wheels_said} for {platforms}")),
        (0, _) => (
            Ink::Good,
            format!("{wheels_said} for {platforms}: at most {most} on one, none of them for one Python alone"),
        ),
        (some, _) => (
            Ink::Warn,
            format!(
                "not one wheel for each platform: {wheels_said} for {platforms}, up to {most} on one; {some} of them \
                 for one Python alone"
            ),
        ),
    }
}

/// What has to be pinned as well, and how.
fn needs(pinned: &Pinned, how: Text) -> String {
    if pinned.needs.is_empty() {
        return String::new();
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
    format!(
        "{} not pinned, and needed: {}\n      with --require-hashes pip wants these pinned too\nnext: printf '%s\\n' {} | \
         uv pip compile --generate-hashes{} -\n",
        how.paint(Ink::Warn, "note:"),
        harmless(&names),
        harmless(&releases.join(" ")),
        harmless(&links)
    )
}

/// Whether a pinned file holds, as lines of text.
#[must_use]
pub fn render_check(report: &Report, how: Text) -> String {
    let mut text = String::new();
    for release in &report.releases {
        text += &checked(release, how);
    }
    for note in &report.notes {
        text += &format!("{} {}\n", how.paint(Ink::Faint, "note:"), harmless(note));
    }
    let file = report.file.display().to_string();
    let failing = report.releases.iter().filter(|release| !release.findings.is_empty()).count();
    let verdict = if report.holds {
        let releases = count(report.releases.len(), "release");
        format!("{} {}: {releases}", how.paint(Ink::Good, "holds"), harmless(&file))
    } else {
        let of = format!("{failing} of {}", count(report.releases.len(), "release"));
        format!("{} {}: {of}", how.paint(Ink::Bad, "does not hold"), harmless(&file))
    };
    text + &verdict + "\n"
}

fn checked(release: &Checked, how: Text) -> String {
    let title = format!("{}{}", release.name, release.version);
    if release.findings.is_empty() {
        let said = format!("{title}, {}", count(release.files, "file"));
        let word = how.paint(Ink::Good, "ok     ");
        return format!("{word} {}\n", harmless(&said));
    }
    let said = format!("{title}, from {}", release.from);
    let mut text = format!("{} {}\n", how.paint(Ink::Bad, "CHANGED"), harmless(&said));
    for finding in &release.findings {
        text += &format!("  {}\n", harmless(&finding.message));
        if finding.files.len() > 1 || how.details {
            for file in &finding.files {
                text += &format!("    {}\n", how.paint(Ink::Faint, &harmless(file)));
            }
        }
        text += &format!("  {} {}\n", how.paint(Ink::Strong, "next:"), harmless(&finding.next));
    }
    text
}
