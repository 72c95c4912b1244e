//! Everything that indexes have of some releases, regardless of the requirement's hashes: yanked files too, and missing
//! releases.

use std::sync::Arc;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::threads;
use monowheel_wheel::source::ReadAt;
use rayon::prelude::*;

use crate::attestation::{Publisher, TrustedRoot, publishers};
use crate::client::Client;
use crate::indexes::Indexes;
use crate::options::IndexOptions;
use crate::pin::Pin;
use crate::range;
use crate::release::{Picked, absent, project, unknown};
use crate::requirements::Requirements;
use crate::simple::{RemoteFile, document};

/// Maximum size of a document with a file's attestations, in bytes; each takes about 10 kB.
const PROVENANCE: usize = 4 << 20;

/// What indexes have of one release.
#[derive(Clone, Debug)]
pub struct AvailableRelease {
    /// The release.
    pub pin: Pin,
    /// Its wheels, by name.
    pub wheels: Vec<RemoteFile>,
    /// Its sdists, by name.
    pub sdists: Vec<RemoteFile>,
    /// Why there are no files, if there are none.
    pub missing: Option<Missing>,
}

/// Why an index has no file of a release.
#[derive(Clone, Debug)]
pub enum Missing {
    /// No index has the project.
    Project(Error),
    /// The project has other releases.
    Release(Error),
}

impl Missing {
    /// The error for it.
    #[must_use]
    pub const fn error(&self) -> &Error {
        match self {
            Self::Project(error) | Self::Release(error) => error,
        }
    }
}

/// What indexes have, and the client to get it.
pub struct Availability {
    client: Arc<Client>,
    trusted: Arc<TrustedRoot>,
    /// In the order of the requirements.
    pub releases: Vec<AvailableRelease>,
    /// The queried indexes, without credentials.
    pub indexes: Vec<String>,
}

/// Queries the indexes for every release that `requirements` name.
///
/// # Errors
/// When an index cannot be queried. A missing release is in [`AvailableRelease::missing`].
pub fn availability(requirements: &Requirements, options: &IndexOptions) -> Result<Availability> {
    let client = Client::new(options)?;
    let indexes = Indexes::of(requirements, options)?;
    let requests = options.limits.requests.clamp(1, requirements.pins.len().max(1));
    let look = |pin: &Pin| available(&client, &indexes, pin);
    let releases: Result<Vec<AvailableRelease>> =
        threads::pool(Some(requests))?.install(|| requirements.pins.par_iter().map(look).collect());
    let trusted = options.sigstore.clone().map_or_else(TrustedRoot::sigstore, Ok)?;
    Ok(Availability { releases: releases?, indexes: indexes.shown(), client, trusted })
}

fn available(client: &Client, indexes: &Indexes, pin: &Pin) -> Result<AvailableRelease> {
    let available = |picked: Picked, missing| AvailableRelease {
        pin: pin.clone(),
        wheels: picked.wheels,
        sdists: picked.sdists,
        missing,
    };
    let Some(files) = project(client, indexes, pin)? else {
        return Ok(available(Picked::default(), Some(Missing::Project(unknown(indexes, pin)))));
    };
    let mut picked = Picked::of(files, pin);
    let is_empty = picked.wheels.is_empty() && picked.sdists.is_empty();
    let versions = std::mem::take(&mut picked.versions);
    Ok(available(picked, is_empty.then(|| Missing::Release(absent(pin, versions)))))
}

impl Availability {
    /// The publisher of a file, from its verified attestations (PEP 740).
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when the file has no valid attestation; when the index cannot be queried.
    pub fn publishers(&self, file: &RemoteFile) -> Result<Vec<Publisher>> {
        let none = |what: String| {
            Error::new(ErrorKind::Format, what)
                .at(&file.address)
                .next("use an index that serves attestations (a mirror may not), or leave out --require-attestations to pin by hash only; the publisher must publish with attestations")
        };
        let Some(address) = &file.provenance else { return Err(none(format!("{} has no attestation", file.name))) };
        let Some(sha256) = &file.sha256 else { return Err(none(format!("{} has no SHA-256", file.name))) };
        self.client.check_link(file.index.as_ref(), address)?;
        let accept = "application/vnd.pypi.integrity.v1+json, application/json;q=0.5";
        let Some((_, text)) = document(&self.client, address, accept, PROVENANCE)? else {
            return Err(none(format!("the attestation of {} is missing", file.name)).at(address));
        };
        publishers(text.as_bytes(), &file.name, sha256, &self.trusted)
            .map_err(|error| error.at(format!("{}, {address}", file.name)))
    }

    /// Opens a file by range, as for an audit.
    ///
    /// # Errors
    /// When it cannot be downloaded, or does not match the index.
    pub fn open(&self, file: &RemoteFile) -> Result<Box<dyn ReadAt>> {
        range::open(&self.client, file, false)
    }
}

impl std::fmt::Debug for Availability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Availability").field("releases", &self.releases).finish_non_exhaustive()
    }
}
