//! What an index serves. The only place that talks to a network.
//!
//! Requirements → the simple API of an index → one [`Subject`] for each wheel of the release. A wheel is read
//! by HTTP range: the end with the archive's directory, the metadata, the binaries. What nobody looks at stays
//! where it is, and the hash of the whole file stays unchecked; [`IndexOptions::whole`] fetches and checks all
//! of it, as an installer does. Small files, and those of servers that know no ranges, are always fetched whole.

mod address;
mod anchors;
mod answer;
mod availability;
mod cache;
mod client;
mod download;
mod exchange;
mod fetched;
mod index;
mod interruptible;
mod limits;
mod lockfile;
mod pin;
mod range;
mod release;
mod requirements;
mod semaphore;
mod simple;
mod version;

use std::path::Path;
use std::sync::Arc;

use monowheel_audit::audit::{Open, Subject};
use monowheel_audit::gather::Depth;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::threads;
use monowheel_wheel::source::File;
use rayon::prelude::*;

use crate::client::Client;
use crate::release::Release;

pub use address::Address;
pub use availability::{Availability, AvailableRelease, Missing, availability};
pub use exchange::{Exchange, Reply};
pub use fetched::{Served, served};
pub use index::Index;
pub use limits::Limits;
pub use lockfile::{LockFile, Locked, LockedFile, is_lock_file};
pub use pin::Pin;
pub use release::is_of;
pub use requirements::Requirements;
pub use simple::RemoteFile;

/// Where pip and uv find everything unless told otherwise.
const PYPI: &str = "https://pypi.org/simple/";

/// Which index is asked, and how. A user name and a password, or a token, stand in the index's URL; they are
/// told to its host only, and shown nowhere.
#[derive(Clone, Debug)]
pub struct IndexOptions {
    /// The index that the command line names. A requirements file's comes next, then the environment's
    /// (`PIP_INDEX_URL`, `UV_DEFAULT_INDEX`, `UV_INDEX_URL`), then `PyPI`.
    pub index_url: Option<String>,
    /// Indexes that are asked as well, beside those of requirements files and of the environment
    /// (`PIP_EXTRA_INDEX_URL`, `UV_INDEX`, `UV_EXTRA_INDEX_URL`).
    pub extra_index_urls: Vec<String>,
    /// Fetch each wheel whole and compare it to the index's hash.
    pub whole: bool,
    /// The bounds of every request.
    pub limits: Limits,
    /// Ends the work early.
    pub stop: CancelToken,
    /// Looks an environment variable up.
    pub environment: fn(&str) -> Option<String>,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self {
            index_url: None,
            extra_index_urls: Vec::new(),
            whole: false,
            limits: Limits::default(),
            stop: CancelToken::default(),
            environment: |name| std::env::var(name).ok().filter(|value| !value.is_empty()),
        }
    }
}

/// What there is to audit of some requirements.
#[derive(Debug, Default)]
pub struct Offer {
    /// The wheels.
    pub subjects: Vec<Subject>,
    /// The names of the sdists.
    pub sdists: Vec<String>,
    /// What was passed over, in sentences.
    pub notes: Vec<String>,
}

/// Every wheel of the releases and files that `requirements` name.
///
/// # Errors
/// When an index cannot be asked, has no such release, or nothing of it is a wheel.
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

/// Asks for all releases at once, as far as [`Limits::requests`] allows; in the order of `requirements`.
fn releases(client: &Client, requirements: &Requirements, options: &IndexOptions) -> Result<Vec<Release>> {
    if requirements.pins.is_empty() {
        return Ok(Vec::new());
    }
    let indexes = indexes(requirements, options)?;
    let requests = options.limits.requests.clamp(1, requirements.pins.len());
    threads::pool(Some(requests))?
        .install(|| requirements.pins.par_iter().map(|pin| Release::find(client, &indexes, pin)).collect())
}

/// The indexes to ask, the main one first.
fn indexes(requirements: &Requirements, options: &IndexOptions) -> Result<Vec<Address>> {
    let variable = |name: &&str| (options.environment)(name).filter(|value| !value.trim().is_empty());
    let main = options
        .index_url
        .clone()
        .or_else(|| requirements.index_url.clone())
        .or_else(|| ["PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"].iter().find_map(variable))
        .unwrap_or_else(|| PYPI.to_owned());
    let further: Vec<String> =
        ["PIP_EXTRA_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"].iter().filter_map(variable).collect();
    let further = further.iter().flat_map(|several| several.split_whitespace());
    let named = options.extra_index_urls.iter().chain(&requirements.extra_index_urls).map(String::as_str);
    let mut indexes: Vec<Address> = Vec::new();
    for text in std::iter::once(main.as_str()).chain(named).chain(further) {
        let index = Address::parse(without_name(text))?;
        if !indexes.contains(&index) {
            indexes.push(index);
        }
    }
    Ok(indexes)
}

/// uv lets an index have a name: `internal=https://…`.
fn without_name(text: &str) -> &str {
    match text.split_once('=') {
        Some((name, url)) if !name.contains([':', '/']) => url,
        _ => text,
    }
}

fn remote(client: &Arc<Client>, file: RemoteFile, whole: bool) -> Subject {
    let client = Arc::clone(client);
    let place = file.address.place(&file.name);
    let depth = if whole { Depth::Everything } else { Depth::Essentials };
    let open: Open = Box::new(move || range::open(&client, &file, whole));
    Subject { place, depth, floor: None, open }
}

/// A wheel beside a lock file, compared to the lock file's hash.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(requirements: &Requirements, options: &IndexOptions) -> Vec<String> {
        indexes(requirements, options).unwrap().iter().map(Address::request).collect()
    }

    #[test]
    fn the_command_line_comes_before_files_and_the_environment() {
        let environment: fn(&str) -> Option<String> = |name| match name {
            "PIP_INDEX_URL" => Some("https://pip/simple".to_owned()),
            "UV_DEFAULT_INDEX" => Some("https://uv/simple".to_owned()),
            "UV_INDEX" => Some("ours=https://a/simple https://b/simple?x=y".to_owned()),
            _ => None,
        };
        let mut options = IndexOptions { environment: |_| None, ..IndexOptions::default() };
        let mut requirements = Requirements::default();
        assert_eq!(asked(&requirements, &options), [PYPI]);
        options.environment = environment;
        assert_eq!(asked(&requirements, &options), ["https://pip/simple", "https://a/simple", "https://b/simple?x=y"]);
        requirements.index_url = Some("https://file/simple".to_owned());
        requirements.extra_index_urls.push("https://a/simple".to_owned());
        assert_eq!(asked(&requirements, &options)[..2], ["https://file/simple", "https://a/simple"]);
        options.index_url = Some("https://line/simple".to_owned());
        assert_eq!(asked(&requirements, &options)[0], "https://line/simple");
    }

    #[test]
    fn an_index_of_another_kind_is_refused() {
        let options = IndexOptions { index_url: Some("file:///srv/simple".to_owned()), ..IndexOptions::default() };
        assert_eq!(indexes(&Requirements::default(), &options).err().map(|error| error.kind()), Some(ErrorKind::Usage));
    }
}
