//! What an audit says, and its forms for people and programs. Renderers are total.

pub mod doc;
mod github;
mod gitlab;
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
    /// How many findings of each kind there are, those ignored apart.
    pub counts: Counts,
    /// What was looked at, in the order it was named.
    pub files: Vec<FileReport>,
    /// The sets of wheels among them.
    pub sets: Vec<SetReport>,
    /// What could not be looked at: never passed over, never a clean exit.
    pub failures: Vec<Failure>,
    /// Ignores of the configuration that matched nothing.
    pub unused_ignores: Vec<Ignore>,
    /// What came of running these very wheels, where `monowheel test` was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<Proof>,
    /// What `--fix` made; the findings are those that are left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<FixedWheel>,
}

/// A wheel that `--fix` wrote.
#[derive(Clone, Debug, Serialize)]
pub struct FixedWheel {
    /// The wheel that it was made from.
    pub from: String,
    /// Where it is.
    pub to: String,
    /// What was done and what was left alone.
    pub changes: Vec<Change>,
}

/// Something that was done to a member of a wheel, or left alone for a reason.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The member; `None` for the archive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// In words.
    pub what: String,
}

/// How many findings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, Serialize)]
pub struct Counts {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Notes.
    pub notes: usize,
    /// Ignored, with a reason, by the configuration.
    pub ignored: usize,
}

/// One file.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// What it is.
    #[serde(flatten)]
    pub outline: Outline,
    /// What is wrong with it, worst first.
    pub findings: Vec<Finding>,
    /// What the configuration ignores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
}

/// One release.
#[derive(Clone, Debug, Serialize)]
pub struct SetReport {
    /// The distribution's name as file names write it.
    pub name: String,
    /// The file names of its wheels.
    pub wheels: Vec<String>,
    /// What is wrong with the wheels together.
    pub findings: Vec<Finding>,
    /// What the configuration ignores.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<Ignored>,
    /// Which wheel an installer takes.
    pub coverage: Coverage,
}

/// A subject that could not be opened or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// How the user named it.
    pub place: String,
    /// Why, with the next step.
    pub why: String,
}

/// A rule that the configuration ignores.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Ignore {
    /// The rule's id.
    pub rule: String,
    /// Only in files whose member path matches this (`*` matches anything); everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Why; it may not be empty.
    pub reason: String,
}

/// A finding that does not count.
#[derive(Clone, Debug, Serialize)]
pub struct Ignored {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// The reason that the configuration gives.
    pub reason: String,
}

impl Counts {
    /// Counts the findings of one file or set.
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
    /// The worst kind that there is.
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

/// The forms of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people, with the fix of each finding.
    #[default]
    Text,
    /// For programs: schema monowheel.audit/1.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Annotations of GitHub Actions.
    Github,
    /// One page for a browser.
    Html,
    /// The summary of a CI job.
    Markdown,
    /// Test results, for CI systems.
    Junit,
    /// GitLab's code quality report.
    Gitlab,
}

impl Format {
    /// Every form, with what it is for.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Text, "For people, by rule, with the fix of each finding"),
        (Self::Json, "For programs: schema monowheel.audit/1"),
        (Self::Sarif, "SARIF 2.1.0, for code scanning"),
        (Self::Github, "Annotations of GitHub Actions, the worst ten of each level; all in the job summary"),
        (Self::Html, "One page for a browser"),
        (Self::Markdown, "The summary of a CI job"),
        (Self::Junit, "JUnit XML: an error is a failure"),
        (Self::Gitlab, "GitLab's code quality report"),
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
