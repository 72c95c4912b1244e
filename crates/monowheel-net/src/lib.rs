//! Package indexes. The only crate that uses the network.
//!
//! Requirements → the simple API of an index → one [`Subject`] for each wheel of the release. A wheel is read
//! by HTTP range: the end with the archive's directory, the metadata, the binaries. Other parts are not downloaded, so
//! the hash of the complete file is not checked; [`IndexOptions::whole`] downloads and checks all of it, as an
//! installer does. Small files, and those of servers without range support, are always downloaded completely.

mod address;
mod anchors;
mod answer;
pub mod attestation;
mod availability;
mod cache;
mod client;
mod download;
mod exchange;
mod fetched;
mod index;
mod indexes;
mod interruptible;
mod limits;
mod listing;
mod lockfile;
mod named_files;
mod netrc;
mod options;
mod pin;
mod plaintext;
mod range;
mod reach;
mod release;
mod requirements;
mod roots;
mod sdist;
mod semaphore;
mod simple;
mod strategy;
mod version;

use std::path::Path;
use std::sync::Arc;

use monowheel_audit::audit::{Open, Subject};
use monowheel_audit::gather::Depth;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::threads;
use monowheel_wheel::source::File;
use rayon::prelude::*;

use crate::client::Client;
use crate::indexes::Indexes;
use crate::release::Release;

pub use address::Address;
pub use availability::{Availability, AvailableRelease, Missing, availability};
pub use exchange::{Exchange, Reply};
pub use fetched::{Served, served};
pub use index::Index;
pub use limits::Limits;
pub use listing::{Listing, listing, subjects_at};
pub use lockfile::{LockFile, Locked, LockedFile, is_lock_file};
pub use named_files::{Files, NamedFiles};
pub use options::IndexOptions;
pub use pin::Pin;
pub use reach::{is_index_reachable, is_reachable};
pub use release::is_of;
pub use requirements::{Requirements, is_release};
pub use sdist::{Sdist, sdist};
pub use simple::{RemoteFile, page};
pub use strategy::IndexStrategy;

/// The files to audit for some requirements.
#[derive(Debug, Default)]
pub struct Offer {
    /// The wheels.
    pub subjects: Vec<Subject>,
    /// The names of the sdists.
    pub sdists: Vec<String>,
    /// Notes on what was skipped.
    pub notes: Vec<String>,
}

/// Every wheel of the releases and files that `requirements` name.
///
/// # Errors
/// When an index cannot be queried, has no such release, or no wheel of it.
pub fn subjects(requirements: &Requirements, options: &IndexOptions) -> Result<Offer> {
    let Served { client, wheels, sdists, notes } = served(requirements, options)?;
    let named = requirements.sdists.iter().cloned();
    let mut offer =
        Offer { sdists: named.chain(sdists.into_iter().map(|sdist| sdist.name)).collect(), notes, ..Offer::default() };
    offer.subjects.extend(wheels.into_iter().map(|file| remote(&client, file, options.whole)));
    offer.subjects.extend(requirements.local.iter().map(|(path, sha256)| local(path, sha256.as_deref())));
    if offer.subjects.is_empty() {
        let why = offer.notes.join("\n");
        return Err(Error::new(ErrorKind::Usage, format!("no wheel to audit\n{why}").trim_end().to_owned())
            .next("name a release that has wheels: NAME==VERSION"));
    }
    Ok(offer)
}

/// Queries all releases at once, as far as [`Limits::requests`] allows; in the order of `requirements`.
fn releases(client: &Client, requirements: &Requirements, options: &IndexOptions) -> Result<Vec<Release>> {
    if requirements.pins.is_empty() {
        return Ok(Vec::new());
    }
    let indexes = Indexes::of(requirements, options)?;
    let requests = options.limits.requests.clamp(1, requirements.pins.len());
    threads::pool(Some(requests))?
        .install(|| requirements.pins.par_iter().map(|pin| Release::find(client, &indexes, pin)).collect())
}

fn remote(client: &Arc<Client>, file: RemoteFile, whole: bool) -> Subject {
    let client = Arc::clone(client);
    let place = file.address.place(&file.name);
    let depth = if whole { Depth::Everything } else { Depth::Essentials };
    let open: Open = Box::new(move || range::open(&client, &file, whole));
    Subject { place, depth, floor: None, open }
}

/// A local wheel of a lock file, compared to the lock file's hash.
fn local(path: &Path, sha256: Option<&str>) -> Subject {
    let (path, sha256) = (path.to_owned(), sha256.map(str::to_owned));
    let place = path.display().to_string();
    let open: Open = Box::new(move || {
        if let Some(promised) = &sha256 {
            download::check_hash(promised, &monowheel_system::hash::sha256_file(&path)?, path.display())?;
        }
        Ok(Box::new(File::open(&path)?))
    });
    Subject { place, depth: Depth::Everything, floor: None, open }
}
