//! What came of running wheels, in the words that every form of the report has.

use std::collections::{BTreeMap, BTreeSet};

use crate::test_report::{Cell, Check, Outcome, Proof, Release, Verdict};

/// The worst verdict of all trials.
#[must_use]
pub fn worst(proof: &Proof) -> Verdict {
    proof.trials().map(|trial| trial.verdict).max().unwrap_or(Verdict::Nothing)
}

/// Whether a trial failed, or could not be tried.
#[must_use]
pub fn is_bad(proof: &Proof) -> bool {
    matches!(worst(proof), Verdict::Failed | Verdict::NotRun)
}

/// `10 ran, 1 failed, 1 takes no wheel`.
#[must_use]
pub fn tally(proof: &Proof) -> String {
    let of = |verdict: Verdict| proof.trials().filter(|trial| trial.verdict == verdict).count();
    let words = [
        (Verdict::Ran, "ran"),
        (Verdict::Failed, "failed"),
        (Verdict::NotRun, "could not be tried"),
        (Verdict::Nothing, "without a wheel for it"),
        (Verdict::Skipped, "skipped"),
    ];
    let parts = words.iter().map(|(verdict, word)| (of(*verdict), word)).filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts.map(|(number, word)| format!("{number} {word}")).collect();
    if parts.is_empty() { "nothing was tried".to_owned() } else { parts.join(", ") }
}

/// The verdict in a word.
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

/// What a check does, in words.
#[must_use]
pub fn explained(check: &str) -> &str {
    match check {
        "again" => "a second import in one process",
        "subinterpreter" => "import in a subinterpreter",
        "dev" => "import under -X dev",
        "command" => "the project's command",
        other => other,
    }
}

/// Why wheels that would install were not run, each with how many cells of the map it is about: first what the
/// lab would change, in one command, then most first.
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

/// Whether any check has something to say.
#[must_use]
pub(crate) fn has_remarks(checks: &[Check]) -> bool {
    checks.iter().any(|check| check.outcome != Outcome::Passed)
}
