//! Every check of a release, each with what, where, how it stands, and the next step.

mod looking;
mod pipelines;
mod sets;
mod tags;

use std::path::PathBuf;

use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::CancelToken;
use serde::Serialize;

use crate::release::check::looking::Looking;
use crate::release::history::{History, Tag};
use crate::release::source::Source;
use crate::release::tag::message;

/// The version of the JSON form.
pub(crate) const SCHEMA: &str = "monowheel.release-check/1";

/// What to look at.
#[derive(Clone, Debug)]
pub struct Request {
    /// The project's folder.
    pub root: PathBuf,
    /// The folder of the set; `dist` in the project's when absent.
    pub set: Option<PathBuf>,
    /// The git remote to ask for the tag; an empty name means the one that is there. None is asked when absent.
    pub remote: Option<String>,
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
    /// The same as wheels have it (PEP 440).
    pub(crate) python_version: String,
    /// What its tag is called.
    pub tag: String,
    /// The commit that is checked out.
    pub(crate) commit: Option<String>,
    /// Whether all is well, and a tag can be made.
    pub ready: bool,
    /// The checks, in the order in which a release comes about.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: `version`, `lock`, `pyproject`, `changelog`, `tree`, `set`, `files`, `complete`, `commit`, `audit`,
    /// `proof`, `ci`, `tools`, `tag`, `remote`.
    pub check: &'static str,
    /// Where.
    pub place: String,
    /// How it stands.
    pub state: State,
    /// That in words.
    pub said: String,
    /// What to do, where it is not well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How a check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should.
    Ok,
    /// It may be so, and could be safer.
    Warning,
    /// Not so.
    Wrong,
    /// It could not be looked at.
    Unknown,
    /// There is nothing to look at, because of what another check says.
    Skipped,
}

/// What a tag needs to be made, as far as it is known.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) history: Option<History>,
    /// What the tag has to say.
    pub(super) message: Option<String>,
    /// The tag that is there.
    pub(super) tag: Option<Tag>,
}

impl Report {
    /// 3 when something could not be looked at, else 1 when something is wrong, else 0.
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

/// Looks at all of it, and changes nothing.
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
        looking.add("tag", &name, State::Skipped, "no commit to look at");
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
