//! All that indexes have of some releases, whatever the requirement's hashes and however the release stands: yanked
//! files too, and that there is nothing.

use std::sync::Arc;

use monowheel_error::{Error, Result};
use monowheel_wheel::source::ReadAt;
use rayon::prelude::*;

use crate::address::Address;
use crate::client::Client;
use crate::pin::Pin;
use crate::release::{Picked, absent, project, unknown};
use crate::{IndexOptions, RemoteFile, Requirements, indexes, pool, range};

/// What indexes have of one release.
#[derive(Clone, Debug)]
pub struct Stock {
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
pub struct Stocks {
    client: Arc<Client>,
    /// In the order of the requirements.
    pub releases: Vec<Stock>,
    /// The indexes that were asked, without credentials.
    pub indexes: Vec<String>,
}

/// Asks the indexes for every release that `requirements` name.
///
/// # Errors
/// When an index cannot be asked. That it has nothing is in [`Stock::missing`].
pub fn stocks(requirements: &Requirements, options: &IndexOptions) -> Result<Stocks> {
    let client = Client::new(options)?;
    let indexes = indexes(requirements, options)?;
    let threads = options.limits.requests.clamp(1, requirements.pins.len().max(1));
    let look = |pin: &Pin| stock(&client, &indexes, pin);
    let releases: Result<Vec<Stock>> = pool(threads)?.install(|| requirements.pins.par_iter().map(look).collect());
    Ok(Stocks { releases: releases?, indexes: indexes.iter().map(Address::to_string).collect(), client })
}

fn stock(client: &Client, indexes: &[Address], pin: &Pin) -> Result<Stock> {
    let stock =
        |picked: Picked, missing| Stock { pin: pin.clone(), wheels: picked.wheels, sdists: picked.sdists, missing };
    let Some(files) = project(client, indexes, &pin.name)? else {
        return Ok(stock(Picked::default(), Some(Missing::Project(unknown(indexes, pin)))));
    };
    let mut picked = Picked::of(files, pin);
    let is_empty = picked.wheels.is_empty() && picked.sdists.is_empty();
    let versions = std::mem::take(&mut picked.versions);
    Ok(stock(picked, is_empty.then(|| Missing::Release(absent(pin, versions)))))
}

impl Stocks {
    /// Opens a file by range, as the audit does.
    ///
    /// # Errors
    /// When it cannot be had, or is not what the index says it is.
    pub fn open(&self, file: &RemoteFile) -> Result<Box<dyn ReadAt>> {
        range::open(&self.client, file, false)
    }
}

impl std::fmt::Debug for Stocks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stocks").field("releases", &self.releases).finish_non_exhaustive()
    }
}
