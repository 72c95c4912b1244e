//! All that indexes have of some releases, whatever the requirement's hashes and however the release stands: yanked
//! files too, and that there is nothing.

use std::sync::Arc;

use monowheel_error::{Error, Result};
use monowheel_system::threads;
use monowheel_wheel::source::ReadAt;
use rayon::prelude::*;

use crate::address::Address;
use crate::client::Client;
use crate::pin::Pin;
use crate::release::{Picked, absent, project, unknown};
use crate::{IndexOptions, RemoteFile, Requirements, indexes, range};

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
    let indexes = indexes(requirements, options)?;
    let requests = options.limits.requests.clamp(1, requirements.pins.len().max(1));
    let look = |pin: &Pin| available(&client, &indexes, pin);
    let releases: Result<Vec<AvailableRelease>> =
        threads::pool(Some(requests))?.install(|| requirements.pins.par_iter().map(look).collect());
    Ok(Availability { releases: releases?, indexes: indexes.iter().map(Address::to_string).collect(), client })
}

fn available(client: &Client, indexes: &[Address], pin: &Pin) -> Result<AvailableRelease> {
    let available = |picked: Picked, missing| AvailableRelease {
        pin: pin.clone(),
        wheels: picked.wheels,
        sdists: picked.sdists,
        missing,
    };
    let Some(files) = project(client, indexes, &pin.name)? else {
        return Ok(available(Picked::default(), Some(Missing::Project(unknown(indexes, pin)))));
    };
    let mut picked = Picked::of(files, pin);
    let is_empty = picked.wheels.is_empty() && picked.sdists.is_empty();
    let versions = std::mem::take(&mut picked.versions);
    Ok(available(picked, is_empty.then(|| Missing::Release(absent(pin, versions)))))
}

impl Availability {
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
