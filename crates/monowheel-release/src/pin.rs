//! A pin, for whoever installs: the wheels that installers choose of a release, by hash, and no other file.
//!
//! [`pin`] asks an index or reads a folder, lets the resolver choose for each Python on each platform, and keeps
//! what it chose. [`requirements`] and [`pylock`] write that down; `claim` reads such a file again, also one that
//! another tool wrote, and [`check`] says whether what it promises still holds.

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
    /// Releases (`NAME==VERSION`), wheels, and folders of wheels.
    pub subjects: Vec<PathBuf>,
    /// Files that name releases: requirements, lock files.
    pub files: Vec<PathBuf>,
    /// For which Pythons and platforms.
    pub scope: Scope,
    /// Keep the sdist too.
    pub sdist: bool,
    /// Pin a release although it is yanked.
    pub yanked: bool,
    /// Pin only files whose publisher is known by a valid attestation.
    pub attestations: bool,
    /// Who published what, by the file that is pinned again.
    pub previous: Previous,
    /// Pin a release although its publisher is another one than in that file.
    pub other_publisher: bool,
    /// Which index is asked.
    pub index: IndexOptions,
}

/// Releases, each by the hashes of the files that are to be installed.
#[derive(Clone, Debug, Serialize)]
pub struct Pinned {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// To what it was narrowed.
    pub(crate) scope: Scope,
    /// By name.
    pub releases: Vec<Release>,
    /// What the releases need that is not pinned here: requirements as their METADATA has them.
    pub needs: Vec<String>,
    /// What a user should know, in sentences.
    pub notes: Vec<String>,
}

/// A pinned release.
#[derive(Clone, Debug, Serialize)]
pub struct Release {
    /// The project's normalized name (PEP 503).
    pub name: String,
    /// Its version, normalised (PEP 440).
    pub version: String,
    /// Where its files are from.
    pub from: Source,
    /// `Requires-Python`, where every pinned wheel has the same.
    pub(crate) requires_python: Option<String>,
    /// The wheels that installers choose, by name.
    pub wheels: Vec<Artifact>,
    /// The sdist, where it was asked for.
    pub(crate) sdist: Option<Artifact>,
    /// Who published its files, where attestations were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub publishers: Vec<Publisher>,
    /// How many of the wheels are for one version of Python alone.
    pub for_one_python: usize,
    /// Which wheel each Python gets on each platform.
    pub coverage: Coverage,
}

/// Where files are from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// An index: the base URL of its simple API, without credentials.
    Index(String),
    /// Several indexes.
    Indexes(Vec<String>),
    /// A folder.
    Folder(PathBuf),
    /// Several folders.
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
    /// Bytes, where they are known.
    pub(crate) size: Option<u64>,
    /// Where the index serves it, without credentials and query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    /// Where it lies: an absolute path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<PathBuf>,
}

/// Pins what was asked for.
///
/// # Errors
/// When an index cannot be asked or has no such release, when a release is yanked or has no wheel for what was asked
/// for, when a file has no SHA-256 or is not the one that `SHA256SUMS` promises, and after a stop.
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
        return Err(Error::new(ErrorKind::Usage, "one file by its URL is no release")
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
        return Err(Error::new(
            ErrorKind::Usage,
            "wheels on this disk have no attestations that say who published them",
        )
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
        return Err(Error::new(ErrorKind::Usage, format!("two releases of {} are named", twice[0].name))
            .at(format!("{}, {}", twice[0].version, twice[1].version))
            .next("an environment has room for one of them: pin them in two files"));
    }
    pinned.needs = needs::others(needs, &pinned.releases);
    Ok(pinned)
}

enum Named {
    OnDisk,
    Release(String),
}

/// What a word of the command line names.
fn named(word: &Path) -> Result<Named> {
    let text = word.to_string_lossy();
    let wrong = |what: &str| Error::new(ErrorKind::Usage, what).at(word.display());
    if word.is_dir() || word.is_file() && text.ends_with(".whl") {
        return Ok(Named::OnDisk);
    }
    if word.is_file() {
        return Err(wrong("neither a wheel nor a folder of wheels")
            .next(format!("a file that names releases: monowheel pin -r {}", monowheel_system::exec::quoted(word))));
    }
    if text.contains("==") && !text.contains("://") {
        return Ok(Named::Release(text.into_owned()));
    }
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-[]".contains(c);
    Err(if !text.is_empty() && text.chars().all(is_word) && !text.ends_with(".whl") {
        wrong("not a release, and no such folder").next(format!("for a release give its version: {text}==VERSION"))
    } else {
        wrong("no release, wheel or folder").next("name a release, NAME==VERSION, or a folder of wheels")
    })
}

/// Releases that a file names; of a lock file its packages' names and versions.
fn read(file: &Path, wanted: &mut Requirements) -> Result<()> {
    if !monowheel_net::is_lock_file(file) {
        return wanted.read(file);
    }
    for package in monowheel_net::LockFile::read(file)?.packages {
        match (&package.version, package.other_source()) {
            (Some(version), None) => wanted.add(&format!("{}=={version}", package.name))?,
            _ => wanted.notes.push(format!("{}: locked to a source, which is no release", package.name)),
        }
    }
    Ok(())
}
