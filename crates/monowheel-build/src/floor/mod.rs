//! The floors of abi3 that a crate can have, and what each saves.
//!
//! ```text
//! sdist ── its own choice of floor removed ── cargo check for a floor ─┬─ compiles
//!                                                (bisected)           └─ rustc's errors ── the API, and who has it
//! ```
//!
//! PyO3 leaves out what the stable ABI of the floor does not have, so the compiler answers the question, and names what is
//! missing. Nothing is linked, and no Python runs.

pub mod builds;
pub(crate) mod check;
mod condition;
pub(crate) mod manifests;
pub(crate) mod messages;
mod search;
pub mod shares;
mod wheels;

use std::collections::BTreeSet;

use monowheel_error::Result;
use monowheel_manifest::pyo3::Support;
use monowheel_project::abi::OLDEST;
use monowheel_project::project::Project;
use monowheel_system::exec::IsolationReport;
use serde::Serialize;

use crate::plan::ProjectFacts;
use search::Outcome;
pub use wheels::{Advice, Served};

/// The version of the JSON schema.
pub const SCHEMA: &str = "monowheel.floor/1";

/// The floors of one project.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The project.
    pub project: ProjectFacts,
    /// The floor that the crate sets now, if it has one.
    pub current: Option<String>,
    /// Wheels per platform without abi3: one for each CPython that the project supports.
    pub without_abi3: usize,
    /// The floors that this PyO3 has and `requires-python` admits, in ascending order.
    pub floors: Vec<Row>,
    /// What prevents floors that do not compile, each once.
    pub blockers: Vec<Blocker>,
    /// The floor to choose, and why.
    pub advice: Advice,
    /// How build scripts and procedural macros were run.
    pub isolation: IsolationReport,
}

/// One floor.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The floor, such as `3.10`.
    pub floor: String,
    /// Its minor version.
    #[serde(skip)]
    pub minor: u8,
    /// Whether the crate compiles.
    pub compiles: bool,
    /// Whether it was compiled; else it follows from another floor.
    pub checked: bool,
    /// How long the check took, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// The CPythons that the abi3 wheel supports.
    pub serves: Served,
    /// Wheels per platform with this floor: abi3, and one for each older CPython that the project supports.
    pub wheels: usize,
}

/// One thing that prevents a floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocker {
    /// The first floor that does not have this problem, if any.
    pub needs: Option<String>,
    /// The first error in the code.
    #[serde(flatten)]
    pub error: Error,
    /// How often the same error occurs.
    pub places: usize,
}

/// An error of rustc, or of a build script (without a place).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    /// The crate that does not compile: the project's own, or a dependency.
    #[serde(rename = "crate")]
    pub krate: String,
    /// The file, relative to the crate if it is the project's own.
    pub file: String,
    /// The line, from 1; 0 without a file.
    pub line: usize,
    /// rustc's number for the error, such as `E0432`.
    pub code: Option<String>,
    /// The name in the message: mostly the item that is missing.
    pub item: Option<String>,
    /// rustc's message.
    pub message: String,
    /// The minor version that the missing item's own condition names.
    #[serde(skip)]
    pub(crate) needs: Option<u8>,
}

/// The check of one floor.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) errors: Vec<Error>,
    pub(crate) compiles: bool,
    pub(crate) seconds: f64,
}

impl Outcome for Checked {
    fn is_possible(&self) -> bool {
        self.compiles
    }

    fn fails_like(&self, other: &Self) -> bool {
        let said = |checked: &Self| -> BTreeSet<String> {
            checked.errors.iter().map(|error| format!("{} {}", error.krate, error.message)).collect()
        };
        !said(self).is_disjoint(&said(other))
    }
}

/// The floors worth a check: those that this PyO3 has, as far as the project supports a CPython from there on, and the
/// older ones save nothing; the highest, if all are older than what the project supports.
fn candidates(abi3: (u8, u8), supported: &[u8]) -> Vec<u8> {
    let (lowest, highest) = abi3;
    let (oldest, newest) = (supported.first().copied().unwrap_or(OLDEST), supported.last().copied().unwrap_or(highest));
    (lowest.max(OLDEST).max(oldest.min(highest))..=highest.min(newest)).collect()
}

/// What a report says besides the answers.
pub(crate) struct Trial {
    pub(crate) facts: ProjectFacts,
    pub(crate) isolation: IsolationReport,
    /// Whether every floor is checked.
    pub(crate) all: bool,
}

impl Trial {
    /// Checks the candidates and makes the report of the answers; `check` compiles for one floor, and `without_abi3`,
    /// if it compiles for none, without abi3.
    ///
    /// # Errors
    /// Those of both.
    pub(crate) fn report(
        self,
        project: &Project,
        check: impl FnMut(u8) -> Result<Checked>,
        without_abi3: impl FnOnce() -> Result<bool>,
    ) -> Result<Report> {
        let supported = wheels::supported(project);
        let floors = candidates(Support::of(&project.bindings).abi3, &supported);
        let outcomes = search::search(&floors, self.all, check)?;
        let current = current(project);
        let lowest = outcomes.iter().find(|(_, outcome)| outcome.compiles).map(|(floor, _)| *floor);
        let advice = match lowest {
            Some(lowest) => Advice::of(&project.bindings.key, &supported, lowest, current),
            None => Advice::none(without_abi3()?),
        };
        let rows = floors.iter().map(|&floor| {
            let outcome = outcomes.iter().find(|(checked, _)| *checked == floor).map(|(_, outcome)| outcome);
            let follows = || lowest.is_some_and(|lowest| floor > lowest);
            Row {
                floor: dotted(floor),
                minor: floor,
                compiles: outcome.map_or_else(follows, |outcome| outcome.compiles),
                checked: outcome.is_some(),
                seconds: outcome.map(|outcome| outcome.seconds),
                serves: shares::served(supported.iter().copied().filter(|minor| *minor >= floor)),
                wheels: wheels::with_floor(&supported, floor),
            }
        });
        Ok(Report {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            current: current.map(dotted),
            without_abi3: supported.len(),
            floors: rows.collect(),
            blockers: blockers(&outcomes),
            advice,
            isolation: self.isolation,
            project: self.facts,
        })
    }
}

/// The floor that the crate's features set, as a minor version of Python 3.
#[must_use]
pub fn current(project: &Project) -> Option<u8> {
    project.bindings.named().filter_map(|name| name.strip_prefix("abi3-py3")?.parse().ok()).min()
}

/// The errors of all checks, each once, with the first floor that is free of it.
fn blockers(outcomes: &[(u8, Checked)]) -> Vec<Blocker> {
    let mut found: Vec<Blocker> = Vec::new();
    for (index, (_, outcome)) in outcomes.iter().enumerate().rev() {
        // What a check of a higher floor reported is blocked there as well.
        let known = found.len();
        let next = outcomes.get(index + 1).map(|(floor, _)| *floor);
        for error in &outcome.errors {
            let is_same = |known: &Blocker| known.error.message == error.message && known.error.krate == error.krate;
            match found.iter().position(is_same) {
                Some(at) if at >= known => found[at].places += 1,
                Some(_) => {}
                None => {
                    let needs = error.needs.or(next).map(dotted);
                    found.push(Blocker { needs, error: error.clone(), places: 1 });
                }
            }
        }
    }
    found
}

/// CPython 3.`minor` as people write it.
fn dotted(minor: u8) -> String {
    monowheel_wheel::abi::dotted((3, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(message: &str, needs: Option<u8>) -> Error {
        Error {
            krate: "tiny".to_owned(),
            file: "src/lib.rs".to_owned(),
            line: 1,
            code: None,
            item: None,
            message: message.to_owned(),
            needs,
        }
    }

    fn outcome(errors: &[Error]) -> Checked {
        Checked { errors: errors.to_vec(), compiles: errors.is_empty(), seconds: 1.0 }
    }

    #[test]
    fn floors_that_save_nothing_are_no_candidates() {
        assert_eq!(candidates((7, 10), &[8, 9, 10, 11]), [8, 9, 10]);
        assert_eq!(candidates((8, 12), &[11, 12, 13]), [11, 12]);
        assert_eq!(candidates((8, 15), &[9, 10, 12]), [9, 10, 11, 12]);
        // PyO3 0.22 has floors up to 3.12, and 3.13 takes a wheel for that.
        assert_eq!(candidates((7, 12), &[13]), [12]);
    }

    #[test]
    fn a_blocker_needs_the_version_of_its_condition_or_the_first_floor_without_it() {
        let (buffer, method) = (error("buffer", Some(11)), error("method", None));
        let found = blockers(&[
            (8, outcome(&[buffer.clone(), method.clone(), method.clone()])),
            (9, outcome(std::slice::from_ref(&buffer))),
            (11, outcome(&[])),
        ]);
        let told: Vec<_> = found
            .iter()
            .map(|blocker| (blocker.error.message.as_str(), blocker.needs.as_deref(), blocker.places))
            .collect();
        assert_eq!(told, [("buffer", Some("3.11"), 1), ("method", Some("3.9"), 2)]);
        let never = blockers(&[(8, outcome(std::slice::from_ref(&method))), (15, outcome(&[method]))]);
        assert_eq!(never.len(), 1);
        assert_eq!(never[0].needs, None);
    }
}
