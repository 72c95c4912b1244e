//! `pylock.toml` (PEP 751): the wheels that a lock file lists.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, ErrorKind, Result};
use crate::net::address::Address;
use crate::net::requirements::Requirements;
use crate::net::simple::{RemoteFile, sha256_of};

/// A lock file, as far as it is needed.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Lock {
    lock_version: String,
    #[serde(default)]
    packages: Vec<Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Package {
    name: String,
    #[serde(default)]
    marker: Option<String>,
    #[serde(default)]
    wheels: Vec<Source>,
    #[serde(default)]
    sdist: Option<Source>,
    #[serde(default)]
    vcs: Option<toml::Table>,
    #[serde(default)]
    directory: Option<toml::Table>,
    #[serde(default)]
    archive: Option<toml::Table>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    size: Option<u64>,
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

/// Adds the wheels of the lock file at `path` to `found`.
///
/// # Errors
/// When it cannot be read, or is not of a version of PEP 751 that is known.
pub(super) fn read(path: &Path, found: &mut Requirements) -> Result<()> {
    let text = fs_err::read_to_string(path)?;
    let wrong = |what: String| Error::new(ErrorKind::Usage, what).at(path.display());
    let lock: Lock = toml::from_str(&text).map_err(|error| wrong(format!("no lock file of PEP 751\n{error}")))?;
    if lock.lock_version.split('.').next() != Some("1") {
        return Err(wrong(format!("version {} of the lock file's format is not known", lock.lock_version)));
    }
    for package in lock.packages {
        if let Some(marker) = &package.marker {
            found.notes.push(format!("{}: taken whatever the environment is (`{marker}`)", package.name));
        }
        let other = [("vcs", &package.vcs), ("directory", &package.directory), ("archive", &package.archive)];
        if let Some((kind, _)) = other.into_iter().find(|(_, source)| source.is_some()) {
            found.notes.push(format!("{}: locked to a source ({kind}), which is no wheel", package.name));
        } else if package.wheels.is_empty() {
            found.notes.push(format!("{}: the lock file lists no wheel of it", package.name));
        }
        found.sdists.extend(package.sdist.and_then(|sdist| file_name(&sdist)));
        for wheel in package.wheels {
            add(wheel, path, found).map_err(|error| error.at(format!("{}, {}", path.display(), package.name)))?;
        }
    }
    Ok(())
}

fn add(wheel: Source, lock: &Path, found: &mut Requirements) -> Result<()> {
    let name = file_name(&wheel).filter(|name| name.ends_with(".whl"));
    let name = name.ok_or_else(|| Error::new(ErrorKind::Usage, "a wheel without the name of one"))?;
    let sha256 = wheel.hashes.get("sha256").and_then(|hash| sha256_of(hash));
    if sha256.is_none() {
        found.notes.push(format!("{name}: the lock file has no SHA-256 of it"));
    }
    // What is on disk needs no network; PEP 751 says so too.
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

/// `name`, or the last part of the URL or path.
fn file_name(source: &Source) -> Option<String> {
    let of_path = || source.path.as_deref().and_then(|path| path.rsplit(['/', '\\']).next()).map(str::to_owned);
    let of_url = || source.url.as_deref().and_then(|url| Address::parse(url).ok()).map(|url| url.file_name());
    let name = source.name.clone().or_else(of_path).or_else(of_url)?;
    (!name.is_empty() && !name.contains(['/', '\\'])).then_some(name)
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
        assert!(wheel("url = 'https://h/a-1.zip'").contains("without the name"));
        assert!(wheel("name = 'a-1-py3-none-any.whl'").contains("neither url nor path"));
        assert!(wheel("name = '../a.whl', url = 'https://h/x'").contains("without the name"));
    }
}
