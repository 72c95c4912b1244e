//! The results of running wheels, in the words shared by every format of the report.

use std::collections::{BTreeMap, BTreeSet};

use crate::test_report::{Cell, Check, Outcome, Proof, Release, Verdict};

/// The worst verdict of all trials.
#[must_use]
pub fn worst(proof: &Proof) -> Verdict {
    proof.trials().map(|trial| trial.verdict).max().unwrap_or(Verdict::Nothing)
}

/// Whether a trial failed or could not be run.
#[must_use]
pub fn is_bad(proof: &Proof) -> bool {
    matches!(worst(proof), Verdict::Failed | Verdict::NotRun)
}

/// `10 ran, 1 failed, 1 without a matching wheel`.
#[must_use]
pub fn tally(proof: &Proof) -> String {
    let of = |verdict: Verdict| proof.trials().filter(|trial| trial.verdict == verdict).count();
    let words = [
        (Verdict::Ran, "ran"),
        (Verdict::Failed, "failed"),
        (Verdict::NotRun, "could not be run"),
        (Verdict::Nothing, "without a matching wheel"),
        (Verdict::Skipped, "skipped"),
    ];
    let parts = words.iter().map(|(verdict, word)| (of(*verdict), word)).filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
    if parts.is_empty() { "nothing was run".to_owned() } else { parts.join(", ") }
}

/// The verdict as a word.
#[must_use]
pub const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Ran => "ran",
        Verdict::Nothing => "no wheel",
        Verdict::Skipped => "skipped",
        Verdict::NotRun => "not run",
        Verdict::Failed => "FAILED",
    }
}

/// The description of a check.
#[must_use]
pub fn explained(check: &str) -> &str {
    match check {
        "again" => "second import in the same process",
        "subinterpreter" => "import in a subinterpreter",
        "dev" => "import with -X dev",
        "command" => "the project's command",
        other => other,
    }
}

/// Why installable wheels were not run, each with the number of cells of the map: first the ones that the lab can
/// provide, as one command, then the most frequent.
#[must_use]
pub fn reasons(release: &Release) -> Vec<(String, usize)> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut in_lab, mut cells) = (BTreeSet::new(), 0);
    for cell in release.map.rows.iter().flat_map(|row| &row.cells) {
        match cell {
            Cell::NotRun { lab: Some(id), .. } => {
                in_lab.insert(id.as_str());
                cells += 1;
            }
            Cell::NotRun { why, .. } => *reasons.entry(why).or_default() += 1,
            _ => {}
        }
    }
    let mut reasons: Vec<(String, usize)> = reasons.into_iter().map(|(why, number)| (why.to_owned(), number)).collect();
    reasons.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    if !in_lab.is_empty() {
        let ids: Vec<&str> = in_lab.into_iter().collect();
        reasons.insert(0, (format!("monowheel lab get {}", ids.join(" ")), cells));
    }
    reasons
}

/// Whether any check has remarks.
#[must_use]
pub(crate) fn has_remarks(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.outcome != Outcome::Passed)
}
