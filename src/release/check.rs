//! Every check of a release, each with what, where, how it stands, and the next step.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, ErrorKind, ExitCode, Result};
use crate::exec::Stop;
use crate::release::changelog::Changelog;
use crate::release::history::{History, Tag};
use crate::release::set::Set;
use crate::release::source::{Source, Written};
use crate::release::tag::message;
use crate::wheel::filename::{normalized, same_version};

/// The version of the JSON form.
pub const SCHEMA: &str = "monowheel.release-check/1";

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
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The distribution's name as written.
    pub name: String,
    /// The version of Cargo.toml.
    pub version: String,
    /// The same as wheels have it (PEP 440).
    pub python_version: String,
    /// What its tag is called.
    pub tag: String,
    /// The commit that is checked out.
    pub commit: Option<String>,
    /// Whether all is well, and a tag can be made.
    pub ready: bool,
    /// The checks, in the order in which a release comes about.
    pub checks: Vec<Check>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: `version`, `lock`, `pyproject`, `changelog`, `tree`, `set`, `files`, `complete`, `commit`, `audit`,
    /// `proof`, `tag`, `remote`.
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
    /// The remotes of the repository.
    pub(super) remotes: Vec<String>,
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
pub fn check(request: &Request, stop: &Stop) -> Result<Report> {
    Ok(look(request, stop)?.0)
}

pub(super) fn look(request: &Request, stop: &Stop) -> Result<(Report, Known)> {
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
    let message = set.map(|set| message(&source.name, &source.version, &set.sums()));
    let name = source.tag_of(&source.version);
    let mut tag = None;
    let mut remotes = Vec::new();
    if let (Some(history), Some(head)) = (&history, &head) {
        let asked = request.remote.as_deref();
        tag = looking.tag(history, &name, head, message.as_deref(), asked.is_some())?;
        if let Some(remote) = asked {
            looking.remote(history, remote, &name, head, tag.as_ref())?;
        }
        remotes = history.remotes()?;
    } else {
        looking.add("tag", &name, State::Skipped, "no commit to look at");
    }
    let checks = looking.checks;
    let report = Report {
        schema: SCHEMA,
        monowheel: crate::VERSION,
        name: source.name.clone(),
        version: source.version.to_string(),
        python_version: source.version.python(),
        tag: name,
        commit: head,
        ready: checks.iter().all(|check| check.state == State::Ok),
        checks,
    };
    Ok((report, Known { history, message, tag, remotes }))
}

struct Looking<'a> {
    checks: Vec<Check>,
    source: &'a Source,
    stop: &'a Stop,
}

impl Looking<'_> {
    fn add(&mut self, check: &'static str, place: &str, state: State, said: impl Into<String>) {
        self.checks.push(Check { check, place: place.to_owned(), state, said: said.into(), next: None });
    }

    fn wrong(&mut self, check: &'static str, place: &str, said: impl Into<String>, next: impl Into<String>) {
        self.add(check, place, State::Wrong, said);
        if let Some(check) = self.checks.last_mut() {
            check.next = Some(next.into());
        }
    }

    /// What could be told is handed on; what went wrong is a check. Only Ctrl-C ends all of it.
    fn told<T>(&mut self, check: &'static str, place: &str, result: Result<T>) -> Result<Option<T>> {
        let error = match result {
            Ok(value) => return Ok(Some(value)),
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => error,
        };
        let state = match error.kind() {
            ErrorKind::Project | ErrorKind::Usage | ErrorKind::Format => State::Wrong,
            _ => State::Unknown,
        };
        let place = error.place().map_or_else(|| place.to_owned(), |place| self.source.shown(Path::new(place)));
        self.add(check, &place, state, error.what());
        if let Some(check) = self.checks.last_mut() {
            check.next = error.next_step().map(str::to_owned);
        }
        Ok(None)
    }

    /// Cargo.toml, Cargo.lock, pyproject.toml.
    fn versions(&mut self) -> Result<()> {
        let source = self.source;
        let version = &source.version;
        let place = source.shown(&source.manifest.path);
        let wheels = version.python();
        let said =
            if version.to_string() == wheels { wheels } else { format!("{version}, which wheels have as {wheels}") };
        self.add("version", &place, State::Ok, said);
        match &source.lock {
            None => self.wrong("lock", "Cargo.lock", "there is none", "cargo generate-lockfile, and commit it"),
            Some(lock) if lock.values.is_empty() => {
                let said = format!("it has no entry of {}", source.packages.join(", "));
                self.wrong("lock", &source.shown(&lock.path), said, "cargo update --workspace, and commit it");
            }
            Some(lock) => {
                self.same("lock", lock, |text| text == version.to_string(), "cargo update --workspace, and commit it")
            }
        }
        match &source.pyproject {
            None => self.add("pyproject", "pyproject.toml", State::Ok, "dynamic: Cargo.toml's"),
            Some(written) => self.same(
                "pyproject",
                written,
                |text| version.is(text),
                "make it dynamic = [\"version\"], or write the same there",
            ),
        }
        Ok(())
    }

    fn same(&mut self, check: &'static str, written: &Written, is_it: impl Fn(&str) -> bool, next: &str) {
        let place = self.source.shown(&written.path);
        let other = written.values.iter().map(|value| value.version.as_str()).find(|text| !is_it(text));
        match (other, written.values.first()) {
            (Some(other), _) => {
                let said = format!("{other}, and Cargo.toml says {}", self.source.version);
                self.wrong(check, &place, said, next);
            }
            (None, first) => self.add(check, &place, State::Ok, first.map_or("", |value| value.version.as_str())),
        }
    }

    fn changelog(&mut self) -> Result<()> {
        let (path, version) = (&self.source.changelog, &self.source.version);
        let place = self.source.shown(path);
        let Some(changelog) = self.told("changelog", &place, read_changelog(path))? else { return Ok(()) };
        let wanted = format!("## [{version}] - YYYY-MM-DD");
        match changelog.entry(version) {
            None => {
                let next = format!("monowheel release prepare {version} makes it of what is under Unreleased");
                self.wrong("changelog", &place, format!("no section {wanted}"), next);
            }
            Some(entry) => match (entry.fault(), &entry.date) {
                (Some(fault), _) => {
                    self.wrong("changelog", &place, fault, format!("{wanted}, and under it what changed"))
                }
                (None, date) => self.add(
                    "changelog",
                    &place,
                    State::Ok,
                    format!("{} of {}", entry.name, date.as_deref().unwrap_or_default()),
                ),
            },
        }
        Ok(())
    }

    /// The checkout, and its commit.
    fn history(&mut self, set: &Path) -> Result<(Option<History>, Option<String>)> {
        let opened = History::open(&self.source.root, self.stop);
        let Some(history) = self.told("tree", ".", opened)? else { return Ok((None, None)) };
        let Some(head) = self.told("tree", ".", history.head())? else { return Ok((Some(history), None)) };
        if let Some(changes) = self.told("tree", ".", history.changes(set))? {
            if changes.is_empty() {
                self.add("tree", ".", State::Ok, format!("clean at {}", short(&head)));
            } else {
                let said = format!("not as in the commit: {}", some(&changes));
                self.wrong("tree", ".", said, "commit it, or git stash --include-untracked; then build again");
            }
        }
        Ok((Some(history), Some(head)))
    }

    /// What is in dist/.
    fn set(&mut self, folder: &Path, head: Option<&str>) -> Result<Option<Set>> {
        let place = self.source.shown(folder);
        let Some(set) = self.told("set", &place, Set::read(folder))? else {
            for check in ["files", "complete", "commit", "audit", "proof"] {
                self.add(check, &place, State::Skipped, "no set to look at");
            }
            return Ok(None);
        };
        let (name, version) = (&set.manifest.name, &set.manifest.version);
        let source = self.source;
        if normalized(name) != normalized(&source.name) {
            self.wrong(
                "set",
                &place,
                format!("a set of {name}, not of {}", source.name),
                "--dist DIR names another folder",
            );
        } else if same_version(version, &source.version.python()) == Some(true) {
            self.add("set", &place, State::Ok, format!("{name} {version}"));
        } else {
            self.wrong(
                "set",
                &place,
                format!("a set of {version}, and Cargo.toml says {}", source.version),
                "monowheel build",
            );
        }
        if let Some(faults) = self.told("files", &place, set.faults())? {
            if faults.is_empty() {
                self.add("files", &place, State::Ok, "as built: every hash is the manifest's and that of SHA256SUMS");
            } else {
                self.wrong("files", &place, some(&faults), "take away what is of no use there, then: monowheel build");
            }
        }
        if let Some((count, lacks)) = self.told("complete", &place, set.lacks(&source.root))? {
            if lacks.is_empty() {
                self.add(
                    "complete",
                    &place,
                    State::Ok,
                    format!("{count} files: the sdist and every wheel that the project ships"),
                );
            } else {
                let next = "monowheel build; what the project ships is `targets` and `abis` of [tool.monowheel]";
                self.wrong("complete", &place, format!("there is no wheel for {}", some(&lacks)), next);
            }
        }
        match (&set.manifest.commit, head) {
            (_, None) => self.add("commit", &place, State::Skipped, "no commit to compare it with"),
            (Some(commit), Some(head)) if commit == head => self.add("commit", &place, State::Ok, short(head)),
            (Some(commit), Some(head)) => {
                self.wrong(
                    "commit",
                    &place,
                    format!("made from {}, and checked out is {}", short(commit), short(head)),
                    "monowheel build",
                );
            }
            (None, Some(_)) => {
                let said = "its sdist was made from files that were not committed";
                self.wrong("commit", &place, said, "commit them, then: monowheel build");
            }
        }
        if let Some((said, is_clean)) = self.told("audit", &place, set.audited(&source.root, self.stop))? {
            if is_clean {
                self.add("audit", &place, State::Ok, said);
            } else {
                self.wrong(
                    "audit",
                    &place,
                    said,
                    format!("monowheel audit {} shows all of it", crate::exec::quoted(folder)),
                );
            }
        }
        if let Some(said) = self.told("proof", &place, set.proven())? {
            self.add("proof", &place, State::Ok, said);
        }
        Ok(Some(set))
    }

    /// The tag in this repository.
    fn tag(
        &mut self,
        history: &History,
        name: &str,
        head: &str,
        message: Option<&str>,
        is_asked: bool,
    ) -> Result<Option<Tag>> {
        let Some(found) = self.told("tag", name, history.tag(name))? else { return Ok(None) };
        let Some(tag) = found else {
            if !is_asked && history.is_shallow()? {
                self.add("tag", name, State::Unknown, "not here, but this clone is shallow and may lack it");
                if let Some(check) = self.checks.last_mut() {
                    check.next = Some("--remote asks where it was cloned from; or git fetch --tags".to_owned());
                }
            } else {
                self.add("tag", name, State::Ok, "not there yet");
            }
            return Ok(None);
        };
        let anew = format!(
            "if nobody has it yet: git tag -d {name} && monowheel release tag; else monowheel release prepare --bump patch"
        );
        if tag.commit != head {
            let said = format!("it is there, at {}, and checked out is {}", short(&tag.commit), short(head));
            self.wrong(
                "tag",
                name,
                said,
                "a version that has its tag stays as it is: monowheel release prepare --bump patch",
            );
        } else if tag.message.is_none() {
            self.wrong("tag", name, "it is there at this commit, without a message: no SHA256SUMS", anew);
        } else if message.is_some_and(|message| !tag.message.as_deref().unwrap_or_default().starts_with(message)) {
            self.wrong(
                "tag",
                name,
                "it is there at this commit, and its message has not the SHA256SUMS of this set",
                anew,
            );
        } else {
            self.add("tag", name, State::Ok, "there already, at this commit");
        }
        Ok(Some(tag))
    }

    /// The tag in another repository.
    fn remote(&mut self, history: &History, remote: &str, name: &str, head: &str, here: Option<&Tag>) -> Result<()> {
        let place = if remote.is_empty() { "--remote" } else { remote };
        let Some(remote) = self.told("remote", place, history.remote(remote))? else { return Ok(()) };
        let Some(there) = self.told("remote", &remote, history.tag_at(&remote, name))? else { return Ok(()) };
        match (there, here) {
            (None, _) => self.add("remote", &remote, State::Ok, format!("{name} is not there yet")),
            (Some(there), _) if there.commit != head => {
                let said = format!("{name} is there, at {}, and checked out is {}", short(&there.commit), short(head));
                self.wrong(
                    "remote",
                    &remote,
                    said,
                    "a version that has its tag stays as it is: monowheel release prepare --bump patch",
                );
            }
            (Some(there), Some(here)) if there.object == here.object => {
                self.add("remote", &remote, State::Ok, format!("{name} is there already, the same"));
            }
            (Some(_), Some(_)) => {
                self.wrong(
                    "remote",
                    &remote,
                    format!("{name} is there at this commit, and is another tag than the one here"),
                    format!("git tag -d {name} && git fetch {remote} tag {name}"),
                );
            }
            (Some(_), None) => {
                self.wrong(
                    "remote",
                    &remote,
                    format!("{name} is there at this commit, and not here"),
                    format!("git fetch {remote} tag {name}"),
                );
            }
        }
        Ok(())
    }
}

pub(super) fn read_changelog(path: &Path) -> Result<Changelog> {
    match fs_err::read_to_string(path) {
        Ok(text) => Ok(Changelog::parse(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Error::new(ErrorKind::Project, "there is none")
            .at(path.display())
            .next("write it as Keep a Changelog 1.1.0 has it: `# Changelog`, `## [Unreleased]`, `### Added`, and a line for each change")),
        Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            Err(Error::new(ErrorKind::Project, "it is not UTF-8").at(path.display()).next("save it as UTF-8"))
        }
        Err(error) => Err(error.into()),
    }
}

/// The first few of a list.
fn some(list: &[String]) -> String {
    let more = list.len().saturating_sub(4);
    let shown = list.iter().take(4).map(|line| line.trim()).collect::<Vec<_>>().join("; ");
    if more == 0 { shown } else { format!("{shown}; and {more} more") }
}

fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
