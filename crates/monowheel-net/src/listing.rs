//! The files of many projects and releases, and files that are already known by URL: for audits of a complete index.
//!
//! A project that cannot be listed does not end the listing of the others.

use std::collections::BTreeMap;

use monowheel_audit::audit::Subject;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::threads;
use monowheel_wheel::names::normalized_name;
use rayon::prelude::*;

use crate::client::Client;
use crate::indexes::Indexes;
use crate::options::IndexOptions;
use crate::release::Release;
use crate::requirements::Requirements;
use crate::simple::{RemoteFile, files};
use crate::strategy::IndexStrategy;

/// The files that indexes have of some projects and releases.
#[derive(Debug, Default)]
pub struct Listing {
    /// The wheels, by project, and by name within one.
    pub wheels: Vec<RemoteFile>,
    /// The sdists, likewise.
    pub sdists: Vec<RemoteFile>,
    /// Notes on what was skipped.
    pub notes: Vec<String>,
    /// The projects and releases that could not be listed, with the reason.
    pub failures: Vec<(String, Error)>,
}

/// Queries the indexes for every file of `projects` (their names), and for the releases and files of `requirements`.
/// Nothing is downloaded.
///
/// # Errors
/// When the settings of the indexes are invalid, or after [`IndexOptions::stop`]. What is wrong with a single project is
/// in [`Listing::failures`].
pub fn listing(requirements: &Requirements, projects: &[String], options: &IndexOptions) -> Result<Listing> {
    let client = Client::new(options)?;
    let indexes = Indexes::of(requirements, options)?;
    let mut found =
        Listing { wheels: requirements.files.clone(), notes: requirements.notes.clone(), ..Listing::default() };
    let pool = threads::pool(Some(options.limits.requests.max(1)))?;
    let releases: Vec<(String, Result<Release>)> = pool.install(|| {
        let pinned = requirements.pins.par_iter().map(|pin| {
            let release = Release::find(&client, &indexes, pin);
            (format!("{}{}", pin.name, pin.version), release)
        });
        let complete = projects.par_iter().map(|name| (name.clone(), project(&client, &indexes, name)));
        pinned.chain(complete).collect()
    });
    options.stop.check()?;
    for (name, release) in releases {
        match release {
            Ok(release) => {
                found.wheels.extend(release.wheels);
                found.sdists.extend(release.sdists);
                found.notes.extend(release.notes);
            }
            Err(error) => found.failures.push((name, error)),
        }
    }
    Ok(found)
}

/// Every file of a project, in all versions.
fn project(client: &Client, indexes: &Indexes, name: &str) -> Result<Release> {
    let name = normalized_name(name);
    let mut all: Option<BTreeMap<String, RemoteFile>> = None;
    for index in &indexes.addresses {
        let Some(files) = files(client, index, &name)? else { continue };
        let all = all.get_or_insert_with(BTreeMap::new);
        for file in files {
            // Of two files with one name, the first index's counts.
            all.entry(file.name.clone()).or_insert_with(|| RemoteFile { index: Some(index.clone()), ..file });
        }
        if indexes.strategy != IndexStrategy::UnsafeBestMatch {
            break;
        }
    }
    let all = all.ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("no index has a project {name}"))
            .at(indexes.shown().join(", "))
            .next("check the name, or pass its index: `--index-url URL`")
    })?;
    let (wheels, others): (Vec<_>, Vec<_>) = all.into_values().partition(|file| file.name.ends_with(".whl"));
    let sdists = others.into_iter().filter(|file| [".tar.gz", ".zip"].iter().any(|end| file.name.ends_with(end)));
    let notes = if wheels.is_empty() { vec![format!("{name} has no wheel")] } else { Vec::new() };
    Ok(Release { wheels, sdists: sdists.collect(), notes })
}

/// A subject for each of these files, which an earlier [`listing`] found, maybe on another machine. The credentials of
/// this machine's settings are sent to the servers of the indexes only.
///
/// # Errors
/// When the settings of the indexes are invalid.
pub fn subjects_at(files: Vec<RemoteFile>, options: &IndexOptions) -> Result<Vec<Subject>> {
    let client = Client::new(options)?;
    let indexes = Indexes::of(&Requirements::default(), options)?;
    let subject = |file: RemoteFile| {
        let address = file.address.clone().with_credentials_of(&indexes.addresses);
        // Without a hash from the index, only the complete file shows what it is.
        let whole = options.whole || file.sha256.is_none();
        crate::remote(&client, RemoteFile { address, ..file }, whole)
    };
    Ok(files.into_iter().map(subject).collect())
}
