//! `dist/monowheel.json`: what was built, with what, and how it ended.

use monowheel_audit::audit::Auditor;
use monowheel_audit::finding::Finding;
use monowheel_audit::report::Counts;
use monowheel_audit::set::{Coverage, Outline};
use monowheel_project::family::Family;
use serde::{Deserialize, Serialize};

use crate::contract::Breach;
use crate::plan::ToolFacts;

/// The version of the manifest's form; readers refuse another one.
pub const SCHEMA: &str = "monowheel.manifest/1";
/// The manifest's file name in `dist/`.
pub const FILE: &str = "monowheel.json";

/// A set of wheels.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The distribution's name as written.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether every planned wheel is in the set.
    pub complete: bool,
    /// The versions of what built it.
    pub tools: ToolFacts,
    /// Settings of the environment that reached the compilers, by name (`RUSTFLAGS`, …).
    pub environment: Vec<(String, String)>,
    /// The source that every wheel was built from.
    pub sdist: File,
    /// The commit that the sdist says it was made from.
    pub commit: Option<String>,
    /// The wheels, planned order.
    pub wheels: Vec<Wheel>,
    /// What the audit says of all of them.
    pub audit: Audit,
}

/// The verdict of the audit over a set.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Audit {
    /// Whether nothing in `dist/` has an error.
    pub clean: bool,
    /// The findings of all wheels in `dist/` and of the set, by severity.
    pub counts: Counts,
    /// What is said of the set; each wheel has its own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Which wheel an installer takes on each Python and platform.
    pub coverage: Coverage,
}

/// A file of the set.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct File {
    /// Its name in `dist/`.
    pub file: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// A planned wheel, and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Wheel {
    /// The platform's name.
    pub target: String,
    /// The ABI family.
    pub abi: Family,
    /// The planned tag.
    pub tag: String,
    /// The Rust targets.
    pub triples: Vec<String>,
    /// Who linked.
    pub linker: String,
    /// maturin's arguments, without this machine's paths.
    pub arguments: Vec<String>,
    /// How it ended.
    pub verdict: Verdict,
    /// The file, when there is one.
    #[serde(flatten)]
    pub file: Option<File>,
    /// How long the build took when it was done, also for a wheel that was reused.
    pub seconds: Option<f64>,
    /// Why there is no file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Where the contract was broken.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breaches: Vec<Breach>,
    /// What the audit says of a wheel that is in `dist/`: warnings and notes, for an error keeps it out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What is known of it, for the verdict over the set.
    #[serde(skip)]
    pub outline: Option<Outline>,
}

/// How a planned wheel ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Built now.
    Built,
    /// Built before from the same source with the same tools.
    Reused,
    /// Built, and not what was planned: it is not in `dist/`.
    Broken,
    /// It could not be built.
    Failed,
    /// Something it needs is missing.
    Blocked,
    /// Not tried, because the build was stopped.
    Skipped,
}

impl Audit {
    /// The verdict over these wheels, which are in `dist/`.
    #[must_use]
    pub fn of(wheels: &[Wheel], auditor: &Auditor) -> Self {
        let mut audit = Self::default();
        for wheel in wheels {
            audit.counts.add_all(&wheel.findings, 0);
        }
        for set in auditor.sets(wheels.iter().filter_map(|wheel| wheel.outline.as_ref())) {
            audit.counts.add_all(&set.findings, set.ignored.len());
            audit.findings.extend(set.findings);
            audit.coverage = set.coverage;
        }
        audit.clean = audit.counts.errors == 0;
        audit
    }
}

impl Verdict {
    /// Whether the wheel is in `dist/`.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Built | Self::Reused)
    }

    /// The word for a person.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Built => "built",
            Self::Reused => "reused",
            Self::Broken => "BROKEN",
            Self::Failed => "FAILED",
            Self::Blocked => "BLOCKED",
            Self::Skipped => "skipped",
        }
    }
}
