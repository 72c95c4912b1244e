//! `pylock.toml` (PEP 751): the wheels in a lock file.

use std::collections::BTreeMap;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::regular_file;
use serde::Deserialize;

use crate::address::Address;
use crate::attestation::Publisher;
use crate::requirements::Requirements;
use crate::simple::{RemoteFile, sha256_of};

/// A lock file, as far as it is needed.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct LockFile {
    lock_version: String,
    /// Its packages.
    #[serde(default)]
    pub packages: Vec<Locked>,
    /// Data of tools, by their names.
    #[serde(default)]
    pub tool: toml::Table,
}

/// A package of a lock file.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Locked {
    /// As written; it should be normalized.
    pub name: String,
    /// Its version; other kinds of sources may have none.
    #[serde(default)]
    pub version: Option<String>,
    /// The base URL of the index of its files.
    #[serde(default)]
    pub index: Option<String>,
    /// The environments it is for.
    #[serde(default)]
    pub(crate) marker: Option<String>,
    /// Its wheels.
    #[serde(default)]
    pub wheels: Vec<LockedFile>,
    /// Its sdist.
    #[serde(default)]
    pub sdist: Option<LockedFile>,
    #[serde(default)]
    attestation_identities: Vec<toml::Table>,
    #[serde(default)]
    vcs: Option<toml::Table>,
    #[serde(default)]
    directory: Option<toml::Table>,
    #[serde(default)]
    archive: Option<toml::Table>,
}

/// A wheel or an sdist of a lock file.
#[derive(Clone, Debug, Deserialize)]
pub struct LockedFile {
    #[serde(default)]
    name: Option<String>,
    /// Its URL.
    #[serde(default)]
    pub url: Option<String>,
    /// Its path on this disk, relative to the lock file's directory.
    #[serde(default)]
    pub path: Option<String>,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

impl LockFile {
    /// Reads the lock file at `path`.
    ///
    /// # Errors
    /// When it cannot be read, or is not in a known version of PEP 751.
    pub fn read(path: &Path) -> Result<Self> {
        Self::parse(&regular_file::read_text(path)?).map_err(|error| error.at(path.display()))
    }

    /// Reads the text of a lock file.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is not in a known version of PEP 751.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |what: String| Error::new(ErrorKind::Usage, what);
        let lock: Self =
            toml::from_str(text).map_err(|error| wrong(format!("not a pylock file (PEP 751)\n{error}")))?;
        if lock.lock_version.split('.').next() != Some("1") {
            return Err(wrong(format!("unknown version {} of the lock file format", lock.lock_version)));
        }
        Ok(lock)
    }
}

impl Locked {
    /// The publishers of its files, if they are recorded.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when an identity has no kind.
    pub fn publishers(&self) -> Result<Vec<Publisher>> {
        let wrong = || Error::new(ErrorKind::Usage, format!("{}: an attestation identity without a kind", self.name));
        let mut publishers = (self.attestation_identities.iter())
            .map(|table| {
                let text = |(key, value): (&String, &toml::Value)| Some((key.clone(), value.as_str()?.to_owned()));
                Publisher::of_fields(table.iter().filter_map(text).collect()).ok_or_else(wrong)
            })
            .collect::<Result<Vec<_>>>()?;
        publishers.sort();
        Ok(publishers)
    }

    /// The kind of a source other than the wheels or the sdist of a release.
    #[must_use]
    pub fn other_source(&self) -> Option<&'static str> {
        let other = [("vcs", &self.vcs), ("directory", &self.directory), ("archive", &self.archive)];
        other.into_iter().find(|(_, source)| source.is_some()).map(|(kind, _)| kind)
    }
}

impl LockedFile {
    /// Its SHA-256, if the lock file has one.
    #[must_use]
    pub fn sha256(&self) -> Option<String> {
        self.hashes.get("sha256").and_then(|hash| sha256_of(hash))
    }

    /// `name`, or the last part of the URL or path.
    #[must_use]
    pub fn file_name(&self) -> Option<String> {
        let of_path = || self.path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).map(str::to_owned);
        let of_url = || self.url.as_deref().and_then(|url| Address::parse(url).ok()).map(|url| url.file_name());
        let name = self.name.clone().or_else(of_path).or_else(of_url)?;
        (!name.is_empty() && !name.contains(['/', '\\'])).then_some(name)
    }
}

/// Whether a file has the name of a lock file: `pylock.toml` or `pylock.NAME.toml` (PEP 751).
#[must_use]
pub fn is_lock_file(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name == "pylock.toml" || (name.starts_with("pylock.") && name.ends_with(".toml"))
}

impl Requirements {
    /// Adds what a file lists: a `pylock.toml` or `pylock.NAME.toml` (PEP 751), else pip's requirements format.
    ///
    /// # Errors
    /// When it cannot be read, or a line does not pin a release.
    pub fn read(&mut self, path: &Path) -> Result<()> {
        if is_lock_file(path) { read(path, self) } else { self.read_requirements(path) }
    }
}

/// Adds the wheels of the lock file at `path` to `found`.
///
/// # Errors
/// When it cannot be read, or is not in a known version of PEP 751.
fn read(path: &Path, found: &mut Requirements) -> Result<()> {
    let lock = LockFile::read(path)?;
    for package in lock.packages {
        if let Some(marker) = &package.marker {
            found.notes.push(format!("{}: included regardless of its marker (`{marker}`)", package.name));
        }
        if let Some(kind) = package.other_source() {
            found.notes.push(format!("{}: locked to a source ({kind}), not to a wheel", package.name));
        } else if package.wheels.is_empty() {
            found.notes.push(format!("{}: no wheel in the lock file", package.name));
        }
        found.sdists.extend(package.sdist.and_then(|sdist| sdist.file_name()));
        for wheel in package.wheels {
            add(wheel, path, found).map_err(|error| error.at(format!("{}, {}", path.display(), package.name)))?;
        }
    }
    Ok(())
}

fn add(wheel: LockedFile, lock: &Path, found: &mut Requirements) -> Result<()> {
    let name = wheel.file_name().filter(|name| name.ends_with(".whl"));
    let name = name.ok_or_else(|| Error::new(ErrorKind::Usage, "wheel entry has no usable file name"))?;
    let sha256 = wheel.sha256();
    if sha256.is_none() {
        found.notes.push(format!("{name}: no SHA-256 in the lock file"));
    }
    // A file on disk needs no network, as in PEP 751.
    if let Some(path) = wheel.path {
        let path = lock.parent().unwrap_or(Path::new("")).join(path);
        if path.is_file() || wheel.url.is_none() {
            found.local.push((path, sha256));
            return Ok(());
        }
    }
    let url = wheel.url.ok_or_else(|| Error::new(ErrorKind::Usage, format!("neither url nor path: {name}")))?;
    let file = RemoteFile { name, sha256, size: wheel.size, ..RemoteFile::at(Address::parse(&url)?) };
    if !found.files.contains(&file) {
        found.files.push(file);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> Result<Requirements> {
        let dir = tempfile::tempdir()?;
        fs_err::write(dir.path().join("pylock.x.toml"), text)?;
        fs_err::write(dir.path().join("b-1-py3-none-any.whl"), "")?;
        let mut found = Requirements::default();
        found.read(&dir.path().join("pylock.x.toml")).map(|()| found)
    }

    #[test]
    fn lists_wheels_by_url_and_path() -> Result<()> {
        let hash = "ab".repeat(32);
        let found = read_text(&format!(
            "lock-version = '1.0'\ncreated-by = 'x'\n[[packages]]\nname = 'a'\nversion = '1'\nmarker = \"os_name == 'nt'\"\n\
             sdist = {{ url = 'https://h/a-1.tar.gz', hashes = {{ sha256 = '{hash}' }} }}\n\
             wheels = [{{ url = 'https://h/x/a-1-py3-none-any.whl', size = 5, hashes = {{ sha256 = '{hash}' }}, upload-time = 2020-01-01T00:00:00Z }},\n\
             {{ name = 'a-1-cp39-abi3-win32.whl', url = 'https://h/y?z', hashes = {{ sha512 = '00' }} }}]\n\
             [[packages]]\nname = 'b'\nwheels = [{{ path = './b-1-py3-none-any.whl', hashes = {{ sha256 = '{hash}' }} }}]\n\
             [[packages]]\nname = 'c'\nvcs = {{ type = 'git', url = 'https://h/c', commit-id = '0' }}\n"
        ))?;
        let names: Vec<_> = found.files.iter().map(|file| (file.name.as_str(), file.size)).collect();
        assert_eq!(names, [("a-1-py3-none-any.whl", Some(5)), ("a-1-cp39-abi3-win32.whl", None)]);
        assert_eq!((found.files[0].sha256.as_deref(), found.files[1].sha256.as_deref()), (Some(hash.as_str()), None));
        assert!(found.local[0].0.ends_with("b-1-py3-none-any.whl"));
        assert_eq!(found.sdists, ["a-1.tar.gz"]);
        // The marker, the missing hash, the source.
        assert_eq!(found.notes.len(), 3);
        Ok(())
    }

    #[test]
    fn what_is_no_lock_file_is_refused() {
        let said = |text: &str| read_text(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said("lock-version = '2.0'").contains("version 2.0"));
        assert!(said("packages = []").contains("lock-version"));
        let wheel =
            |source: &str| said(&format!("lock-version = '1.0'\n[[packages]]\nname = 'a'\nwheels = [{{ {source} }}]"));
        assert!(wheel("url = 'https://h/a-1.zip'").contains("no usable file name"));
        assert!(wheel("name = 'a-1-py3-none-any.whl'").contains("neither url nor path"));
        assert!(wheel("name = '../a.whl', url = 'https://h/x'").contains("no usable file name"));
    }
}
