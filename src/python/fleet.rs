//! What `monowheel.fleet` calls: requests and results are JSON documents, because its workers send them to each other.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use monowheel_audit::audit::{self, Open, Options, Subject};
use monowheel_audit::report::{Ignore, Report};
use monowheel_audit::set::UsedSymbol;
use monowheel_build::input::work_root;
use monowheel_build::maturin;
use monowheel_error::{Error, ErrorKind};
use monowheel_net::{Address, IndexOptions, IndexStrategy, Limits, RemoteFile, Requirements, listing, subjects_at};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_system::exec::CancelToken;
use monowheel_system::hash::{sha256, sha256_read};
use monowheel_system::{cargo, regular_file};
use monowheel_wheel::source::ReadAt;
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

use crate::python::audit::watched;
use crate::python::errors::Raised;

/// The longest wait that a server may ask a fleet for.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// How often a fleet sends a request in total: the pauses between add up to half a minute.
const ATTEMPTS: u32 = 6;

/// How to query indexes.
#[derive(Deserialize)]
struct Index {
    index_url: Option<String>,
    extra_index_urls: Vec<String>,
    strategy: Option<String>,
    insecure_hosts: Vec<String>,
    connections: usize,
    /// Requests per second.
    rate: f64,
    whole: bool,
}

impl Index {
    fn options(&self, stop: &CancelToken) -> IndexOptions {
        let interval = Duration::try_from_secs_f64(1.0 / self.rate).unwrap_or(LONGEST_PAUSE);
        let named = |name: &String| IndexStrategy::ALL.iter().find(|(of, _)| of.name() == name).map(|(of, _)| *of);
        IndexOptions {
            index_url: self.index_url.clone(),
            extra_index_urls: self.extra_index_urls.clone(),
            strategy: self.strategy.as_ref().and_then(named),
            insecure_hosts: self.insecure_hosts.clone(),
            whole: self.whole,
            limits: Limits {
                requests: self.connections,
                interval,
                longest_pause: LONGEST_PAUSE,
                attempts: ATTEMPTS,
                ..Limits::default()
            },
            stop: stop.clone(),
            ..IndexOptions::default()
        }
    }
}

/// The projects and releases to list.
#[derive(Deserialize)]
struct Wanted {
    /// `NAME==VERSION`, or a wheel's URL.
    releases: Vec<String>,
    /// Requirements files and lock files.
    files: Vec<PathBuf>,
    /// Names.
    projects: Vec<String>,
    index: Index,
}

/// A file on an index.
#[derive(Deserialize, Serialize)]
struct File {
    name: String,
    url: String,
    sha256: Option<String>,
    size: Option<u64>,
    uploaded: Option<String>,
    yanked: Option<String>,
    /// The index that lists it, without credentials.
    index: Option<String>,
}

/// The files that there are.
#[derive(Serialize)]
struct Listed {
    wheels: Vec<File>,
    sdists: Vec<File>,
    /// Local wheels of a lock file, and their SHA-256.
    local: Vec<(PathBuf, Option<String>)>,
    notes: Vec<String>,
    failures: Vec<(String, String)>,
}

/// Lists every file of projects, releases and lock files on the indexes.
#[pyfunction]
pub(super) fn fleet_files(py: Python<'_>, request: &str) -> Result<String, Raised> {
    let wanted: Wanted = read(request)?;
    let stop = CancelToken::default();
    let listed = py.detach(|| watched(&stop, || listed(&wanted, &stop)))?;
    Ok(written(&listed)?)
}

fn listed(wanted: &Wanted, stop: &CancelToken) -> monowheel_error::Result<Listed> {
    let mut requirements = Requirements::default();
    let mut failures = Vec::new();
    for release in &wanted.releases {
        if let Err(error) = requirements.add(release) {
            failures.push((release.clone(), error.to_string()));
        }
    }
    for file in &wanted.files {
        requirements.read(file)?;
    }
    let found = listing(&requirements, &wanted.projects, &wanted.index.options(stop))?;
    failures.extend(found.failures.into_iter().map(|(name, error)| (name, error.to_string())));
    Ok(Listed {
        wheels: found.wheels.into_iter().map(File::of).collect(),
        sdists: found.sdists.into_iter().map(File::of).collect(),
        local: requirements.local,
        notes: found.notes,
        failures,
    })
}

impl File {
    fn of(file: RemoteFile) -> Self {
        Self {
            url: file.address.request(),
            index: file.index.map(|index| index.request()),
            name: file.name,
            sha256: file.sha256,
            size: file.size,
            uploaded: file.uploaded,
            yanked: file.yanked,
        }
    }

    fn remote(self) -> monowheel_error::Result<RemoteFile> {
        Ok(RemoteFile {
            name: self.name,
            sha256: self.sha256,
            size: self.size,
            index: self.index.as_deref().map(Address::parse).transpose()?,
            ..RemoteFile::at(Address::parse(&self.url)?)
        })
    }
}

/// Some releases to audit.
#[derive(Deserialize)]
struct Batch {
    releases: Vec<Release>,
    ignore: BTreeMap<String, String>,
    index: Index,
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
    generator: Option<String>,
    symbols: Vec<UsedSymbol>,
}

/// Audits the wheels of releases, each release by itself, with the checks that need `python`.
#[pyfunction]
pub(super) fn fleet_audit(py: Python<'_>, request: &str, python: PathBuf) -> Result<String, Raised> {
    let batch: Batch = read(request)?;
    let stop = CancelToken::default();
    let audited = py.detach(|| watched(&stop, || audited(batch, &python, &stop)))?;
    Ok(written(&audited)?)
}

fn audited(batch: Batch, python: &Path, stop: &CancelToken) -> monowheel_error::Result<Vec<Audited>> {
    let ignores = batch.ignore.into_iter().map(|(rule, reason)| Ignore { rule, path: None, reason });
    let policy = AuditPolicy::for_project(None).with(&ignores.collect::<Vec<_>>(), None)?;
    let index = batch.index.options(stop);
    let mut audited = Vec::new();
    let mut releases = batch.releases;
    let counts: Vec<usize> = releases.iter().map(|release| release.files.len()).collect();
    let files = releases.iter_mut().flat_map(|release| std::mem::take(&mut release.files)).map(File::remote);
    // One client: it keeps its connections, and paces all requests.
    let mut remote = subjects_at(files.collect::<monowheel_error::Result<_>>()?, &index)?.into_iter();
    for (release, count) in releases.into_iter().zip(counts) {
        let hashes = Hashes::default();
        let local = release.paths.iter().map(|path| Subject::file(path));
        let subjects: Vec<Subject> =
            local.chain(remote.by_ref().take(count)).map(|subject| hashes.noting(subject)).collect();
        let options = Options {
            // Dask has a worker for each core; a connection that waits needs none.
            jobs: Some(batch.index.connections.max(1)),
            python: Some(python.to_owned()),
            sdist_folders: release.sdist_folders,
            symbols: true,
            ..policy.options(release.sdists, stop)
        };
        let mut report = audit::audit(&subjects, &options, &|_| ())?;
        let facts = report.files.iter_mut().map(|file| FileFacts {
            sha256: hashes.of(&file.outline.place),
            generator: file.outline.generator.take(),
            symbols: std::mem::take(&mut file.outline.symbols),
        });
        let places = subjects.iter().map(|subject| subject.place.clone()).collect();
        audited.push(Audited { places, facts: facts.collect(), report });
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

/// Everything of a machine, besides its tools, that decides about the bytes of the wheels that it builds.
#[derive(Serialize)]
struct BuildEnvironment {
    /// The variables that a build passes on to compilers.
    variables: BTreeMap<String, String>,
    /// The SHA-256 of cargo's configuration files that apply where sdists are built.
    cargo: String,
}

/// Describes this machine for builds, as a JSON document.
#[pyfunction]
pub(super) fn fleet_build_environment() -> Result<String, Raised> {
    let mut configured = Vec::new();
    for config in cargo::configs(&work_root()?) {
        configured.extend(regular_file::read(&config, regular_file::MOST_TEXT).map_err(Error::from)?);
        configured.push(0);
    }
    let environment = BuildEnvironment { variables: maturin::passed_on(), cargo: sha256(&configured) };
    Ok(written(&environment)?)
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

fn read<'a, T: Deserialize<'a>>(request: &'a str) -> monowheel_error::Result<T> {
    serde_json::from_str(request)
        .map_err(|error| Error::new(ErrorKind::Defect, format!("a request of the fleet is malformed: {error}")))
}

fn written(result: &impl Serialize) -> monowheel_error::Result<String> {
    serde_json::to_string(result)
        .map_err(|error| Error::new(ErrorKind::Defect, format!("a result of the fleet has no JSON form: {error}")))
}
