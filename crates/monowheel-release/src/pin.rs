//! Locks for users who install: the wheels of a release that installers select, by hash, and no other file.
//!
//! [`pin`] queries an index or reads a directory, lets the resolver select wheels for each Python on each platform, and
//! keeps those. [`requirements`] and [`pylock`] write the lock; `claim` reads a lock, also one that another tool wrote,
//! and [`check`] verifies it.

pub mod check;
mod choose;
pub(crate) mod claim;
mod folder;
mod from_index;
pub mod judge;
mod needs;
pub mod publishers;
pub mod pylock;
pub mod requirements;
pub mod scope;

use std::path::{Path, PathBuf};

use monowheel_audit::set::Coverage;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::attestation::Publisher;
use monowheel_net::{IndexOptions, Requirements};
use serde::Serialize;

pub use publishers::Previous;
pub use scope::Scope;

/// The form of [`Pinned`] as JSON.
pub(crate) const SCHEMA: &str = "monowheel.pin/1";

/// What to pin.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Releases (`NAME==VERSION`), wheels, and directories of wheels.
    pub subjects: Vec<PathBuf>,
    /// Files that name releases: requirements, lock files.
    pub files: Vec<PathBuf>,
    /// The Pythons and platforms to pin for.
    pub scope: Scope,
    /// Pin the sdist too.
    pub sdist: bool,
    /// Pin a release even if it is yanked.
    pub yanked: bool,
    /// Require a valid attestation of every file, which gives its publisher.
    pub attestations: bool,
    /// The publishers that the existing lock records.
    pub previous: Previous,
    /// Pin a release even if its publisher is not the one in that lock.
    pub other_publisher: bool,
    /// The index to query.
    pub index: IndexOptions,
}

/// Releases, each with the hashes of the files to install.
#[derive(Clone, Debug, Serialize)]
pub struct Pinned {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The scope it was narrowed to.
    pub(crate) scope: Scope,
    /// By name.
    pub releases: Vec<Release>,
    /// Requirements of the releases that are not pinned here, as in their METADATA.
    pub needs: Vec<String>,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// A pinned release.
#[derive(Clone, Debug, Serialize)]
pub struct Release {
    /// The project's normalized name (PEP 503).
    pub name: String,
    /// Its version, normalized (PEP 440).
    pub version: String,
    /// The source of its files.
    pub from: Source,
    /// `Requires-Python`, if it is the same for every pinned wheel.
    pub(crate) requires_python: Option<String>,
    /// The wheels that installers select, by name.
    pub wheels: Vec<Artifact>,
    /// The sdist, if it was asked for.
    pub(crate) sdist: Option<Artifact>,
    /// The publishers of its files, if attestations were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publishers: Vec<Publisher>,
    /// How many of the wheels are for only one version of Python.
    pub for_one_python: usize,
    /// Which wheel each Python gets on each platform.
    pub coverage: Coverage,
}

/// The source of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// An index: the base URL of its simple API, without credentials.
    Index(String),
    /// Several indexes.
    Indexes(Vec<String>),
    /// A directory.
    Folder(PathBuf),
    /// Several directories.
    Folders(Vec<PathBuf>),
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown =
            |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        match self {
            Self::Index(index) => f.write_str(index),
            Self::Indexes(indexes) => f.write_str(&indexes.join(", ")),
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Folders(folders) => f.write_str(&shown(folders)),
        }
    }
}

/// A pinned file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Artifact {
    /// Its name.
    pub file: String,
    /// Lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Size in bytes, if known.
    pub(crate) size: Option<u64>,
    /// Its URL on the index, without credentials and query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Its absolute path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<PathBuf>,
}

/// Pins the requested releases.
///
/// # Errors
/// When an index cannot be queried or has no such release, when a release is yanked or has no wheel for the scope, when
/// a file has no SHA-256 or not the one in `SHA256SUMS`, and after a stop.
pub fn pin(request: &Request) -> Result<Pinned> {
    let mut wanted = Requirements::default();
    let mut folders = Vec::new();
    for word in &request.subjects {
        match named(word)? {
            Named::OnDisk => folders.push(word),
            Named::Release(text) => wanted.add(&text)?,
        }
    }
    for file in &request.files {
        read(file, &mut wanted)?;
    }
    if let Some(file) = wanted.files.first() {
        return Err(Error::new(ErrorKind::Usage, "a URL of one file is not a release")
            .at(&file.address)
            .next("name the release, and its index: monowheel pin NAME==VERSION --index-url URL"));
    }
    let mut pinned = Pinned {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        scope: request.scope.clone(),
        releases: Vec::new(),
        needs: Vec::new(),
        notes: std::mem::take(&mut wanted.notes),
    };
    let mut needs = Vec::new();
    if let (true, Some(folder)) = (request.attestations, folders.first()) {
        return Err(Error::new(ErrorKind::Usage, "local wheels have no attestations of their publisher")
            .at(folder.display())
            .next("pin the release on its index: NAME==VERSION; or leave out --require-attestations"));
    }
    for folder in folders {
        request.index.stop.check()?;
        folder::add(folder, request, &mut pinned, &mut needs)?;
    }
    from_index::add(&wanted, request, &mut pinned, &mut needs)?;
    pinned.releases.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(twice) = pinned.releases.windows(2).find(|two| two[0].name == two[1].name) {
        return Err(Error::new(ErrorKind::Usage, format!("more than one release of {} is named", twice[0].name))
            .at(format!("{}, {}", twice[0].version, twice[1].version))
            .next("an environment can contain only one of them: pin them in two files"));
    }
    pinned.needs = needs::others(needs, &pinned.releases);
    Ok(pinned)
}

enum Named {
    OnDisk,
    Release(String),
}

/// The subject that an argument names.
fn named(word: &Path) -> Result<Named> {
    let text = word.to_string_lossy();
    let wrong = |what: &str| Error::new(ErrorKind::Usage, what).at(word.display());
    if word.is_dir() || word.is_file() && text.ends_with(".whl") {
        return Ok(Named::OnDisk);
    }
    if word.is_file() {
        return Err(wrong("neither a wheel nor a directory of wheels").next(format!(
            "for a file that names releases, run monowheel pin -r {}",
            monowheel_system::exec::quoted(word)
        )));
    }
    if text.contains("==") && !text.contains("://") {
        return Ok(Named::Release(text.into_owned()));
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-[]".contains(c);
    Err(if !text.is_empty() && text.chars().all(is_word) && !text.ends_with(".whl") {
        wrong("not a release, and no such directory").next(format!("for a release give its version: {text}==VERSION"))
    } else {
        wrong("not a release, a wheel or a directory").next("name a release, NAME==VERSION, or a directory of wheels")
    })
}

/// Releases that a file names; for a pylock file, the names and versions of its packages.
fn read(file: &Path, wanted: &mut Requirements) -> Result<()> {
    if !monowheel_net::is_lock_file(file) {
        return wanted.read(file);
    }
    for package in monowheel_net::LockFile::read(file)?.packages {
        match (&package.version, package.other_source()) {
            (Some(version), None) => wanted.add(&format!("{}=={version}", package.name))?,
            _ => wanted.notes.push(format!("{}: locked to a source, not to a release", package.name)),
        }
    }
    Ok(())
}
