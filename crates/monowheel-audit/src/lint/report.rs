//! The report of a lint. Its JSON form has the keys of the audit's document.

use serde::{Serialize, Serializer};

use crate::finding::Finding;
use crate::report::{Counts, Failure, Ignore, Ignored, Item, Kind, Renderable, View, Words};
use crate::source::Source;

/// The version of the JSON form.
pub const SCHEMA: &str = "monowheel.lint/1";

/// The outcome of a lint.
#[derive(Clone, Debug, Default)]
pub struct LintReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The number of findings by severity, with ignored ones counted separately.
    pub counts: Counts,
    /// The projects, in the order given by the user.
    pub projects: Vec<ProjectReport>,
    /// Failures to read something: never skipped silently, never a clean exit.
    pub failures: Vec<Failure>,
    /// Ignores in the configuration and in comments that matched nothing.
    pub unused_ignores: Vec<Ignore>,
}

/// One project.
#[derive(Clone, Debug, Default)]
pub struct ProjectReport {
    /// The path given by the user.
    pub place: String,
    /// The last component of its full path.
    pub file: String,
    /// The size of its sources in bytes.
    pub size: u64,
    /// The name of the crate that is built.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// `requires-python` of pyproject.toml.
    pub requires_python: Option<String>,
    /// Its findings, worst first.
    pub findings: Vec<Finding>,
    /// Findings ignored by the configuration or a comment.
    pub ignored: Vec<Ignored>,
}

impl ProjectReport {
    /// The project itself, without findings.
    pub(super) fn of(source: &Source) -> Self {
        let mut asked = source.crates.iter().filter(|krate| krate.is_asked);
        let krate = asked.find(|krate| krate.is_cdylib).or(source.crates.first());
        let folder = std::path::absolute(&source.place).ok();
        let file = folder.as_deref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
        Self {
            place: source.place.clone(),
            file: file.unwrap_or_else(|| source.place.clone()),
            size: source.files.iter().filter(|file| source.is_asked_file(file)).map(|file| file.size).sum(),
            name: krate.map(|krate| krate.name.clone()),
            version: krate.and_then(|krate| krate.version.clone()),
            requires_python: source.package.as_ref().and_then(|package| package.requires_python.clone()),
            ..Self::default()
        }
    }

    fn item(&self) -> Item<'_> {
        Item {
            kind: Kind::Project,
            place: &self.place,
            file: &self.file,
            size: self.size,
            release: self.name.as_deref().zip(self.version.as_deref()),
            tags: &[],
            binaries: &[],
            findings: &self.findings,
            ignored: &self.ignored,
        }
    }
}

impl Renderable for LintReport {
    fn view(&self) -> View<'_> {
        View {
            words: Words { heading: "PyO3 source lint", thing: "project", run: "monowheel/lint/" },
            schema: self.schema,
            monowheel: self.monowheel,
            counts: self.counts,
            items: self.projects.iter().map(ProjectReport::item).collect(),
            sets: &[],
            failures: &self.failures,
            unused_ignores: &self.unused_ignores,
            proofs: &[],
        }
    }
}

/// [`SCHEMA`]: fields that only wheels have are empty, and remain for readers of this version.
#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    monowheel: &'static str,
    counts: Counts,
    files: Vec<Project<'a>>,
    sets: [(); 0],
    failures: &'a [Failure],
    unused_ignores: &'a [Ignore],
}

/// One of its `files`.
#[derive(Serialize)]
struct Project<'a> {
    place: &'a str,
    file: &'a str,
    size: u64,
    name: Option<&'a str>,
    version: Option<&'a str>,
    build: Option<()>,
    tags: [(); 0],
    requires_python: Option<&'a str>,
    binaries: [(); 0],
    findings: &'a [Finding],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    ignored: &'a [Ignored],
}

impl<'a> Project<'a> {
    fn of(report: &'a ProjectReport) -> Self {
        let ProjectReport { place, file, size, name, version, requires_python, findings, ignored } = report;
        Self {
            place,
            file,
            size: *size,
            name: name.as_deref(),
            version: version.as_deref(),
            build: None,
            tags: [],
            requires_python: requires_python.as_deref(),
            binaries: [],
            findings,
            ignored,
        }
    }
}

impl Serialize for LintReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { schema, monowheel, counts, projects, failures, unused_ignores } = self;
        let files = projects.iter().map(Project::of).collect();
        Document { schema, monowheel, counts: *counts, files, sets: [], failures, unused_ignores }.serialize(serializer)
    }
}
