//! All that indexes have of some releases, whatever the requirement's hashes and however the release stands: yanked
//! files too, and that there is nothing.

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

/// The longest document with a file's attestations, in bytes; each takes some 10 kB.
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
    /// Why there is nothing, when there is nothing.
    pub missing: Option<Missing>,
}

/// Why an index has no file of a release.
#[derive(Clone, Debug)]
pub enum Missing {
    /// No index knows the project.
    Project(Error),
    /// The project has other releases.
    Release(Error),
}

impl Missing {
    /// What to say of it.
    #[must_use]
    pub const fn error(&self) -> &Error {
        match self {
            Self::Project(error) | Self::Release(error) => error,
        }
    }
}

/// What indexes have, and the way to it.
pub struct Availability {
    client: Arc<Client>,
    trusted: Arc<TrustedRoot>,
    /// In the order of the requirements.
    pub releases: Vec<AvailableRelease>,
    /// The indexes that were asked, without credentials.
    pub indexes: Vec<String>,
}

/// Asks the indexes for every release that `requirements` name.
///
/// # Errors
/// When an index cannot be asked. That it has nothing is in [`AvailableRelease::missing`].
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
    /// Who published a file, by its attestations (PEP 740), all of which is checked.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] when the file has no attestation, or none that is valid; when the index cannot be asked.
    pub fn publishers(&self, file: &RemoteFile) -> Result<Vec<Publisher>> {
        let none = |what: String| {
            Error::new(ErrorKind::Format, what)
                .at(&file.address)
                .next("its publisher has to publish with attestations, and the index to serve them, which a mirror may not; without --require-attestations it is pinned by hash only")
        };
        let Some(address) = &file.provenance else { return Err(none(format!("{} has no attestation", file.name))) };
        let Some(sha256) = &file.sha256 else { return Err(none(format!("{} has no SHA-256", file.name))) };
        self.client.check_link(file.index.as_ref(), address)?;
        let accept = "application/vnd.pypi.integrity.v1+json, application/json;q=0.5";
        let Some((_, text)) = document(&self.client, address, accept, PROVENANCE)? else {
            return Err(none(format!("the attestation of {} is not there", file.name)).at(address));
        };
        publishers(text.as_bytes(), &file.name, sha256, &self.trusted)
            .map_err(|error| error.at(format!("{}, {address}", file.name)))
    }

    /// Opens a file by range, as the audit does.
    ///
    /// # Errors
    /// When it cannot be had, or is not what the index says it is.
    pub fn open(&self, file: &RemoteFile) -> Result<Box<dyn ReadAt>> {
        range::open(&self.client, file, false)
    }
}

impl std::fmt::Debug for Availability {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Availability").field("releases", &self.releases).finish_non_exhaustive()
    }
}
