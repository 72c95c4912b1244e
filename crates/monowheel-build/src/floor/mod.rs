//! The floors of abi3 that a crate can have, and what each saves.
//!
//! ```text
//! sdist ── its own choice of floor removed ── cargo check for a floor ─┬─ compiles
//!                                                (bisected)           └─ rustc's errors ── the API, and who has it
//! ```
//!
//! PyO3 leaves out what the stable ABI of the floor does not have, so the compiler answers the question, and names what is
//! missing. Nothing is linked, and no Python runs.

pub(crate) mod check;
pub(crate) mod manifests;
mod messages;
mod search;
pub mod shares;
mod wheels;

use monowheel_project::abi::OLDEST;
use monowheel_project::project::Project;
use monowheel_project::pyo3::Support;
use monowheel_wheel::abi::admits;
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
}

/// One floor.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The floor, such as `3.10`.
    pub floor: String,
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
}

/// The floors worth a check: those that this PyO3 has, from the oldest CPython that the project supports on.
#[must_use]
pub(crate) fn candidates(project: &Project) -> Vec<u8> {
    let (lowest, highest) = Support::of(&project.bindings).abi3;
    let floors = lowest.max(OLDEST)..=highest;
    floors.skip_while(|minor| !admits(project.requires_python.as_ref(), (3, *minor))).collect()
}

/// Checks the candidates and makes the report of the answers; `check` compiles for one floor.
///
/// # Errors
/// Those of `check`.
pub(crate) fn report(
    project: &Project,
    facts: ProjectFacts,
    all: bool,
    check: impl FnMut(u8) -> monowheel_error::Result<Checked>,
) -> monowheel_error::Result<Report> {
    let floors = candidates(project);
    let supported = wheels::supported(project);
    let outcomes = search::search(&floors, all, check)?;
    let current = current(project);
    let lowest = outcomes.iter().find(|(_, outcome)| outcome.compiles).map(|(floor, _)| *floor);
    let rows = floors.iter().map(|&floor| {
        let outcome = outcomes.iter().find(|(checked, _)| *checked == floor).map(|(_, outcome)| outcome);
        Row {
            floor: dotted(floor),
            compiles: outcome.map_or_else(|| lowest.is_some_and(|lowest| floor > lowest), |outcome| outcome.compiles),
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
        advice: Advice::of(project, &supported, lowest, current),
        project: facts,
    })
}

/// The floor that the crate's features set.
fn current(project: &Project) -> Option<u8> {
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

fn dotted(minor: u8) -> String {
    format!("3.{minor}")
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
