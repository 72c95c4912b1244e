//! Records checks, and runs those of the project: versions, changelog, checkout.

use std::path::Path;

use monowheel_error::{ErrorKind, Result};
use monowheel_system::exec::CancelToken;

use crate::release::changelog::Changelog;
use crate::release::check::{Check, State};
use crate::release::history::History;
use crate::release::source::Source;
use crate::release::written::Written;

/// The checks so far.
pub(super) struct Looking<'a> {
    pub(super) checks: Vec<Check>,
    pub(super) source: &'a Source,
    pub(super) stop: &'a CancelToken,
}

impl Looking<'_> {
    pub(super) fn add(&mut self, check: &'static str, place: &str, state: State, said: impl Into<String>) {
        self.checks.push(Check { check, place: place.to_owned(), state, said: said.into(), next: None });
    }

    pub(super) fn wrong(&mut self, check: &'static str, place: &str, said: impl Into<String>, next: impl Into<String>) {
        self.add(check, place, State::Wrong, said);
        if let Some(check) = self.checks.last_mut() {
            check.next = Some(next.into());
        }
    }

    /// Passes on a result; an error becomes a failed check. Only Ctrl-C ends everything.
    pub(super) fn told<T>(&mut self, check: &'static str, place: &str, result: Result<T>) -> Result<Option<T>> {
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
    pub(super) fn versions(&mut self) -> Result<()> {
        let source = self.source;
        let version = &source.version;
        let place = source.shown(&source.manifest.path);
        let wheels = version.python();
        let said = if version.to_string() == wheels { wheels } else { format!("{version}, in wheels {wheels}") };
        self.add("version", &place, State::Ok, said);
        match &source.lock {
            None => self.wrong("lock", "Cargo.lock", "missing", "run cargo generate-lockfile, and commit it"),
            Some(lock) if lock.values.is_empty() => {
                let said = format!("no entry for {}", source.packages.join(", "));
                self.wrong(
                    "lock",
                    &source.shown(&lock.path),
                    said,
                    "run cargo update --workspace, and commit the lock",
                );
            }
            Some(lock) => self.same(
                "lock",
                lock,
                |text| text == version.to_string(),
                "run cargo update --workspace, and commit the lock",
            ),
        }
        match &source.pyproject {
            None => self.add("pyproject", "pyproject.toml", State::Ok, "dynamic: Cargo.toml's"),
            Some(written) => self.same(
                "pyproject",
                written,
                |text| version.is(text),
                "set dynamic = [\"version\"], or write the same version there",
            ),
        }
        Ok(())
    }

    fn same(&mut self, check: &'static str, written: &Written, is_it: impl Fn(&str) -> bool, next: &str) {
        let place = self.source.shown(&written.path);
        let other = written.values.iter().map(|value| value.version.as_str()).find(|text| !is_it(text));
        match (other, written.values.first()) {
            (Some(other), _) => {
                let said = format!("{other}, but Cargo.toml has {}", self.source.version);
                self.wrong(check, &place, said, next);
            }
            (None, first) => self.add(check, &place, State::Ok, first.map_or("", |value| value.version.as_str())),
        }
    }

    pub(super) fn changelog(&mut self) -> Result<()> {
        let (path, version) = (&self.source.changelog, &self.source.version);
        let place = self.source.shown(path);
        let Some(changelog) = self.told("changelog", &place, Changelog::read(path))? else { return Ok(()) };
        let wanted = format!("## [{version}] - YYYY-MM-DD");
        match changelog.entry(version) {
            None => {
                let next = format!("run monowheel release prepare {version}, which creates it from Unreleased");
                self.wrong("changelog", &place, format!("no section {wanted}"), next);
            }
            Some(entry) => match (entry.fault(), &entry.date) {
                (Some(fault), _) => {
                    self.wrong("changelog", &place, fault, format!("write {wanted}, and the changes below it"))
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
    pub(super) fn history(&mut self, set: &Path) -> Result<(Option<History>, Option<String>)> {
        let opened = History::open(&self.source.root, self.stop);
        let Some(history) = self.told("tree", ".", opened)? else { return Ok((None, None)) };
        let Some(head) = self.told("tree", ".", history.head())? else { return Ok((Some(history), None)) };
        if let Some(changes) = self.told("tree", ".", history.changes(set))? {
            if changes.is_empty() {
                self.add("tree", ".", State::Ok, format!("clean at {}", short(&head)));
            } else {
                let said = format!("uncommitted changes: {}", some(&changes));
                self.wrong("tree", ".", said, "commit them, or run git stash --include-untracked; then build again");
            }
        }
        Ok((Some(history), Some(head)))
    }
}

/// The first few of a list.
pub(super) fn some(list: &[String]) -> String {
    let more = list.len().saturating_sub(4);
    let shown = list.iter().take(4).map(|line| line.trim()).collect::<Vec<_>>().join("; ");
    if more == 0 { shown } else { format!("{shown}; and {more} more") }
}

pub(super) fn short(commit: &str) -> &str {
    commit.get(..12).unwrap_or(commit)
}
