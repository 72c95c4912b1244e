//! The state of a plan's files in a checkout: up to date, missing, drifted, or not written by monowheel.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::regular_file;
use monowheel_system::text_changes::{self, Change};
use monowheel_wheel::names::normalized_name;
use serde::Serialize;

use crate::ci::Provider;
use crate::ci::facts::Facts;
use crate::ci::page::Page;
use crate::ci::place::Checkout;
use crate::ci::plan::Plan;
use crate::ci::settings::prefix;

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.ci/1";

/// The files and their plan.
#[derive(Clone, Debug, Serialize)]
pub struct Written {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The CI provider.
    pub provider: Provider,
    /// Whether all files existed already and were up to date.
    pub same: bool,
    /// Whether files were written.
    pub written: bool,
    /// The files.
    pub files: Vec<File>,
    /// What they do.
    pub plan: Plan,
}

/// The state of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Up to date.
    Same,
    /// Missing.
    Absent,
    /// Written by monowheel for this project, but out of date.
    Drifted,
    /// Not written by monowheel, or for another project.
    Foreign,
    /// Written by monowheel under a name that this configuration does not use.
    Stale,
}

/// A file of the plan.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    /// Relative to the root of the repository.
    pub path: String,
    /// Its state.
    pub state: State,
    /// What would change, as a unified diff; empty when nothing would.
    pub diff: String,
    /// How many lines it should have; none if it should be deleted.
    pub lines: usize,
    #[serde(skip)]
    full: PathBuf,
    #[serde(skip)]
    before: Option<String>,
    #[serde(skip)]
    after: String,
}

impl Written {
    /// Compares the files of a plan with a checkout. Nothing is written.
    ///
    /// # Errors
    /// When a file exists and cannot be read as text.
    pub fn look(checkout: &Checkout, provider: Provider, plan: Plan, pages: Vec<Page>) -> Result<Self> {
        let mut files: Vec<File> =
            pages.into_iter().map(|page| file(&checkout.top, provider, &plan, page)).collect::<Result<_>>()?;
        if provider == Provider::Github {
            let stale = stale(&checkout.top, &plan, &files)?;
            files.extend(stale);
        }
        Ok(Self {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            provider,
            same: files.iter().all(|file| file.state == State::Same),
            written: false,
            files,
            plan,
        })
    }

    /// The exit code of a command that only checks.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        if self.same { ExitCode::Clean } else { ExitCode::Findings }
    }

    /// The files that monowheel did not write.
    #[must_use]
    pub(crate) fn foreign(&self) -> Vec<&str> {
        self.files.iter().filter(|file| file.state == State::Foreign).map(|file| file.path.as_str()).collect()
    }

    /// Writes the files that are not up to date: all of them or none. Stale files are left for the user to delete.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when a file is not monowheel's and overwriting is not `forced`; when one cannot be written.
    pub fn write(&mut self, forced: bool) -> Result<()> {
        let foreign = self.foreign();
        if !forced && !foreign.is_empty() {
            return Err(Error::new(
                ErrorKind::Usage,
                "refusing to overwrite files that monowheel did not write for this project",
            )
            .at(foreign.join(", "))
            .next("check the diff; use --force to overwrite them, or choose other names with [tool.monowheel.ci] prefix = \"…\""));
        }
        let changes: Vec<Change> = (self.files.iter())
            .filter(|file| !matches!(file.state, State::Same | State::Stale))
            .map(|file| Change { path: file.full.clone(), before: file.before.clone(), after: file.after.clone() })
            .collect();
        text_changes::write_all(&changes)?;
        self.written = !changes.is_empty();
        Ok(())
    }
}

fn file(top: &Path, provider: Provider, plan: &Plan, page: Page) -> Result<File> {
    let full = top.join(&page.path);
    let before = text(&full)?;
    // git may have checked it out with the line breaks of Windows.
    let same = |text: &String| text.replace("\r\n", "\n") == page.text;
    let state = match &before {
        None => State::Absent,
        Some(text) if same(text) => State::Same,
        Some(text) if is_own(text, provider, &project_line(plan)) => State::Drifted,
        Some(_) => State::Foreign,
    };
    let diff = if state == State::Same {
        String::new()
    } else {
        text_changes::diff(&page.path, before.as_deref(), &page.text)
    };
    let lines = page.text.lines().count();
    Ok(File { path: page.path, state, diff, lines, full, before, after: page.text })
}

fn text(path: &Path) -> Result<Option<String>> {
    match regular_file::read_text(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Error::new(ErrorKind::Usage, "not a text file generated by monowheel")
                .at(path.display())
                .next("move it elsewhere"))
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether monowheel wrote this text for this project: another project of the repository has its own files.
fn is_own(text: &str, provider: Provider, project_line: &str) -> bool {
    text.starts_with(&provider.mark()) && text.lines().nth(1) == Some(project_line)
}

/// The text of a file that monowheel wrote for this project, if there is one.
pub(crate) fn own_text(path: &Path, provider: Provider, plan: &Plan) -> Result<Option<String>> {
    Ok(text(path)?.filter(|text| is_own(text, provider, &project_line(plan))))
}

/// Files of an earlier configuration of this project: workflows of another prefix, which would run in addition,
/// and locks that nothing installs.
fn stale(top: &Path, plan: &Plan, files: &[File]) -> Result<Vec<File>> {
    let mut found = stale_in(top, ".github/workflows", "yml", plan, files)?;
    for entry in fs_err::read_dir(top.join(".github")).into_iter().flatten() {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with("monowheel") {
            found.extend(stale_in(top, &format!(".github/{name}"), "txt", plan, files)?);
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn stale_in(top: &Path, directory: &str, end: &str, plan: &Plan, files: &[File]) -> Result<Vec<File>> {
    let Ok(entries) = fs_err::read_dir(top.join(directory)) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = format!("{directory}/{name}");
        let is_candidate = path.extension().is_some_and(|found| found == end) && path.is_file();
        if !is_candidate || files.iter().any(|file| file.path == shown) {
            continue;
        }
        let Some(before) = text(&path)? else { continue };
        if is_own(&before, Provider::Github, &project_line(plan)) {
            found.push(File {
                path: shown,
                state: State::Stale,
                diff: String::new(),
                lines: 0,
                full: path,
                before: Some(before),
                after: String::new(),
            });
        }
    }
    Ok(found)
}

/// The second line of a workflow, which distinguishes the projects of a repository.
#[must_use]
pub(crate) fn project_line(plan: &Plan) -> String {
    line_of(&plan.name, &plan.folder)
}

fn line_of(name: &str, folder: &str) -> String {
    let place = if folder.is_empty() { String::new() } else { format!(" in {folder}") };
    format!("# For {name}{place}.")
}

/// The pipeline started by a tag, if monowheel wrote one for this project: its file, relative to the repository's root.
///
/// # Errors
/// When the file exists and cannot be read as text.
pub(crate) fn releasing(top: &Path, facts: &Facts, provider: Provider) -> Result<Option<String>> {
    let prefix = prefix(&facts.table)?;
    let path = match provider {
        Provider::Github => format!(".github/workflows/{prefix}release.yml"),
        Provider::Gitlab => format!(".{prefix}gitlab-ci.yml"),
    };
    let line = line_of(&normalized_name(&facts.name), &facts.folder);
    Ok(text(&top.join(&path))?.filter(|text| is_own(text, provider, &line)).map(|_| path))
}
