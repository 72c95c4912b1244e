//! The sdist of a release, downloaded by its hash. None of its code runs, unlike with an installer, which runs the
//! build backend to prepare its metadata.
//!
//! ```text
//! FOLDER/SHA256/demo-1.0.tar.gz    the downloaded file; its hash is its key, so indexes cannot mix up files
//! ```

use std::path::{Path, PathBuf};

use monowheel_audit::finding::some_of;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::hash::sha256_file;
use monowheel_wheel::names::wheel_name;

use crate::client::Client;
use crate::fetched::save;
use crate::indexes::Indexes;
use crate::limits::Limits;
use crate::options::IndexOptions;
use crate::pin::Pin;
use crate::release::{Picked, absent, is_of, project, unknown};
use crate::requirements::Requirements;
use crate::simple::RemoteFile;

/// The supported format of an sdist (PEP 625).
const PACKED: &str = ".tar.gz";
/// Maximum size of an sdist, in bytes; PyPI's default limit is 100 MB.
const LONGEST: u64 = 1 << 30;

/// An sdist on this disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sdist {
    /// The file, under its name on the index.
    pub path: PathBuf,
    /// Its SHA-256, as in the index or the requirement.
    pub sha256: String,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// Downloads the sdist of `requirement`, `NAME==VERSION` with or without `--hash=sha256:…`, into `folder`. An existing
/// file is not downloaded again; with a hash in the requirement the index is not queried either.
///
/// # Errors
/// When the index cannot be queried, has no such sdist or no SHA-256 of it, or serves a file with another hash.
pub fn sdist(requirement: &str, folder: &Path, options: &IndexOptions) -> Result<Sdist> {
    let mut requirements = Requirements::default();
    requirements.add(requirement)?;
    let [pin] = requirements.pins.as_slice() else {
        return Err(Error::new(ErrorKind::Usage, "name an sdist by its release").next("use NAME==VERSION"));
    };
    if let Some(sdist) = pin.sha256.iter().find_map(|sha256| kept_under(folder, sha256, pin)) {
        return Ok(sdist);
    }
    let file = options.limits.file.min(LONGEST);
    let options = IndexOptions { limits: Limits { file, ..options.limits.clone() }, ..options.clone() };
    let client = Client::new(&options)?;
    let indexes = Indexes::of(&requirements, &options)?;
    let files = project(&client, &indexes, pin)?.ok_or_else(|| unknown(&indexes, pin))?;
    let (file, sha256) = chosen(files, pin)?;
    let file = RemoteFile { sha256: Some(sha256.clone()), ..file };
    let notes = yanked(&file, pin).into_iter().chain(requirements.notes).collect();
    let place = folder.join(&sha256);
    let path = place.join(&file.name);
    if sha256_file(&path).is_ok_and(|kept| kept == sha256) {
        return Ok(Sdist { path, sha256, notes });
    }
    let path = save(&client, &file, &place)?;
    Ok(Sdist { path, sha256, notes })
}

/// A previously downloaded sdist of the release.
fn kept_under(folder: &Path, sha256: &str, pin: &Pin) -> Option<Sdist> {
    let version = pin.version.version().to_string();
    let is_meant = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(PACKED) && is_of(&name, &pin.name, &version)
    };
    let entries = fs_err::read_dir(folder.join(sha256)).ok()?.flatten().map(|entry| entry.path());
    let path = entries.filter(is_meant).find(|path| sha256_file(path).is_ok_and(|kept| kept == sha256))?;
    Some(Sdist { path, sha256: sha256.to_owned(), notes: Vec::new() })
}

/// The sdist among the files of a project, and the hash that it must have.
fn chosen(files: Vec<RemoteFile>, pin: &Pin) -> Result<(RemoteFile, String)> {
    let title = format!("{}{}", pin.name, pin.version);
    let index = files.iter().find_map(|file| file.index.as_ref()).map(ToString::to_string).unwrap_or_default();
    let Picked { wheels, sdists, versions } = Picked::of(files, pin);
    if wheels.is_empty() && sdists.is_empty() {
        return Err(absent(pin, versions).at(index));
    }
    let usage = |what: String| Error::new(ErrorKind::Usage, what).at(&index);
    let from_source = "build it from its repository: git clone URL, then monowheel build DIR";
    if sdists.is_empty() {
        return Err(usage(format!("{title} has no sdist, only wheels")).next(from_source));
    }
    let (mut packed, others): (Vec<RemoteFile>, Vec<RemoteFile>) =
        sdists.into_iter().partition(|file| file.name.ends_with(PACKED));
    if packed.is_empty() {
        let others: Vec<&str> = others.iter().map(|file| file.name.as_str()).collect();
        let what = format!("{title} has no {PACKED} sdist, only {}", some_of(&others));
        return Err(usage(what).next(from_source));
    }
    // A local version (1.0+x) matches the pin too. Before PEP 625 a name had several spellings.
    let name = format!("{}-", wheel_name(&pin.name));
    let is_local = |file: &RemoteFile| file.name.contains('+');
    packed.sort_by_key(|file| (file.yanked.is_some(), is_local(file), !file.name.starts_with(&name)));
    let allowed = |file: &RemoteFile| match (&file.sha256, pin.sha256.as_slice()) {
        (Some(sha256), allowed) => (allowed.is_empty() || allowed.contains(sha256)).then(|| sha256.clone()),
        // The requirement's hash replaces the index's.
        (None, [only]) => Some(only.clone()),
        (None, _) => None,
    };
    let names: Vec<String> = packed.iter().map(|file| file.name.clone()).collect();
    let found = packed.into_iter().find_map(|file| allowed(&file).map(|sha256| (file, sha256)));
    found.ok_or_else(|| {
        if pin.sha256.is_empty() {
            usage(format!("the index has no SHA-256 of {}", some_of(&names))).next(format!(
                "pass the hash of the file: '{title} --hash=sha256:HEX'; or download it, and name the file"
            ))
        } else {
            usage(format!("no sdist of {title} has the hash of the requirement"))
                .next("find out why the file has changed: a released file never should")
        }
    })
}

fn yanked(file: &RemoteFile, pin: &Pin) -> Option<String> {
    let why = file.yanked.as_deref()?;
    let why = if why.is_empty() { String::new() } else { format!(": {why}") };
    Some(format!("yanked: {}{}{why}", pin.name, pin.version))
}
