//! What the doctor found, for a terminal: a line each, and where one is not well why it matters and what mends it.

use crate::doctor::{Mend, Report, State};
use crate::report::checks::{Line, lines};
use crate::report::json;
use crate::report::text::{Ink, Text};
use crate::report::words::{count, harmless};

impl Report {
    /// The checks as one JSON document, indented, with a final line break.
    #[must_use]
    pub fn json(&self) -> String {
        json::document(self)
    }
}

/// The checks as lines of text; with details, also why those matter that are well.
#[must_use]
pub fn render(report: &Report, how: Text) -> String {
    let checks = report.checks.iter().map(|check| {
        let explains = how.details || !check.state.is_well();
        let why = explains.then_some(("why", check.why));
        let mend = check.mend.as_ref().map(|mend| ("mend", mend.command.as_str()));
        Line {
            mark: match check.state {
                State::Ok => (Ink::Good, "ok"),
                State::Note => (Ink::Warn, "note"),
                State::Wrong => (Ink::Bad, "WRONG"),
                State::Unknown => (Ink::Warn, "UNKNOWN"),
                State::Skipped => (Ink::Faint, "skipped"),
            },
            check: check.check,
            place: &check.place,
            said: &check.said,
            below: why.into_iter().chain(mend).collect(),
        }
    });
    lines(&checks.collect::<Vec<_>>(), how) + &verdict(report, how) + "\n"
}

/// The outcome in one line.
#[must_use]
pub fn verdict(report: &Report, how: Text) -> String {
    let number = |state| report.checks.iter().filter(|check| check.state == state).count();
    let project = format!("{} {}", harmless(&report.name), harmless(&report.version));
    let (wrong, unknown) = (number(State::Wrong), number(State::Unknown));
    if report.well {
        return format!("{} {project}: {}", how.paint(Ink::Good, "well"), count(report.checks.len(), "check"));
    }
    let parts = [(wrong, "wrong"), (unknown, "could not be made")];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let said: Vec<String> = parts.map(|(number, what)| format!("{} {what}", count(*number, "check"))).collect();
    format!("{} {project}: {}", how.paint(Ink::Bad, "not well"), said.join(", "))
}

/// What `--fix` would run, or runs: a line each.
#[must_use]
pub fn commands(mends: &[&Mend], how: Text) -> String {
    let line = |mend: &&Mend| format!("  {}\n", how.paint(Ink::Strong, &harmless(&mend.command)));
    mends.iter().map(line).collect()
}
