//! The report of an audit, and its formats for people and programs. Renderers never fail.

pub mod doc;
mod github;
mod gitlab;
pub mod grid;
mod grouped;
mod groups;
pub mod html;
mod json;
mod junit;
mod markdown;
mod sarif;
pub mod test_report;
pub mod text;
mod uri;
pub mod view;
pub mod words;

use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::set::{Coverage, Outline};
use crate::test_report::Proof;

pub use grouped::GroupBy;
pub use json::document;
pub use text::Text;
pub use view::{Item, Kind, Renderable, Subject, View, Words};

/// The version of the JSON form.
pub const SCHEMA: &str = "monowheel.audit/1";

/// The outcome of an audit.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The number of findings by severity, with ignored ones counted separately.
    pub counts: Counts,
    /// The files, in the order given by the user.
    pub files: Vec<FileReport>,
    /// The releases among them.
    pub sets: Vec<SetReport>,
    /// Subjects that could not be checked: never skipped silently, never a clean exit.
    pub failures: Vec<Failure>,
    /// Ignores of the configuration that matched nothing.
    pub unused_ignores: Vec<Ignore>,
    /// The test report for exactly these wheels, if `monowheel test` was run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<Proof>,
    /// The wheels written by `--fix`; the findings are the remaining ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<FixedWheel>,
}

/// A wheel that `--fix` wrote.
#[derive(Clone, Debug, Serialize)]
pub struct FixedWheel {
    /// The original wheel.
    pub from: String,
    /// Its path.
    pub to: String,
    /// The changes made and those skipped.
    pub changes: Vec<Change>,
}

/// A change to a member of a wheel, or one that was skipped for a reason.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The member; `None` for the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The description.
    pub what: String,
}

/// The number of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, Serialize)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Findings ignored by the configuration, with a reason.
    pub ignored: usize,
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// Its outline.
    #[serde(flatten)]
    pub outline: Outline,
    /// Its findings, worst first.
    pub findings: Vec<Finding>,
    /// The findings that the configuration ignores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
}

/// One release.
#[derive(Clone, Debug, Serialize)]
pub struct SetReport {
    /// The distribution's name as spelled in file names.
    pub name: String,
    /// The file names of its wheels.
    pub wheels: Vec<String>,
    /// The findings about the wheels together.
    pub findings: Vec<Finding>,
    /// The findings that the configuration ignores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
    /// The coverage map: which wheel an installer selects.
    pub coverage: Coverage,
}

/// A subject that could not be opened or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The name given by the user.
    pub place: String,
    /// The error, with the next step.
    pub why: String,
}

/// A rule that the configuration ignores.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The rule's id.
    pub rule: String,
    /// Only in files whose member path matches this (`*` matches anything); everywhere if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The reason; must not be empty.
    pub reason: String,
}

/// An ignored finding.
#[derive(Clone, Debug, Serialize)]
pub struct Ignored {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// The reason given in the configuration.
    pub reason: String,
}

impl Counts {
    /// Counts the findings of one file or release.
    pub fn add_all(&mut self, findings: &[Finding], ignored: usize) {
        findings.iter().for_each(|finding| self.add(finding.severity));
        self.ignored += ignored;
    }

    /// Counts one finding.
    pub(crate) fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }
}

impl Counts {
    /// The highest severity with findings.
    #[must_use]
    pub const fn worst(&self) -> Option<Severity> {
        match self {
            Self { errors: 1.., .. } => Some(Severity::Error),
            Self { warnings: 1.., .. } => Some(Severity::Warning),
            Self { notes: 1.., .. } => Some(Severity::Note),
            _ => None,
        }
    }
}

/// The formats of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people, with the fix of each finding.
    #[default]
    Text,
    /// For programs: schema monowheel.audit/1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub Actions annotations.
    Github,
    /// Self-contained page for a browser.
    Html,
    /// CI job summary.
    Markdown,
    /// Test results, for CI systems.
    Junit,
    /// GitLab code quality report.
    Gitlab,
}

impl Format {
    /// Every format, with its purpose.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Text, "For people: grouped by rule, with a fix for each finding"),
        (Self::Json, "For programs: one document with a versioned `schema`"),
        (Self::Sarif, "SARIF 2.1.0, for code scanning"),
        (Self::Github, "GitHub Actions annotations (the worst ten of each level), with everything in the job summary"),
        (Self::Html, "Self-contained page for a browser"),
        (Self::Markdown, "CI job summary"),
        (Self::Junit, "JUnit XML, with errors as failures"),
        (Self::Gitlab, "GitLab code quality report"),
    ];

    /// The word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Github => "github",
            Self::Html => "html",
            Self::Markdown => "markdown",
            Self::Junit => "junit",
            Self::Gitlab => "gitlab",
        }
    }
}

impl Renderable for Report {
    fn view(&self) -> View<'_> {
        let Self { schema, monowheel, counts, files, sets, failures, unused_ignores, proofs, fixed: _ } = self;
        View {
            words: Words { heading: "Wheel audit", thing: "file", run: "monowheel/audit/" },
            schema,
            monowheel,
            counts: *counts,
            items: files.iter().map(FileReport::item).collect(),
            sets,
            failures,
            unused_ignores,
            proofs,
        }
    }
}

impl FileReport {
    fn item(&self) -> Item<'_> {
        let Self { outline, findings, ignored } = self;
        Item {
            kind: Kind::File,
            place: &outline.place,
            file: &outline.file,
            size: outline.size,
            release: outline.name.as_deref().zip(outline.version.as_deref()),
            tags: &outline.tags,
            binaries: &outline.binaries,
            findings,
            ignored,
        }
    }
}
