//! The results of verifying, for people and for programs.

use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::IsolationReport;
use monowheel_system::hash::sha256_file;
use serde::Serialize;

use crate::compare::{Difference, Kind};
use crate::provenance::Provenance;
use crate::verify::{Mismatch, Subject};

/// The version of the JSON schema.
pub const SCHEMA: &str = "monowheel.verify/1";

/// The results for all arguments.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// Whether every wheel is byte-identical to its rebuild.
    pub identical: bool,
    /// The wheels, in the order they were named.
    pub wheels: Vec<Verified>,
    /// The basis of the verdicts, in sentences; empty when nothing was built.
    pub trusted: Vec<String>,
    /// How the sources' code was run; `None` when nothing was built.
    pub isolation: Option<IsolationReport>,
}

/// One wheel.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// Its file name.
    pub file: String,
    /// Where it came from: a path or a URL.
    pub from: String,
    /// Whether it matches a SHA-256 from an index.
    pub promised: bool,
    /// Its SHA-256.
    pub sha256: String,
    /// The source that it was rebuilt from.
    pub source: Option<Source>,
    /// Its build recipe.
    pub recipe: Option<Provenance>,
    /// Tools that differ from the recipe.
    pub tools: Vec<Mismatch>,
    /// Differences besides its bytes: it was built from another sdist, or its file has another name.
    pub causes: Vec<String>,
    /// The files with its line tables, if they were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub symbols: Vec<String>,
    /// The verdict.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A source, as it was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Where it came from: a path or a URL.
    pub from: String,
    /// Whether it matches a SHA-256 from an index.
    pub promised: bool,
    /// The commit, of a checkout.
    pub commit: Option<String>,
    /// The sdist's SHA-256; for a checkout, that of the sdist built from it, once it exists.
    pub sha256: Option<String>,
}

/// The verdict on one wheel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "verdict")]
pub enum Outcome {
    /// Every byte is the same.
    Identical,
    /// The installed files are the same, except for the recipe; other differences are in the packaging.
    IdenticalButFor {
        /// SHA-256 of the rebuild.
        rebuilt: String,
        /// The differences.
        differences: Vec<Difference>,
    },
    /// It differs from what its source gives. A is the wheel, B the rebuild.
    Different {
        /// SHA-256 of the rebuild; `None` if it was not needed for the verdict.
        rebuilt: Option<String>,
        /// The differences, most important first.
        differences: Vec<Difference>,
    },
    /// It could not be verified.
    Unverified {
        /// Why, with the next step.
        why: String,
    },
}

impl Outcome {
    /// The differences.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        match self {
            Self::Identical | Self::Unverified { .. } => &[],
            Self::IdenticalButFor { differences, .. } | Self::Different { differences, .. } => differences,
        }
    }

    /// The name of the verdict.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Identical => "identical",
            Self::IdenticalButFor { .. } => "identical except for",
            Self::Different { .. } => "different",
            Self::Unverified { .. } => "not verified",
        }
    }
}

impl Verified {
    /// The facts about a subject before anything is built.
    pub(super) fn of(subject: &Subject) -> Result<Self> {
        let source = match (&subject.recipe, &subject.source) {
            (Ok(_), Some(origin)) => Some(Source {
                from: origin.from.clone(),
                promised: origin.promised,
                commit: origin.commit.clone(),
                sha256: origin.path.is_file().then(|| sha256_file(&origin.path)).transpose()?,
            }),
            _ => None,
        };
        Ok(Self {
            file: subject.wheel.name(),
            from: subject.from.clone(),
            promised: subject.promised,
            sha256: subject.wheel.sha256().to_owned(),
            source,
            recipe: subject.recipe.as_ref().ok().cloned(),
            tools: Vec::new(),
            causes: Vec::new(),
            symbols: Vec::new(),
            outcome: Outcome::Unverified { why: "was not rebuilt".to_owned() },
        })
    }

    /// The first cause of a difference, in words.
    #[must_use]
    pub fn first_cause(&self) -> Option<String> {
        let differences = self.outcome.differences();
        let first = differences.iter().find(|difference| !difference.follows).or_else(|| differences.first());
        self.causes.first().cloned().or_else(|| {
            first.map(|first| {
                let member = first.place.member.as_deref().map(|member| format!("{member}: ")).unwrap_or_default();
                format!("{member}{}", first.cause)
            })
        })
    }
}

impl Report {
    pub(super) fn new(wheels: Vec<Verified>, trusted: Vec<String>, isolation: Option<IsolationReport>) -> Self {
        Self {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            identical: wheels.iter().all(|wheel| wheel.outcome == Outcome::Identical),
            wheels,
            trusted,
            isolation,
        }
    }

    /// 0 when all is identical, 1 when something differs, 3 when something could not be verified, which outweighs.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        let is_open = |wheel: &Verified| {
            let missed = |difference: &Difference| difference.kind == Kind::NotCompared;
            matches!(wheel.outcome, Outcome::Unverified { .. }) || wheel.outcome.differences().iter().any(missed)
        };
        if self.wheels.iter().any(is_open) {
            ExitCode::Incomplete
        } else if self.identical {
            ExitCode::Clean
        } else {
            ExitCode::Findings
        }
    }
}
