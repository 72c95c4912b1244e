//! What `monowheel.fleet` calls: requests and results are JSON documents, because its workers send them to each other.

mod audit;
mod kept_facts;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use monowheel_build::input::work_root;
use monowheel_build::maturin;
use monowheel_error::{Error, ErrorKind};
use monowheel_net::{Address, IndexOptions, IndexStrategy, Limits, RemoteFile, Requirements, listing};
use monowheel_system::exec::CancelToken;
use monowheel_system::hash::sha256;
use monowheel_system::{cargo, regular_file};
use pyo3::prelude::*;
use serde::{Deserialize, Serialize};

pub(super) use audit::{fleet_audit, fleet_facts_revision};

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

fn read<'a, T: Deserialize<'a>>(request: &'a str) -> monowheel_error::Result<T> {
    serde_json::from_str(request)
        .map_err(|error| Error::new(ErrorKind::Defect, format!("a request of the fleet is malformed: {error}")))
}

fn written(result: &impl Serialize) -> monowheel_error::Result<String> {
    serde_json::to_string(result)
        .map_err(|error| Error::new(ErrorKind::Defect, format!("a result of the fleet has no JSON form: {error}")))
}
