//! The parts of a report that every format shows, for wheels and sources alike: the items with their findings.

use std::collections::HashMap;

use monowheel_error::ExitCode;
use monowheel_error::terminal::TerminalText;
use monowheel_error::text::count;
use monowheel_wheel::tag::Tag;
use serde::Serialize;

use crate::finding::{Finding, Severity};
use crate::report::text::Text;
use crate::report::{
    Counts, Failure, Format, Ignore, Ignored, SetReport, github, gitlab, html, json, junit, markdown, sarif, text,
};
use crate::set::BinaryOutline;
use crate::test_report::Proof;

/// A report with every [`Format`]. Its JSON form is specific; the others show its [`View`].
pub trait Renderable: Serialize + Sized {
    /// The view shown by the other formats.
    fn view(&self) -> View<'_>;

    /// The report in a format; `text` has the options of the text format.
    #[must_use]
    fn render(&self, format: Format, text: Text) -> String {
        match format {
            Format::Text => self.text(text).into_string(),
            Format::Json => json::document(self),
            Format::Sarif => sarif::render(&self.view()),
            Format::Github => github::render(&self.view()),
            Format::Html => html::page(&self.view()),
            Format::Markdown => markdown::render(&self.view()),
            Format::Junit => junit::render(&self.view()),
            Format::Gitlab => gitlab::render(&self.view()),
        }
    }

    /// The text format, as shown in a terminal.
    #[must_use]
    fn text(&self, how: Text) -> TerminalText {
        text::render(&self.view(), how)
    }

    /// The exit code of a command with this report; `fail_on` is the lowest severity that counts.
    ///
    /// A failure to check something takes precedence over findings: the audit is incomplete.
    #[must_use]
    fn exit_code(&self, fail_on: Severity) -> ExitCode {
        let view = self.view();
        if !view.failures.is_empty() {
            ExitCode::Incomplete
        } else if view.counts.worst().is_some_and(|worst| worst >= fail_on) {
            ExitCode::Findings
        } else {
            ExitCode::Clean
        }
    }

    /// Every finding that counts, with its subject.
    #[must_use]
    fn findings(&self) -> Vec<(Subject<'_>, &Finding)> {
        self.view().findings()
    }

    /// The result in one line.
    #[must_use]
    fn verdict(&self) -> String {
        self.view().verdict()
    }
}

/// The words specific to a kind of report.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The heading of a page.
    pub heading: &'static str,
    /// The word for an item.
    pub thing: &'static str,
    /// The id by which code scanning distinguishes runs: `monowheel/COMMAND/`.
    pub run: &'static str,
}

impl Words {
    /// The command that produces the report.
    #[must_use]
    pub fn command(&self) -> &'static str {
        self.run.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }
}

/// The parts of a report that formats show.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Its words.
    pub words: Words,
    /// The version of its JSON form.
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The number of findings by severity.
    pub counts: Counts,
    /// The items, in the order given by the user.
    pub items: Vec<Item<'a>>,
    /// The releases among them.
    pub sets: &'a [SetReport],
    /// Subjects that could not be checked.
    pub failures: &'a [Failure],
    /// Ignores that matched nothing.
    pub unused_ignores: &'a [Ignore],
    /// The test report of the wheels.
    pub proofs: &'a [Proof],
}

/// A wheel, a bare binary or a project.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// How findings in it are located.
    pub kind: Kind,
    /// The path or URL given by the user.
    pub place: &'a str,
    /// Its last component.
    pub file: &'a str,
    /// Bytes.
    pub size: u64,
    /// The name and version of the distribution, if both are known.
    pub release: Option<(&'a str, &'a str)>,
    /// The tags of a wheel.
    pub tags: &'a [Tag],
    /// The shared libraries of a wheel.
    pub binaries: &'a [BinaryOutline],
    /// Its findings.
    pub findings: &'a [Finding],
    /// The ignored findings.
    pub ignored: &'a [Ignored],
}

/// How findings are located in an [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a member of one file, which a code browser does not know.
    File,
    /// In a file of its own.
    Project,
}

/// The subject of a finding.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// One of the [`View::items`].
    Item(Item<'a>),
    /// Several wheels together.
    Set {
        /// The distribution's name.
        name: &'a str,
        /// The wheel that the finding names, or else the first, as given by the user.
        place: Option<&'a str>,
    },
}

/// A place inside a [`Subject`] that is not a file on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Logical<'a> {
    /// A member of a wheel, and its name with that of the wheel.
    Member(&'a str, String),
    /// A distribution.
    Package(&'a str),
}

impl<'a> Subject<'a> {
    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        match self {
            Self::Item(item) => item.file,
            Self::Set { name, .. } => name,
        }
    }

    /// The file of a finding: the source file of a project, or the wheel.
    pub(super) fn file_of(&self, finding: &Finding) -> Option<String> {
        let (place, member) = match self {
            Self::Item(Item { kind: Kind::Project, place, .. }) => (*place, finding.place.member.as_deref()),
            Self::Item(item) => (item.place, None),
            Self::Set { place, .. } => ((*place)?, None),
        };
        Some(match (member, place) {
            // A file given by itself.
            (Some(member), place) if place.ends_with(".rs") || place.ends_with(".toml") => {
                place.rfind(['/', '\\']).map_or_else(|| member.to_owned(), |at| format!("{}{member}", &place[..=at]))
            }
            (Some(member), "." | "./") => member.to_owned(),
            (Some(member), place) => format!("{}/{member}", place.trim_end_matches('/')),
            (None, place) => place.to_owned(),
        })
    }

    /// The place of a finding inside it, if [`file_of`](Self::file_of) does not identify it.
    pub(super) fn logical<'b>(&self, finding: &'b Finding) -> Option<Logical<'b>>
    where
        'a: 'b,
    {
        match (self, &finding.place.member) {
            (Self::Item(Item { kind: Kind::Project, .. }), _) => None,
            (_, Some(member)) => Some(Logical::Member(member, format!("{}!/{}", self.name(), finding.place))),
            (Self::Item(_), None) => None,
            (Self::Set { name, .. }, None) => Some(Logical::Package(name)),
        }
    }

    /// Its identity across releases, and the version contained in the names of its members.
    pub(super) fn across_releases(&self) -> (String, Option<&'a str>) {
        match self {
            Self::Item(Item { release: Some((name, version)), tags, .. }) => {
                let tags: Vec<String> = tags.iter().map(ToString::to_string).collect();
                (format!("{name} {}", tags.join(" ")), Some(version))
            }
            _ => (self.name().to_owned(), None),
        }
    }
}

impl<'a> View<'a> {
    /// The result in one line: `2 errors, 1 note in 3 files, 1 could not be checked (1 ignored)`.
    #[must_use]
    pub fn verdict(&self) -> String {
        let Counts { errors, warnings, notes, ignored } = self.counts;
        let kinds: Vec<String> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, thing)| count(number, thing))
            .collect();
        let found = if kinds.is_empty() { "no findings".to_owned() } else { kinds.join(", ") };
        let ignored = if ignored == 0 { String::new() } else { format!(" ({ignored} ignored)") };
        let missed = match self.failures.len() {
            0 => String::new(),
            number => format!(", {number} could not be checked"),
        };
        format!("{found} in {}{missed}{ignored}", count(self.items.len(), self.words.thing))
    }

    /// Every finding that counts, with its subject: those of the items in order, then those of the releases.
    #[must_use]
    pub fn findings(&self) -> Vec<(Subject<'a>, &'a Finding)> {
        self.with_subjects(|item| item.findings, |set| &set.findings, |finding| finding)
    }

    /// Every finding that is ignored, likewise.
    #[must_use]
    pub fn ignored(&self) -> Vec<(Subject<'a>, &'a Ignored)> {
        self.with_subjects(|item| item.ignored, |set| &set.ignored, |ignored| &ignored.finding)
    }

    /// The names of the items with an error.
    pub(super) fn broken(&self) -> impl Iterator<Item = &'a str> {
        let has_error = |item: &&Item<'_>| item.findings.iter().any(|finding| finding.severity == Severity::Error);
        self.items.iter().filter(has_error).map(|item| item.file)
    }

    fn with_subjects<T>(
        &self,
        of_item: impl Fn(&Item<'a>) -> &'a [T],
        of_set: impl Fn(&'a SetReport) -> &'a [T],
        finding: impl Fn(&'a T) -> &'a Finding,
    ) -> Vec<(Subject<'a>, &'a T)> {
        let places: HashMap<&str, &'a str> = self.items.iter().map(|item| (item.file, item.place)).collect();
        let mut all = Vec::new();
        for item in &self.items {
            all.extend(of_item(item).iter().map(|found| (Subject::Item(*item), found)));
        }
        for set in self.sets {
            all.extend(of_set(set).iter().map(|found| {
                let named = finding(found).place.member.as_ref().filter(|member| set.wheels.contains(member));
                let wheel = named.or_else(|| set.wheels.first());
                let place = wheel.and_then(|wheel| places.get(wheel.as_str()).copied());
                (Subject::Set { name: &set.name, place }, found)
            }));
        }
        all
    }
}
