//! The report for people in a terminal: by rule, errors first, with the fix; then the map; then the verdict.

use std::collections::{HashMap, HashSet};

pub use monowheel_error::terminal::Ink;
use monowheel_error::terminal::{Shown, TerminalText};
use monowheel_error::text;
use monowheel_error::text::{bytes, count, harmless, reason_lines};
use monowheel_error::wrapping::wrapped;

use crate::finding::{Finding, Severity};
use crate::report::grid::Grid;
use crate::report::grouped::{self, GroupBy};
use crate::report::groups::{self, Group};
use crate::report::test_report::{is_bad, tally};
use crate::report::words::interpreter;
use crate::report::{Item, Kind, SetReport, View};
use crate::rule::page;
use crate::set::Coverage;

/// Clean files beyond this number are counted, not listed.
const CLEAN_SHOWN: usize = 20;
/// Maximum number of causes per rule, and of places per cause, without details.
const CAUSES_SHOWN: usize = 5;
const PLACES_SHOWN: usize = 3;
/// With more releases than this, their maps are only in the HTML page.
const MAPS_SHOWN: usize = 3;

/// Options of the text format.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text {
    /// With ANSI colors; names in the report cannot add escapes.
    pub colours: bool,
    /// With every detail of a finding, ignored findings, and every clean file.
    pub details: bool,
    /// The lowest severity that is listed; lower ones are counted. Warnings by default, without details.
    pub min_severity: Option<Severity>,
    /// The verdict only.
    pub quiet: bool,
    /// How the findings on sources are grouped; one by one, worst first, by default.
    pub group_by: Option<GroupBy>,
    /// The width of the terminal that shows it; without one, lines have their natural length.
    pub width: Option<usize>,
}

impl Text {
    /// The text in a color, if colors are enabled.
    #[must_use]
    pub fn paint(self, ink: Ink, text: impl Shown) -> TerminalText {
        if self.colours { ink.paint(text) } else { text!("{}", text) }
    }

    /// The lowest severity that is listed.
    fn mildest(self) -> Severity {
        self.min_severity.unwrap_or(if self.details { Severity::Note } else { Severity::Warning })
    }

    /// Whether a finding on sources is listed.
    pub(super) fn lists(self, finding: &Finding) -> bool {
        self.min_severity.is_none_or(|mildest| finding.severity >= mildest)
    }

    /// A rule's id, which leads to its documentation.
    pub(super) fn rule(self, id: &str) -> TerminalText {
        let text = self.paint(Ink::Strong, id);
        if self.colours { text.linked(&page(id)) } else { text }
    }

    pub(super) fn severity(self, severity: Severity) -> TerminalText {
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
    if how.quiet {
        return text + report_end(report, how);
    }
    if report.items.iter().any(|item| item.kind == Kind::Project) {
        text += by_item(report, how);
    } else {
        text += by_rule(report, how);
    }
    text += clean(report, how);
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
        let title = text!("could not check {}", failure.place);
        text += text!("{}\n", how.paint(Ink::Bad, title));
        for line in reason_lines(&failure.why) {
            text += text!("  {}\n", line);
        }
        text += text!("\n");
    }
    text + report_end(report, how)
}

/// Ignores that match nothing, and the verdict.
fn report_end(report: &View<'_>, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
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

/// The findings of a project's files, one by one, since each has its line.
fn by_item(report: &View<'_>, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    for item in report.items.iter().filter(|item| !is_clean(item, how)) {
        text += head(item, how);
        text += match how.group_by {
            Some(by) => grouped::render(item.findings, by, how),
            None => findings(item.findings, how),
        };
        text += ignored(item, how);
        text += text!("\n");
    }
    text
}

/// The findings of all wheels, by rule and cause; those not listed are counted.
fn by_rule(report: &View<'_>, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    let groups = groups::of(report);
    let (listed, counted): (Vec<_>, Vec<_>) = groups.iter().partition(|group| group.severity >= how.mildest());
    for group in listed {
        text += self::group(group, how);
    }
    if !counted.is_empty() {
        let rules: Vec<String> = counted.iter().map(|group| format!("{} ({})", group.rule, group.extent())).collect();
        let number = counted.iter().map(|group| group.findings()).sum();
        let thing = if counted.iter().all(|group| group.severity == Severity::Note) {
            "note"
        } else {
            "lower-severity finding"
        };
        text += how.paint(Ink::Faint, text!("{} not listed: {}", count(number, thing), rules.join(", "))).line();
        text += how.paint(Ink::Faint, "  use -v or --min-severity note to list them").line();
        text += text!("\n");
    }
    if how.details {
        for item in &report.items {
            text += ignored(item, how);
        }
    }
    text
}

/// One rule: its messages, places and fixes.
fn group(group: &Group<'_>, how: Text) -> TerminalText {
    let (causes, places) = if how.details { (usize::MAX, usize::MAX) } else { (CAUSES_SHOWN, PLACES_SHOWN) };
    let mut text = text!("{} {}: {}\n", how.severity(group.severity), how.rule(group.rule), group.extent());
    let mut last_fix = None;
    for cause in group.causes.iter().take(causes) {
        text += text!("  {}\n", cause.finding.message);
        let (shown, more) = cause.places(places, group.is_of_one());
        for place in shown {
            text += text!("    in {}\n", place);
        }
        if more > 0 {
            text += text!("    and {} more\n", more);
        }
        if how.details {
            for detail in &cause.finding.details {
                text += how.paint(Ink::Faint, text!("    - {}", detail)).line();
            }
        }
        if let Some(fix) = cause.finding.fix.as_ref().filter(|fix| last_fix != Some(*fix)) {
            text += text!("  {} {}\n", how.paint(Ink::Good, "fix:"), fix);
            last_fix = Some(fix);
        }
    }
    let left = group.causes.len().saturating_sub(causes);
    if left > 0 {
        text += text!("  and {} more (-v lists them)\n", count(left, "cause"));
    }
    text += text!("\n");
    text
}

fn is_clean(item: &Item<'_>, how: Text) -> bool {
    item.findings.is_empty() && (item.ignored.is_empty() || !how.details)
}

/// The files without findings.
fn clean(report: &View<'_>, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    let clean: Vec<_> = report.items.iter().filter(|item| is_clean(item, how)).collect();
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
    text
}

fn ignored(item: &Item<'_>, how: Text) -> TerminalText {
    let mut text = TerminalText::new();
    if how.details {
        for ignored in item.ignored {
            let line = text!("  ignored {}: {}", ignored.finding.rule, ignored.reason);
            text += how.paint(Ink::Faint, line).line();
        }
    }
    text
}

fn head(item: &Item<'_>, how: Text) -> TerminalText {
    let size = how.paint(Ink::Faint, text!("({})", bytes(item.size)));
    text!("{} {}\n", how.paint(Ink::Strong, item.place), size)
}

fn findings(findings: &[Finding], how: Text) -> TerminalText {
    // The engine sorts them; a report built by hand may not be sorted.
    let mut sorted: Vec<&Finding> = findings.iter().filter(|finding| how.lists(finding)).collect();
    sorted.sort_by_key(|found| std::cmp::Reverse(found.severity));
    let mut text = TerminalText::new();
    for finding in sorted {
        text += text!("  {} {}", how.severity(finding.severity), how.rule(&finding.rule));
        let place = finding.place.to_string();
        if !place.is_empty() {
            text += text!(" in {}", place);
        }
        text += text!("\n    {}\n", finding.message);
        text += grouped::rest(finding, "    ", how);
    }
    text
}

fn set(set: &SetReport, broken: &HashSet<&str>, with_map: bool, how: Text) -> TerminalText {
    let with_map = with_map && !set.coverage.rows.is_empty();
    if !with_map {
        return TerminalText::new();
    }
    let title = text!("{}, {}", set.name, count(set.wheels.len(), "wheel"));
    let mut text = text!("{}\n", how.paint(Ink::Strong, title));
    text += text!("  wheel that an installer selects:\n");
    text += map(&set.coverage, broken, how);
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
    let cell = |wheel: &Option<String>| match wheel {
        None => ("-".to_owned(), Ink::Faint),
        Some(wheel) => {
            let number = numbers.get(wheel.as_str()).copied().unwrap_or_default();
            let is_broken = broken.contains(wheel.as_str());
            (format!("{number}{}", if is_broken { "!" } else { "" }), if is_broken { Ink::Bad } else { Ink::Good })
        }
    };
    let rows = coverage.rows.iter();
    let grid = Grid {
        interpreters: coverage.pythons.iter().map(interpreter).collect(),
        least: 4,
        rows: rows.map(|row| (harmless(&row.platform).into_owned(), row.wheels.iter().map(cell).collect())).collect(),
    };
    let mut text = grid.text(how);
    for (at, wheel) in legend.iter().enumerate() {
        let mark = if broken.contains(wheel) { "  (! it has errors)" } else { "" };
        text += numbered(at + 1, &harmless(wheel), mark, how);
    }
    text
}

/// A line of the legend; where the terminal is too narrow for it, the rest of the name is below.
fn numbered(number: usize, wheel: &str, mark: &str, how: Text) -> TerminalText {
    let room = how.width.map_or(usize::MAX, |width| width.saturating_sub(6));
    if wheel.chars().count() + mark.len() <= room {
        return text!("  {:>2}  {}{}\n", number, wheel, mark);
    }
    let mark = Some(mark.trim_start()).filter(|mark| !mark.is_empty()).map(str::to_owned);
    let lines = wrapped(wheel, room).into_iter().chain(mark).enumerate();
    lines
        .map(|(at, line)| match at {
            0 => text!("  {:>2}  {}\n", number, line),
            _ => text!("      {}\n", line),
        })
        .collect()
}
