//! The report for people in a terminal: by file and severity, with the fix; then the map; then the verdict.

use std::collections::{HashMap, HashSet};

pub use monowheel_error::terminal::Ink;
use monowheel_error::terminal::{Shown, TerminalText};
use monowheel_error::text;
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

impl Text {
    /// The text in a color, where colors are wanted.
    #[must_use]
    pub fn paint(self, ink: Ink, text: impl Shown) -> TerminalText {
        if self.colours { ink.paint(text) } else { text!("{}", text) }
    }

    fn severity(self, severity: Severity) -> TerminalText {
        let ink = match severity {
            Severity::Error => Ink::Bad,
            Severity::Warning => Ink::Warn,
            Severity::Note => Ink::Faint,
        };
        self.paint(ink, severity.word())
    }
}

/// The report as lines of text.
pub(super) fn render(report: &View<'_>, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    let (clean, others): (Vec<_>, Vec<_>) =
        report.items.iter().partition(|item| item.findings.is_empty() && (item.ignored.is_empty() || !how.details));
    for item in others {
        text += head(item, how);
        text += findings(item.findings, how);
        if how.details {
            for ignored in item.ignored {
                let line = text!("  ignored {}: {}", ignored.finding.rule, ignored.reason);
                text += how.paint(Ink::Faint, line).line();
            }
        }
        text += text!("\n");
    }
    if clean.len() <= CLEAN_SHOWN || how.details {
        for item in &clean {
            text += text!("{} {}", how.paint(Ink::Good, "clean"), head(item, how));
        }
    } else {
        text += text!("{} {}\n", how.paint(Ink::Good, "clean"), count(clean.len(), "more file"));
    }
    if !clean.is_empty() {
        text += text!("\n");
    }
    let broken: HashSet<&str> = report.broken().collect();
    let with_maps = how.details || report.sets.len() <= MAPS_SHOWN;
    for set in report.sets {
        text += self::set(set, &broken, with_maps, how);
    }
    for proof in report.proofs {
        let on = format!("run by monowheel test: {}", tally(proof));
        text += text!("{}\n\n", how.paint(if is_bad(proof) { Ink::Bad } else { Ink::Good }, on));
    }
    for failure in report.failures {
        let title = text!("could not look at {}", failure.place);
        text += text!("{}\n", how.paint(Ink::Bad, title));
        for line in reason_lines(&failure.why) {
            text += text!("  {}\n", line);
        }
        text += text!("\n");
    }
    for ignore in report.unused_ignores {
        let path = ignore.path.as_deref().map(|path| format!(" in {path}")).unwrap_or_default();
        let line = format!("nothing matches the ignore of {}{path} ({})", ignore.rule, ignore.reason);
        text += text!("{} {}\n", how.paint(Ink::Warn, "unused"), line);
    }
    let ink = match report.counts.worst() {
        _ if !report.failures.is_empty() => Ink::Bad,
        Some(Severity::Error) => Ink::Bad,
        Some(Severity::Warning) => Ink::Warn,
        _ => Ink::Good,
    };
    text + how.paint(ink, report.verdict()).line()
}

fn head(item: &Item<'_>, how: Text) -> TerminalText {
    let size = how.paint(Ink::Faint, text!("({})", bytes(item.size)));
    text!("{} {}\n", how.paint(Ink::Strong, item.place), size)
}

fn findings(findings: &[Finding], how: Text) -> TerminalText {
    // The engine sorts them; a report that was made by hand need not be.
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|found| std::cmp::Reverse(found.severity));
    let mut text = TerminalText::new();
    for finding in sorted {
        text += text!("  {} {}", how.severity(finding.severity), how.paint(Ink::Strong, &finding.rule));
        let place = finding.place.to_string();
        if !place.is_empty() {
            text += text!(" in {}", place);
        }
        text += text!("\n    {}\n", finding.message);
        if how.details {
            for detail in &finding.details {
                text += how.paint(Ink::Faint, text!("    - {}", detail)).line();
            }
        }
        if let Some(fix) = &finding.fix {
            text += text!("    {} {}\n", how.paint(Ink::Good, "fix:"), fix);
        }
    }
    text
}

fn set(set: &SetReport, broken: &HashSet<&str>, with_map: bool, how: Text) -> TerminalText {
    let with_map = with_map && !set.coverage.rows.is_empty();
    if set.findings.is_empty() && !with_map {
        return TerminalText::new();
    }
    let title = text!("{}, {}", set.name, count(set.wheels.len(), "wheel"));
    let mut text = text!("{}\n{}", how.paint(Ink::Strong, title), findings(&set.findings, how));
    if with_map {
        text += text!("  which wheel an installer takes:\n");
        text += map(&set.coverage, broken, how);
    }
    text += text!("\n");
    text
}

/// The coverage map: a row for each platform, a column for each interpreter, a number for each wheel.
pub fn map(coverage: &Coverage, broken: &HashSet<&str>, how: Text) -> TerminalText {
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
    let mut text = text!("  {:wide$}", "");
    for python in &pythons {
        let width = column(python);
        text += text!("  {:>width$}", python);
    }
    text = text.trimmed().line();
    for (row, platform) in coverage.rows.iter().zip(&platforms) {
        text += text!("  {:wide$}", platform);
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
            let width = column(python);
            text += text!("  {}", how.paint(ink, text!("{:>width$}", cell)));
        }
        text += text!("\n");
    }
    for (at, wheel) in legend.iter().enumerate() {
        let mark = if broken.contains(wheel) { "  (! it has errors)" } else { "" };
        text += text!("  {:>2}  {}{}\n", at + 1, wheel, mark);
    }
    text
}
