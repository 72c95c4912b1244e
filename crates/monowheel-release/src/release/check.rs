//! Every check of a release, each with its subject, place, state and next step.

mod api;
mod looking;
mod pipelines;
mod sets;
mod tags;

use std::path::PathBuf;

use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::CancelToken;
use serde::Serialize;

use crate::api::Means;
use crate::release::check::looking::Looking;
use crate::release::history::{History, Tag};
use crate::release::source::Source;
use crate::release::tag::message;

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.release-check/1";

/// What to check.
#[derive(Clone, Debug)]
pub struct Request {
    /// The project's directory.
    pub root: PathBuf,
    /// The directory of the distributions; `dist` in the project's if absent.
    pub set: Option<PathBuf>,
    /// The git remote to check for the tag; an empty name means `origin`, or the only one. If absent, none is queried.
    pub remote: Option<String>,
    /// What the check of the API needs.
    pub api: Means,
}

/// All checks.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `SCHEMA`.
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The distribution's name as written.
    pub name: String,
    /// The version of Cargo.toml.
    pub version: String,
    /// The same as in wheels (PEP 440).
    pub(crate) python_version: String,
    /// The name of its tag.
    pub tag: String,
    /// The commit that is checked out.
    pub(crate) commit: Option<String>,
    /// Whether every check passed, so that a tag can be created.
    pub ready: bool,
    /// The checks, in the order of a release.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked: `version`, `lock`, `pyproject`, `changelog`, `tree`, `set`, `files`, `complete`, `commit`,
    /// `audit`, `proof`, `api`, `ci`, `tools`, `tag`, `remote`.
    pub check: &'static str,
    /// Where.
    pub place: String,
    /// Its state.
    pub state: State,
    /// Details.
    pub said: String,
    /// The next step, if the check failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The state of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Passed.
    Ok,
    /// Acceptable, but could be safer.
    Warning,
    /// Failed.
    Wrong,
    /// It could not be run.
    Unknown,
    /// Not applicable because another check failed.
    Skipped,
}

/// The properties of a tag, as far as they are known.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) history: Option<History>,
    /// The message of the tag.
    pub(super) message: Option<String>,
    /// The existing tag.
    pub(super) tag: Option<Tag>,
}

impl Report {
    /// 3 if a check could not be run, else 1 if a check failed, else 0.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        let any = |state| self.checks.iter().any(|check| check.state == state);
        if any(State::Unknown) {
            ExitCode::Incomplete
        } else if any(State::Wrong) {
            ExitCode::Findings
        } else {
            ExitCode::Clean
        }
    }
}

/// Runs every check, and changes nothing.
///
/// # Errors
/// When the project's version cannot be read at all, and after `stop`.
pub fn check(request: &Request, stop: &CancelToken) -> Result<Report> {
    Ok(look(request, stop)?.0)
}

pub(super) fn look(request: &Request, stop: &CancelToken) -> Result<(Report, Known)> {
    let source = Source::read(&request.root)?;
    let folder = match &request.set {
        Some(folder) => std::path::absolute(folder)?,
        None => source.root.join("dist"),
    };
    let mut looking = Looking { checks: Vec::new(), source: &source, stop };
    looking.versions()?;
    looking.changelog()?;
    let (history, head) = looking.history(&folder)?;
    let set = looking.set(&folder, head.as_deref())?;
    looking.api(&folder, set.is_some(), &request.api)?;
    looking.locked(set.as_ref())?;
    looking.pipelines(set.as_ref())?;
    let message = set.map(|set| message(&source.name, &source.version, &set.sums()));
    let name = source.tag_of(&source.version);
    let mut tag = None;
    if let (Some(history), Some(head)) = (&history, &head) {
        let asked = request.remote.as_deref();
        tag = looking.tag(history, &name, head, message.as_deref(), asked.is_some())?;
        if let Some(remote) = asked {
            looking.remote(history, remote, &name, head, tag.as_ref())?;
        }
    } else {
        looking.add("tag", &name, State::Skipped, "no commit to check");
    }
    let checks = looking.checks;
    let report = Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        name: source.name.clone(),
        version: source.version.to_string(),
        python_version: source.version.python(),
        tag: name,
        commit: head,
        ready: checks.iter().all(|check| matches!(check.state, State::Ok | State::Warning)),
        checks,
    };
    Ok((report, Known { history, message, tag }))
}
