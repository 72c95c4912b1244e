//! The contents of a lock: releases, each with the hashes of its files. Read from requirements and pylock files written
//! by monowheel and by others (`pip-compile`, `uv pip compile`, `uv export`, `pip lock`).

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::attestation::Publisher;
use monowheel_net::{LockFile, Locked, LockedFile, Pin, Requirements, is_lock_file};
use monowheel_system::regular_file;
use monowheel_wheel::filename::WheelName;

use crate::pin::Scope;
use crate::pin::requirements::Comments;

/// A release, and its files that may be installed.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// The release.
    pub(crate) pin: Pin,
    /// The index that the lock names for it.
    pub(crate) index: Option<String>,
    /// Its files; at least one.
    pub(crate) files: Vec<Claimed>,
    /// Their publishers, if the lock records them.
    pub(crate) publishers: Vec<Publisher>,
}

/// A file that may be installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    /// Lower-case hexadecimal.
    pub(crate) sha256: String,
    /// Its name, if the lock has it.
    pub(crate) file: Option<String>,
    /// Its path, if it is only on this disk.
    pub(crate) path: Option<PathBuf>,
}

/// All releases of a lock.
#[derive(Clone, Debug, Default)]
pub(crate) struct Claims {
    /// In the order of the file.
    pub(crate) claims: Vec<Claim>,
    /// The scope it was narrowed to.
    pub(crate) scope: Scope,
    /// The indexes that a requirements file names.
    pub(crate) indexes: Requirements,
    /// Notes on what is not checked.
    pub(crate) notes: Vec<String>,
}

impl Claims {
    /// Reads a lock.
    ///
    /// # Errors
    /// When it cannot be read, when something in it is pinned without a SHA-256, and when it pins nothing.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let claims = if is_lock_file(path) { of_lock(path) } else { of_requirements(path) }?;
        if claims.claims.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "this file pins no release")
                .at(path.display())
                .next("name a requirements file with hashes, or a pylock.toml"));
        }
        Ok(claims)
    }
}

fn of_requirements(path: &Path) -> Result<Claims> {
    let mut read = Requirements::default();
    read.read(path)?;
    let comments = Comments::read(&regular_file::read_text(path)?).map_err(|error| error.at(path.display()))?;
    let claim = |pin: Pin| {
        if pin.sha256.is_empty() {
            return Err(without_hash(path, &format!("{}{}", pin.name, pin.version)));
        }
        let file = |sha256: &String| Claimed {
            file: comments.file(sha256).map(str::to_owned),
            sha256: sha256.clone(),
            path: None,
        };
        let mut files: Vec<Claimed> = pin.sha256.iter().map(file).collect();
        files.dedup();
        Ok(Claim { files, index: None, publishers: comments.publishers(&pin.name), pin })
    };
    let mut notes = std::mem::take(&mut read.notes);
    notes.extend(read.files.iter().map(|file| format!("{}: named by its URL, not checked", file.name)));
    let claims = std::mem::take(&mut read.pins).into_iter().map(claim).collect::<Result<_>>()?;
    Ok(Claims { claims, scope: comments.scope, indexes: read, notes })
}

fn of_lock(path: &Path) -> Result<Claims> {
    let lock = LockFile::read(path)?;
    let mut claims = Claims::default();
    if let Some(scope) = lock.tool.get("monowheel").and_then(|ours| ours.get("pin")) {
        claims.scope = scope.clone().try_into().map_err(|error| {
            Error::new(ErrorKind::Usage, format!("invalid [tool.monowheel.pin]: {error}")).at(path.display())
        })?;
    }
    for package in &lock.packages {
        if let Some(kind) = package.other_source() {
            claims.notes.push(format!("{}: locked to a source ({kind}), not checked", package.name));
            continue;
        }
        let Some(version) = version(package) else {
            claims.notes.push(format!("{}: no version is locked, not checked", package.name));
            continue;
        };
        let mut pin = Requirements::default();
        pin.add(&format!("{}=={version}", package.name)).map_err(|error| error.at(path.display()))?;
        let Some(pin) = pin.pins.pop() else { continue };
        let files =
            package.wheels.iter().chain(&package.sdist).map(|file| claimed(file, path)).collect::<Result<Vec<_>>>()?;
        if !files.is_empty() {
            let publishers = package.publishers().map_err(|error| error.at(path.display()))?;
            claims.claims.push(Claim { pin, index: package.index.clone(), files, publishers });
        }
    }
    Ok(claims)
}

fn claimed(file: &LockedFile, lock: &Path) -> Result<Claimed> {
    let name = file.file_name();
    let shown = name.clone().unwrap_or_else(|| "a file without a name".to_owned());
    let sha256 = file.sha256().ok_or_else(|| without_hash(lock, &shown))?;
    // A file on an index is looked up there, even if there is a local copy.
    let path = file.path.as_ref().filter(|_| file.url.is_none());
    let path = path.map(|path| lock.parent().unwrap_or(Path::new("")).join(path));
    Ok(Claimed { sha256, file: name, path })
}

/// The version of a package: as locked, else that of its wheels.
fn version(package: &Locked) -> Option<String> {
    let of_wheels = || WheelName::parse(&package.wheels.first()?.file_name()?).ok().map(|name| name.version);
    package.version.clone().or_else(of_wheels)
}

fn without_hash(file: &Path, what: &str) -> Error {
    Error::new(ErrorKind::Usage, format!("{what} has no SHA-256, so it is not pinned"))
        .at(file.display())
        .next("pin it by hash: monowheel pin NAME==VERSION, or uv pip compile --generate-hashes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Claims> {
        let dir = tempfile::tempdir()?;
        fs_err::write(dir.path().join(name), text)?;
        Claims::read(&dir.path().join(name))
    }

    fn said(name: &str, text: &str) -> String {
        read(name, text).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn what_others_write_is_read() -> Result<()> {
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        // As uv and pip-compile write it.
        let text = format!(
            "# This file was autogenerated by uv via the following command:\n#    uv pip compile --generate-hashes x.in\n\
             x==1.0 ; python_version >= '3.8' \\\n    --hash=sha256:{a} \\\n    --hash=sha256:{b}\n    # via -r x.in\n"
        );
        let claims = read("requirements.txt", &text)?;
        assert_eq!(claims.claims.len(), 1);
        assert_eq!(claims.claims[0].files.len(), 2);
        assert!(claims.scope.is_all() && claims.claims[0].files[0].file.is_none());
        // As pip lock writes it: no index, a table for each wheel.
        let lock = format!(
            "lock-version = '1.0'\ncreated-by = 'pip'\n[[packages]]\nname = 'x'\nversion = '1.0'\n[[packages.wheels]]\n\
             name = 'x-1.0-py3-none-any.whl'\nurl = 'https://h/x-1.0-py3-none-any.whl'\n[packages.wheels.hashes]\nsha256 = '{a}'\n\
             [[packages]]\nname = 'y'\ndirectory = {{ path = '.' }}\n"
        );
        let claims = read("pylock.toml", &lock)?;
        assert_eq!(claims.claims[0].files[0].file.as_deref(), Some("x-1.0-py3-none-any.whl"));
        assert_eq!(claims.notes.len(), 1);
        Ok(())
    }

    #[test]
    fn what_is_pinned_without_a_hash_is_refused() {
        assert!(said("r.txt", "x==1\n").contains("x==1 has no SHA-256"));
        assert!(said("r.txt", "x>=1\n").contains("no version is pinned"));
        assert!(said("r.txt", "# nothing\n").contains("pins no release"));
        let lock = "lock-version = '1.0'\n[[packages]]\nname = 'x'\nversion = '1'\nwheels = [{ url = 'https://h/x-1-py3-none-any.whl', hashes = { sha512 = '00' } }]";
        assert!(said("pylock.toml", lock).contains("x-1-py3-none-any.whl has no SHA-256"));
        assert!(said("pylock.toml", "x = ").contains("not a pylock file (PEP 751)"));
    }
}
