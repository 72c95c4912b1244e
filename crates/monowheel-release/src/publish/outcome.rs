//! What is said of a publication: the plan before, and what the index serves after.

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
    /// What the index is called.
    pub index: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How many files this run uploaded.
    pub uploaded: usize,
    /// How many of them with an attestation.
    pub attested: usize,
    /// Each file of the set.
    pub files: Vec<Step>,
    /// What a user should know, in sentences.
    pub notes: Vec<String>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Nothing was sent: only the plan was asked for.
    Planned,
    /// Nothing was sent: a file cannot be published.
    Conflict,
    /// The index serves the whole set, byte for byte.
    Published,
    /// It serves something else, or not all of it.
    Different,
}

impl Report {
    /// 1 for a conflict and for an index that serves something else, else 0.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self.outcome {
            Outcome::Planned | Outcome::Published => ExitCode::Clean,
            Outcome::Conflict | Outcome::Different => ExitCode::Findings,
        }
    }

    /// How many files stand so.
    #[must_use]
    pub fn number(&self, state: State) -> usize {
        self.files.iter().filter(|step| step.state == state).count()
    }
}
