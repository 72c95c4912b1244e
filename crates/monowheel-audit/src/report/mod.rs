//! What an audit says, and its forms for people and programs. Renderers are total.

pub mod doc;
mod github;
pub mod html;
mod json;
mod sarif;
pub mod test_report;
pub mod text;
mod uri;
pub mod words;

use std::collections::HashMap;

use monowheel_error::ExitCode;
use monowheel_error::terminal::TerminalText;
use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::set::{Coverage, Outline};
use crate::test_report::Proof;

pub use json::document;
pub use text::Text;

/// The version of the JSON form.
pub const SCHEMA: &str = "monowheel.audit/1";

/// The version of the JSON form of a report on sources: the same, with projects for wheels.
pub const LINT_SCHEMA: &str = "monowheel.lint/1";

/// The outcome of an audit, or of a look at sources.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// [`SCHEMA`] or [`LINT_SCHEMA`].
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
    pub fn add(&mut self, severity: Severity) {
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
}

impl Format {
    /// Every form, with what it is for.
    pub const ALL: &[(Self, &str)] = &[
        (Self::Text, "For people, with the fix of each finding"),
        (Self::Json, "For programs: schema monowheel.audit/1"),
        (Self::Sarif, "SARIF 2.1.0, for code scanning"),
        (Self::Github, "Annotations of GitHub Actions"),
        (Self::Html, "One page for a browser"),
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
        }
    }
}

/// What a finding is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The file's name, or the set's.
    pub name: &'a str,
    /// The file as the user named it; of a set, the wheel that the finding names, or else its first.
    pub place: Option<&'a str>,
    /// Whether it is a project, whose files a browser of code knows.
    pub is_of_sources: bool,
    /// The file; `None` for a set.
    pub file: Option<&'a FileReport>,
}

impl Subject<'_> {
    /// The file that a finding is in: of a project the source file, of a wheel the wheel.
    fn place_of(&self, finding: &Finding) -> Option<String> {
        let place = self.place?;
        let member = finding.place.member.as_deref().filter(|_| self.is_of_sources);
        Some(match (member, place) {
            // A file that was named alone is itself.
            (Some(member), place) if place.ends_with(".rs") || place.ends_with(".toml") => {
                place.rfind(['/', '\\']).map_or_else(|| member.to_owned(), |at| format!("{}{member}", &place[..=at]))
            }
            (Some(member), "." | "./") => member.to_owned(),
            (Some(member), place) => format!("{}/{member}", place.trim_end_matches('/')),
            (None, place) => place.to_owned(),
        })
    }
}

impl Report {
    /// The report in a form; `text` says how the form for people shall look.
    #[must_use]
    pub fn render(&self, format: Format, text: Text) -> String {
        match format {
            Format::Text => self.text(text).into_string(),
            Format::Json => json::render(self),
            Format::Sarif => sarif::render(self),
            Format::Github => github::render(self),
            Format::Html => html::page(self),
        }
    }

    /// The form for people, as a terminal shows it.
    #[must_use]
    pub fn text(&self, how: Text) -> TerminalText {
        text::render(self, how)
    }

    /// What a command that made this report ends with; `fail_on` is the mildest finding that counts.
    ///
    /// What could not be looked at outweighs what is wrong: the audit was not completed.
    #[must_use]
    pub fn exit_code(&self, fail_on: Severity) -> ExitCode {
        if !self.failures.is_empty() {
            ExitCode::Incomplete
        } else if self.counts.worst().is_some_and(|worst| worst >= fail_on) {
            ExitCode::Findings
        } else {
            ExitCode::Clean
        }
    }

    /// Whether it is about sources instead of wheels.
    #[must_use]
    pub fn is_of_sources(&self) -> bool {
        self.schema == LINT_SCHEMA
    }

    /// Every finding that counts, with what it is about: the files' in their order, then the sets'.
    #[must_use]
    pub fn findings(&self) -> Vec<(Subject<'_>, &Finding)> {
        self.with_subjects(|file| file.findings.iter(), |set| set.findings.iter(), |finding| finding)
    }

    /// Every finding that is ignored, likewise.
    #[must_use]
    pub fn ignored(&self) -> Vec<(Subject<'_>, &Ignored)> {
        self.with_subjects(|file| file.ignored.iter(), |set| set.ignored.iter(), |ignored| &ignored.finding)
    }

    /// The names of the files with an error.
    fn broken_files(&self) -> impl Iterator<Item = &str> {
        let has_error = |file: &&FileReport| file.findings.iter().any(|finding| finding.severity == Severity::Error);
        self.files.iter().filter(has_error).map(|file| file.outline.file.as_str())
    }

    fn with_subjects<'a, T: 'a>(
        &'a self,
        of_file: impl Fn(&'a FileReport) -> std::slice::Iter<'a, T>,
        of_set: impl Fn(&'a SetReport) -> std::slice::Iter<'a, T>,
        finding: impl Fn(&'a T) -> &'a Finding,
    ) -> Vec<(Subject<'a>, &'a T)> {
        let places: HashMap<&str, &str> =
            self.files.iter().map(|file| (file.outline.file.as_str(), file.outline.place.as_str())).collect();
        let mut all = Vec::new();
        for file in &self.files {
            let is_of_sources = self.is_of_sources();
            let place = Some(file.outline.place.as_str());
            let subject = Subject { name: &file.outline.file, place, is_of_sources, file: Some(file) };
            all.extend(of_file(file).map(|found| (subject, found)));
        }
        for set in &self.sets {
            all.extend(of_set(set).map(|found| {
                let named = finding(found).place.member.as_ref().filter(|member| set.wheels.contains(member));
                let wheel = named.or_else(|| set.wheels.first());
                let place = wheel.and_then(|wheel| places.get(wheel.as_str()).copied());
                (Subject { name: &set.name, place, is_of_sources: false, file: None }, found)
            }));
        }
        all
    }
}
