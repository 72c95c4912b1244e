//! The report for people in a terminal: by file and severity, with the fix; then the map; then the verdict.

use std::collections::{HashMap, HashSet};

use monowheel_error::text::{bytes, count, harmless, reason_lines};

use crate::finding::{Finding, Severity};
use crate::report::test_report::{is_bad, tally};
use crate::report::words::interpreter;
use crate::report::{Item, SetReport, View};
use crate::set::Coverage;

/// More clean files than this are counted, not listed.
const CLEAN_SHOWN: usize = 20;
/// With more sets than this their maps are left to the page.
const MAPS_SHOWN: usize = 3;

/// How the form for people looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    /// With ANSI colours; no name in the report can add an escape of its own.
    pub colours: bool,
    /// With every name that belongs to a finding, what is ignored, and every clean file.
    pub details: bool,
}

/// The styles, as the parameters of ANSI's `SGR`.
#[derive(Clone, Copy)]
pub enum Ink {
    /// Errors.
    Bad,
    /// Warnings.
    Warn,
    /// What went well.
    Good,
    /// What may be passed over.
    Faint,
    /// Names and headings.
    Strong,
}

impl Text {
    /// The text in this ink, where colors are wanted.
    pub fn paint(self, ink: Ink, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match ink {
            Ink::Bad => "1;31",
            Ink::Warn => "33",
            Ink::Good => "32",
            Ink::Faint => "2",
            Ink::Strong => "1",
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }

    fn severity(self, severity: Severity) -> String {
        let ink = match severity {
            Severity::Error => Ink::Bad,
            Severity::Warning => Ink::Warn,
            Severity::Note => Ink::Faint,
        };
        self.paint(ink, severity.word())
    }
}

/// The report as lines of text.
pub(super) fn render(report: &View<'_>, how: Text) -> String {
    let mut text = String::new();
    let (clean, others): (Vec<_>, Vec<_>) =
        report.items.iter().partition(|item| item.findings.is_empty() && (item.ignored.is_empty() || !how.details));
    for item in others {
        text += &head(item, how);
        text += &findings(item.findings, how);
        if how.details {
            for ignored in item.ignored {
                let line = format!("  ignored {}: {}", ignored.finding.rule, harmless(&ignored.reason));
                text += &(how.paint(Ink::Faint, &line) + "\n");
            }
        }
        text.push('\n');
    }
    if clean.len() <= CLEAN_SHOWN || how.details {
        for item in &clean {
            text += &format!("{} {}", how.paint(Ink::Good, "clean"), head(item, how));
        }
    } else {
        text += &format!("{} {}\n", how.paint(Ink::Good, "clean"), count(clean.len(), "more file"));
    }
    if !clean.is_empty() {
        text.push('\n');
    }
    let broken: HashSet<&str> = report.broken().collect();
    let with_maps = how.details || report.sets.len() <= MAPS_SHOWN;
    for set in report.sets {
        text += &self::set(set, &broken, with_maps, how);
    }
    for proof in report.proofs {
        let on = format!("run by monowheel test: {}", tally(proof));
        text += &format!("{}\n\n", how.paint(if is_bad(proof) { Ink::Bad } else { Ink::Good }, &on));
    }
    for failure in report.failures {
        let title = format!("could not look at {}", harmless(&failure.place));
        text += &format!("{}\n", how.paint(Ink::Bad, &title));
        for line in reason_lines(&failure.why) {
            text += &format!("  {line}\n");
        }
        text.push('\n');
    }
    for ignore in report.unused_ignores {
        let path = ignore.path.as_deref().map(|path| format!(" in {path}")).unwrap_or_default();
        let line = format!("nothing matches the ignore of {}{path} ({})", ignore.rule, ignore.reason);
        text += &format!("{} {}\n", how.paint(Ink::Warn, "unused"), harmless(&line));
    }
    let ink = match report.counts.worst() {
        _ if !report.failures.is_empty() => Ink::Bad,
        Some(Severity::Error) => Ink::Bad,
        Some(Severity::Warning) => Ink::Warn,
        _ => Ink::Good,
    };
    text + &how.paint(ink, &report.verdict()) + "\n"
}

fn head(item: &Item<'_>, how: Text) -> String {
    let size = how.paint(Ink::Faint, &format!("({})", bytes(item.size)));
    format!("{} {size}\n", how.paint(Ink::Strong, &harmless(item.place)))
}

fn findings(findings: &[Finding], how: Text) -> String {
    // The engine sorts them; a report that was made by hand need not be.
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|found| std::cmp::Reverse(found.severity));
    let mut text = String::new();
    for finding in sorted {
        text += &format!("  {} {}", how.severity(finding.severity), how.paint(Ink::Strong, &finding.rule));
        let place = finding.place.to_string();
        if !place.is_empty() {
            text += &format!(" in {}", harmless(&place));
        }
        text += &format!("\n    {}\n", harmless(&finding.message));
        if how.details {
            for detail in &finding.details {
                text += &(how.paint(Ink::Faint, &format!("    - {}", harmless(detail))) + "\n");
            }
        }
        if let Some(fix) = &finding.fix {
            text += &format!("    {} {}\n", how.paint(Ink::Good, "fix:"), harmless(fix));
        }
    }
    text
}

fn set(set: &SetReport, broken: &HashSet<&str>, with_map: bool, how: Text) -> String {
    let with_map = with_map && !set.coverage.rows.is_empty();
    if set.findings.is_empty() && !with_map {
        return String::new();
    }
    let title = format!("{}, {}", harmless(&set.name), count(set.wheels.len(), "wheel"));
    let mut text = format!("{}\n{}", how.paint(Ink::Strong, &title), findings(&set.findings, how));
    if with_map {
        text += "  which wheel an installer takes:\n";
        text += &map(&set.coverage, broken, how);
    }
    text.push('\n');
    text
}

/// The coverage map: a row for each platform, a column for each interpreter, a number for each wheel.
pub fn map(coverage: &Coverage, broken: &HashSet<&str>, how: Text) -> String {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut legend: Vec<&str> = Vec::new();
    for wheel in coverage.rows.iter().flat_map(|row| &row.wheels).flatten() {
        numbers.entry(wheel).or_insert_with(|| {
            legend.push(wheel);
            legend.len()
        });
    }
    let pythons: Vec<String> = coverage.pythons.iter().map(interpreter).collect();
    let platforms: Vec<_> = coverage.rows.iter().map(|row| harmless(&row.platform)).collect();
    let wide = platforms.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let column = |python: &str| python.len().max(4);
    let mut text = format!("  {:wide$}", "");
    for python in &pythons {
        text += &format!("  {python:>width$}", width = column(python));
    }
    text = format!("{}\n", text.trim_end());
    for (row, platform) in coverage.rows.iter().zip(&platforms) {
        text += &format!("  {platform:wide$}");
        for (python, wheel) in pythons.iter().zip(&row.wheels) {
            let (cell, ink) = match wheel {
                None => ("-".to_owned(), Ink::Faint),
                Some(wheel) => {
                    let number = numbers.get(wheel.as_str()).copied().unwrap_or_default();
                    let is_broken = broken.contains(wheel.as_str());
                    (
                        format!("{number}{}", if is_broken { "!" } else { "" }),
                        if is_broken { Ink::Bad } else { Ink::Good },
                    )
                }
            };
            text += &format!("  {}", how.paint(ink, &format!("{cell:>width$}", width = column(python))));
        }
        text.push('\n');
    }
    for (at, wheel) in legend.iter().enumerate() {
        let mark = if broken.contains(wheel) { "  (! it has errors)" } else { "" };
        text += &format!("  {:>2}  {}{mark}\n", at + 1, harmless(wheel));
    }
    text
}
