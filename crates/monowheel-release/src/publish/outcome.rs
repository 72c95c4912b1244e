//! The report of a publication: the plan before, and the served files after.

use monowheel_error::ExitCode;
use serde::Serialize;

use crate::publish::plan::{State, Step};

/// The version of the JSON form.
pub(super) const SCHEMA: &str = "monowheel.publish/1";

/// A publication: before it, or after.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `monowheel.publish/1`.
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The distribution's name as written.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The name of the index.
    pub index: String,
    /// The outcome.
    pub outcome: Outcome,
    /// How many files this run uploaded.
    pub uploaded: usize,
    /// How many of them with an attestation.
    pub attested: usize,
    /// The files.
    pub files: Vec<Step>,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// The outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nothing was uploaded: only the plan was asked for.
    Planned,
    /// Nothing was uploaded: a file cannot be published.
    Conflict,
    /// The index serves all files, byte for byte.
    Published,
    /// It serves other bytes, or not all files.
    Different,
}

impl Report {
    /// 1 for a conflict and for an index that serves other bytes, else 0.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self.outcome {
            Outcome::Planned | Outcome::Published => ExitCode::Clean,
            Outcome::Conflict | Outcome::Different => ExitCode::Findings,
        }
    }

    /// How many files are in this state.
    #[must_use]
    pub fn number(&self, state: State) -> usize {
        self.files.iter().filter(|step| step.state == state).count()
    }
}
