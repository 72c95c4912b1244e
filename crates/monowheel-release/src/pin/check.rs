//! Checks a lock: every file in it is still available and unchanged, none is yanked, and no other would be selected.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_net::{AvailableRelease, IndexOptions, Missing, RemoteFile, Requirements, availability};
use monowheel_wheel::filename::{WheelName, same_version};
use monowheel_wheel::names::wheel_name;
use serde::Serialize;

use crate::pin::claim::{Claim, Claims};
use crate::pin::judge::{Finding, Offered, judge, release_gone};
use crate::pin::{Scope, Source, folder, publishers};

/// The form of [`Report`] as JSON.
pub(crate) const SCHEMA: &str = "monowheel.pin-check/1";

/// What to check.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// A requirements file with hashes, or a pylock file.
    pub file: PathBuf,
    /// Check against this directory instead of an index.
    pub folder: Option<PathBuf>,
    /// The Pythons and platforms; if absent, those that the file records.
    pub scope: Scope,
    /// Require the publisher of every release, even if the file names none.
    pub attestations: bool,
    /// The index to query.
    pub index: IndexOptions,
}

/// The result of checking a lock.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// `SCHEMA`.
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// As the user named it.
    pub file: PathBuf,
    /// Whether there are no findings.
    pub holds: bool,
    /// The Pythons and platforms that were checked.
    pub scope: Scope,
    /// In the order of the file.
    pub releases: Vec<Checked>,
    /// Notes on what was not checked.
    pub notes: Vec<String>,
}

/// A release of the file.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The project's normalized name.
    pub name: String,
    /// As pinned: `==1.0`.
    pub version: String,
    /// Where it was searched.
    pub from: Source,
    /// How many files are pinned.
    pub files: usize,
    /// Why the lock is not valid.
    pub findings: Vec<Finding>,
}

impl Report {
    /// 0 if there are no findings, else 1.
    #[must_use]
    pub const fn exit_code(&self) -> ExitCode {
        if self.holds { ExitCode::Clean } else { ExitCode::Findings }
    }
}

/// Checks a lock.
///
/// # Errors
/// When the file cannot be read or pins without hashes, when an index or a directory cannot be read or has no hashes,
/// and after a stop.
pub fn check(request: &Request) -> Result<Report> {
    let claims = Claims::read(&request.file)?;
    if let (true, Some(folder)) = (request.attestations, &request.folder) {
        return Err(Error::new(ErrorKind::Usage, "local wheels have no attestations of their publisher")
            .at(folder.display())
            .next("leave out the directory to check against the index"));
    }
    let scope = if request.scope.is_all() { claims.scope.clone() } else { request.scope.clone() };
    let mut checked: Vec<Option<Checked>> = vec![None; claims.claims.len()];
    // The claims of each index are queried together.
    let mut remote: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (at, (claim, slot)) in claims.claims.iter().zip(&mut checked).enumerate() {
        let places = match &request.folder {
            Some(folder) => vec![folder.clone()],
            None => folders(claim),
        };
        if request.folder.is_some() || claim.files.iter().all(|file| file.path.is_some()) {
            *slot = Some(on_disk(claim, &places, &scope, request)?);
        } else {
            remote.entry(claim.index.as_deref()).or_default().push(at);
        }
    }
    for (index, places) in remote {
        let options = IndexOptions {
            index_url: request.index.index_url.clone().or_else(|| index.map(str::to_owned)),
            // A pylock file records the source of its files: no other index is used.
            only: request.index.index_url.is_none() && index.is_some(),
            ..request.index.clone()
        };
        let pins = places.iter().filter_map(|at| claims.claims.get(*at)).map(|claim| claim.pin.clone()).collect();
        let found = availability(&Requirements { pins, ..claims.indexes.clone() }, &options)?;
        for (available, at) in found.releases.iter().zip(places) {
            if let (Some(claim), Some(slot)) = (claims.claims.get(at), checked.get_mut(at)) {
                let mut release = on_index(claim, available, &found.indexes, &scope, request)?;
                if request.attestations || !claim.publishers.is_empty() {
                    release.findings.extend(publishers::judge(claim, available, &found)?);
                }
                *slot = Some(release);
            }
        }
    }
    let releases: Vec<Checked> = checked.into_iter().flatten().collect();
    Ok(Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        file: request.file.clone(),
        holds: releases.iter().all(|release| release.findings.is_empty()),
        scope,
        releases,
        notes: claims.notes,
    })
}

fn of(claim: &Claim, from: Source, findings: Vec<Finding>) -> Checked {
    Checked {
        name: claim.pin.name.clone(),
        version: claim.pin.version.to_string(),
        from,
        files: claim.files.len(),
        findings,
    }
}

fn on_index(
    claim: &Claim,
    available: &AvailableRelease,
    asked: &[String],
    scope: &Scope,
    request: &Request,
) -> Result<Checked> {
    let from = match asked {
        [one] => Source::Index(one.clone()),
        several => Source::Indexes(several.to_vec()),
    };
    let findings = match &available.missing {
        Some(Missing::Project(error) | Missing::Release(error)) => vec![release_gone(claim, error.what())],
        None => {
            let mut offered: Vec<Offered> = available.wheels.iter().chain(&available.sdists).map(offered).collect();
            offered.extend(lying(claim, &folders(claim), request)?);
            judge(claim, &offered, scope)?
        }
    };
    Ok(of(claim, from, findings))
}

fn offered(file: &RemoteFile) -> Offered {
    Offered {
        file: file.name.clone(),
        sha256: file.sha256.clone(),
        yanked: file.yanked.clone(),
        requires_python: file.requires_python.clone(),
    }
}

/// The directories of a claim's files that are not on an index.
fn folders(claim: &Claim) -> Vec<PathBuf> {
    let parents = claim.files.iter().filter_map(|file| file.path.as_deref()?.parent());
    let folders: BTreeSet<PathBuf> = parents
        .map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder }.to_path_buf())
        .collect();
    folders.into_iter().collect()
}

/// The files in the directories of a claim's release.
fn lying(claim: &Claim, places: &[PathBuf], request: &Request) -> Result<Vec<Offered>> {
    let project = wheel_name(&claim.pin.name);
    let version = claim.pin.version.version().to_string();
    let pinned: BTreeSet<&str> = claim.files.iter().map(|file| file.sha256.as_str()).collect();
    // A pinned file counts, whatever its name.
    let is_meant = |file: &Offered| {
        file.sha256.as_deref().is_some_and(|sha256| pinned.contains(sha256))
            || WheelName::parse(&file.file).is_ok_and(|name| same_version(&name.version, &version) == Some(true))
    };
    let mut offered = Vec::new();
    for place in places.iter().filter(|place| place.is_dir()) {
        offered.extend(folder::offered(place, &project, &request.index.stop)?.into_iter().filter(is_meant));
    }
    Ok(offered)
}

fn on_disk(claim: &Claim, places: &[PathBuf], scope: &Scope, request: &Request) -> Result<Checked> {
    let from = match places {
        [one] => Source::Folder(one.clone()),
        several => Source::Folders(several.to_vec()),
    };
    let offered = lying(claim, places, request)?;
    let findings = if offered.is_empty() {
        let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
        let why = format!("no file of {}{} in {}", claim.pin.name, claim.pin.version, places.join(", "));
        vec![release_gone(claim, &why)]
    } else {
        judge(claim, &offered, scope)?
    };
    Ok(of(claim, from, findings))
}
