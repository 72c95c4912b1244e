//! What every form shows of a report, of wheels and of sources alike: what was looked at, with its findings.

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

/// A report that has every [`Format`]. Its JSON form is its own; the others show its [`View`].
pub trait Renderable: Serialize + Sized {
    /// What the other forms show.
    fn view(&self) -> View<'_>;

    /// The report in a form; `text` says how the form for people looks.
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

    /// The form for people, as a terminal shows it.
    #[must_use]
    fn text(&self, how: Text) -> TerminalText {
        text::render(&self.view(), how)
    }

    /// What a command that made this report ends with; `fail_on` is the mildest finding that counts.
    ///
    /// What could not be looked at outweighs what is wrong: the audit was not completed.
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

    /// Every finding that counts, with what it is about.
    #[must_use]
    fn findings(&self) -> Vec<(Subject<'_>, &Finding)> {
        self.view().findings()
    }

    /// The outcome in one line.
    #[must_use]
    fn verdict(&self) -> String {
        self.view().verdict()
    }
}

/// The words that a kind of report has for itself.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    /// The heading of a page.
    pub heading: &'static str,
    /// What is looked at.
    pub thing: &'static str,
    /// What code scanning tells runs apart by: `monowheel/COMMAND/`.
    pub run: &'static str,
}

impl Words {
    /// The command that makes the report.
    #[must_use]
    pub fn command(&self) -> &'static str {
        self.run.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
    }
}

/// The parts of a report that forms show.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// Its words.
    pub words: Words,
    /// The version of its JSON form.
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// How many findings of each kind there are.
    pub counts: Counts,
    /// What was looked at, in the order it was named.
    pub items: Vec<Item<'a>>,
    /// The sets of wheels among them.
    pub sets: &'a [SetReport],
    /// What could not be looked at.
    pub failures: &'a [Failure],
    /// Ignores that matched nothing.
    pub unused_ignores: &'a [Ignore],
    /// What came of running the wheels.
    pub proofs: &'a [Proof],
}

/// A wheel, a bare binary or a project.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// How findings in it are located.
    pub kind: Kind,
    /// The path or URL by which the user named it.
    pub place: &'a str,
    /// The last part of it.
    pub file: &'a str,
    /// Bytes.
    pub size: u64,
    /// The name and the version of the distribution, where both are known.
    pub release: Option<(&'a str, &'a str)>,
    /// The tags of a wheel.
    pub tags: &'a [Tag],
    /// The shared libraries of a wheel.
    pub binaries: &'a [BinaryOutline],
    /// What is wrong with it.
    pub findings: &'a [Finding],
    /// What is ignored.
    pub ignored: &'a [Ignored],
}

/// How findings are located in an [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In a member of one file, which a browser of code does not know.
    File,
    /// In a file of its own.
    Project,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// One of the [`View::items`].
    Item(Item<'a>),
    /// Several wheels together.
    Set {
        /// The distribution's name.
        name: &'a str,
        /// The wheel that the finding names, or else the first, as the user named it.
        place: Option<&'a str>,
    },
}

/// A place inside a [`Subject`] that is no file on disk.
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

    /// The file that a finding is in: of a project the source file, of a wheel the wheel.
    pub(super) fn file_of(&self, finding: &Finding) -> Option<String> {
        let (place, member) = match self {
            Self::Item(Item { kind: Kind::Project, place, .. }) => (*place, finding.place.member.as_deref()),
            Self::Item(item) => (item.place, None),
            Self::Set { place, .. } => ((*place)?, None),
        };
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

    /// Where in it a finding is, when [`file_of`](Self::file_of) does not tell.
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

    /// What it is in every release, and the version that the names of its members hold.
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
    /// The outcome in one line: `2 errors, 1 note in 3 files, 1 could not be looked at (1 ignored)`.
    #[must_use]
    pub fn verdict(&self) -> String {
        let Counts { errors, warnings, notes, ignored } = self.counts;
        let kinds: Vec<String> = [(errors, "error"), (warnings, "warning"), (notes, "note")]
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, thing)| count(number, thing))
            .collect();
        let found = if kinds.is_empty() { "nothing found".to_owned() } else { kinds.join(", ") };
        let ignored = if ignored == 0 { String::new() } else { format!(" ({ignored} ignored)") };
        let missed = match self.failures.len() {
            0 => String::new(),
            number => format!(", {number} could not be looked at"),
        };
        format!("{found} in {}{missed}{ignored}", count(self.items.len(), self.words.thing))
    }

    /// Every finding that counts, with what it is about: the items' in their order, then the sets'.
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
