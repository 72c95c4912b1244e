//! The audit of a fleet's worker.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use monowheel_audit::audit::{self, Open, Options, Subject};
use monowheel_audit::kept;
use monowheel_audit::report::{Ignore, Report};
use monowheel_audit::set::UsedSymbol;
use monowheel_net::subjects_at;
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_system::exec::CancelToken;
use monowheel_system::hash::sha256_read;
use monowheel_wheel::source::ReadAt;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde::{Deserialize, Serialize};

use super::kept_facts::{FactStore, KeptFacts};
use super::{File, Index, read, written};
use crate::python::audit::watched;
use crate::python::errors::Raised;

/// Some releases to audit.
#[derive(Deserialize)]
struct Batch {
    releases: Vec<Release>,
    ignore: BTreeMap<String, String>,
    index: Index,
    /// The Python here and its renderer, by which kept facts are known.
    checked_by: String,
    /// Whether to return the stored form of facts.
    keep_facts: bool,
}

/// The wheels of one release: they are also audited together.
#[derive(Deserialize)]
struct Release {
    paths: Vec<PathBuf>,
    files: Vec<File>,
    /// The file names of the sdists, and the directories of those on this machine.
    sdists: Vec<String>,
    sdist_folders: Vec<PathBuf>,
}

/// The report on a release, with what only a fleet keeps.
#[derive(Serialize)]
struct Audited {
    /// The place of each wheel, as the report names it, in the order of the request.
    places: Vec<String>,
    report: Report,
    /// For each of the report's files.
    facts: Vec<FileFacts>,
}

#[derive(Serialize)]
struct FileFacts {
    /// Of the bytes that were audited; `None` if only parts of them were read.
    sha256: Option<String>,
    /// Whether they are kept ones, so that the wheel was not read.
    were_kept: bool,
    generator: Option<String>,
    symbols: Vec<UsedSymbol>,
    #[serde(skip)]
    stored: Option<Vec<u8>>,
}

/// The facts to keep of each file, in their stored form.
type ToKeep<'py> = Vec<Option<Bound<'py, PyBytes>>>;

/// Audits the wheels of releases, each release by itself, with the checks that need `python`.
///
/// `kept` has an entry for each wheel of the request: its facts, if they were kept. Returns a JSON document, and for each
/// file of each report the facts to keep.
#[pyfunction]
pub(in crate::python) fn fleet_audit<'py>(
    py: Python<'py>,
    request: &str,
    kept: Vec<Option<KeptFacts>>,
    python: PathBuf,
) -> Result<(String, ToKeep<'py>), Raised> {
    let batch: Batch = read(request)?;
    let stop = CancelToken::default();
    let audited = py.detach(|| watched(&stop, || audited(batch, kept, &python, &stop)))?;
    let stored = audited.iter().flat_map(|release| &release.facts);
    let stored = stored.map(|facts| facts.stored.as_ref().map(|stored| PyBytes::new(py, stored)));
    Ok((written(&audited)?, stored.collect()))
}

/// The revision of the facts that this monowheel gathers, and keeps.
#[pyfunction]
pub(in crate::python) const fn fleet_facts_revision() -> &'static str {
    kept::REVISION
}

fn audited(
    batch: Batch,
    kept: Vec<Option<KeptFacts>>,
    python: &Path,
    stop: &CancelToken,
) -> monowheel_error::Result<Vec<Audited>> {
    let ignores = batch.ignore.into_iter().map(|(rule, reason)| Ignore { rule, path: None, reason });
    let policy = AuditPolicy::for_project(None).with(&ignores.collect::<Vec<_>>(), None)?;
    let index = batch.index.options(stop);
    let mut audited = Vec::new();
    let mut releases = batch.releases;
    let counts: Vec<usize> = releases.iter().map(|release| release.files.len()).collect();
    let files = releases.iter_mut().flat_map(|release| std::mem::take(&mut release.files)).map(File::remote);
    // One client: it keeps its connections, and paces all requests.
    let mut remote = subjects_at(files.collect::<monowheel_error::Result<_>>()?, &index)?.into_iter();
    let mut kept = kept.into_iter();
    for (release, count) in releases.into_iter().zip(counts) {
        let hashes = Hashes::default();
        let local = release.paths.iter().map(|path| Subject::file(path));
        let subjects: Vec<Subject> =
            local.chain(remote.by_ref().take(count)).map(|subject| hashes.noting(subject)).collect();
        let store = FactStore::new(&subjects, &mut kept, batch.keep_facts.then(|| batch.checked_by.clone()));
        let options = Options {
            // Dask has a worker for each core; a connection that waits needs none.
            jobs: Some(batch.index.connections.max(1)),
            python: Some(python.to_owned()),
            checked_by: batch.checked_by.clone(),
            sdist_folders: release.sdist_folders,
            symbols: true,
            ..policy.options(release.sdists, stop)
        };
        let mut report =
            audit::audit_facts(&subjects, &options, &|auditor, subject| store.facts(auditor, subject), &|_| ())?;
        let facts = report.files.iter_mut().map(|file| {
            let origin = store.origin(&file.outline.place);
            FileFacts {
                sha256: if origin.were_kept { origin.sha256 } else { hashes.of(&file.outline.place) },
                were_kept: origin.were_kept,
                generator: file.outline.generator.take(),
                symbols: std::mem::take(&mut file.outline.symbols),
                stored: origin.stored,
            }
        });
        let facts = facts.collect();
        let places = subjects.iter().map(|subject| subject.place.clone()).collect();
        audited.push(Audited { places, facts, report });
    }
    Ok(audited)
}

/// The SHA-256 of each file that is completely on this machine, by place.
#[derive(Clone, Default)]
struct Hashes(Arc<Mutex<BTreeMap<String, String>>>);

impl Hashes {
    /// The same subject, which is hashed when it is opened: the hash is that of the bytes which are audited.
    fn noting(&self, subject: Subject) -> Subject {
        let (inner, hashes, place) = (subject.open, self.clone(), subject.place.clone());
        let open: Open = Box::new(move || {
            let source = inner()?;
            if !source.is_remote() {
                let hash = sha256_read(&mut Sequential { source: &*source, at: 0 })?;
                hashes.0.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone(), hash);
            }
            Ok(source)
        });
        Subject { open, ..subject }
    }

    fn of(&self, place: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(place).cloned()
    }
}

/// A source, read from its beginning to its end.
struct Sequential<'a> {
    source: &'a dyn ReadAt,
    at: u64,
}

impl Read for Sequential<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.source.size().saturating_sub(self.at)).unwrap_or(usize::MAX);
        let length = left.min(buffer.len());
        let wanted = buffer.get_mut(..length).unwrap_or_default();
        self.source.read_at(self.at, wanted).map_err(|error| std::io::Error::other(error.to_string()))?;
        self.at += length as u64;
        Ok(length)
    }
}
