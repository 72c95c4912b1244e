//! What the user named: a folder, an sdist, or a requirement whose sdist the index has.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::cache;
use monowheel_system::exec::{Call, CancelToken};
use monowheel_system::hash::sha256_file;
use monowheel_system::regular_file;
use monowheel_wheel::names::is_name;
use monowheel_wheel::requirement::Requirement;
use pep440_rs::Operator;

use crate::dist::file_ending;

/// How long pip may take to fetch an sdist.
const LIMIT: Duration = Duration::from_secs(900);

/// A project, as named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A folder with a pyproject.toml.
    Folder(PathBuf),
    /// An sdist, `name-version.tar.gz`.
    Sdist(PathBuf),
    /// A requirement for pip, `nh3==0.3.7`.
    Requirement(String),
}

impl Input {
    /// Reads the argument PROJECT.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when it is none of the three.
    pub fn parse(text: &str) -> Result<Self> {
        let path = Path::new(text);
        if path.is_dir() {
            return Ok(Self::Folder(std::path::absolute(path)?));
        }
        if text.ends_with(".tar.gz") {
            return match regular_file::open(path) {
                Ok(_) => Ok(Self::Sdist(std::path::absolute(path)?)),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    Err(Error::new(ErrorKind::Usage, "no such sdist")
                        .at(path.display())
                        .next("name an existing .tar.gz"))
                }
                Err(error) => Err(Error::new(ErrorKind::Usage, error.to_string()).at(path.display())),
            };
        }
        if path.exists() {
            return Err(Error::new(ErrorKind::Usage, "neither a folder nor an sdist")
                .at(path.display())
                .next(EXPECTED));
        }
        let pin = Requirement::parse(text).ok().filter(|parsed| parsed.marker.is_none()).and_then(|parsed| {
            let pin = parsed.pin().filter(|pin| *pin.operator() == Operator::Equal)?;
            (!parsed.versions.contains(',')).then(|| format!("{}{pin}", parsed.name))
        });
        if let Some(pin) = pin {
            return Ok(Self::Requirement(pin));
        }
        let error = Error::new(ErrorKind::Usage, format!("no such folder: {text}"));
        Err(if is_name(text) {
            error.next(format!("for a release on the index give its version: {text}==VERSION"))
        } else {
            error.next(EXPECTED)
        })
    }

    /// The sdist's file, when the project is not a folder; a requirement is fetched through pip.
    ///
    /// # Errors
    /// When pip is missing or cannot get the sdist.
    pub(crate) fn sdist(&self, python: Option<&Path>, stop: &CancelToken) -> Result<Option<PathBuf>> {
        match self {
            Self::Folder(_) => Ok(None),
            Self::Sdist(path) => Ok(Some(path.clone())),
            Self::Requirement(requirement) => download(requirement, python, stop).map(Some),
        }
    }

    /// The folder that this project is built in.
    ///
    /// # Errors
    /// When the user's cache folder cannot be named or the sdist cannot be read.
    pub(crate) fn work_folder(&self, name: &str, sdist: Option<&Path>) -> Result<PathBuf> {
        let name: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
        match (self, sdist) {
            (Self::Folder(root), _) => {
                let target = std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty());
                let target = target.map_or_else(|| root.join("target"), |dir| root.join(dir));
                Ok(target.join("monowheel").join(name))
            }
            (_, Some(sdist)) => Ok(cache::root()?.join("work").join(format!("{name}-{}", &sha256_file(sdist)?[..12]))),
            (_, None) => Ok(cache::root()?.join("work").join(name)),
        }
    }
}

const EXPECTED: &str = "name the folder of a PyO3 project, its sdist (.tar.gz), or a requirement such as nh3==0.3.7";

/// Fetches the sdist of `requirement` with the user's own pip configuration; kept in the cache.
fn download(requirement: &str, python: Option<&Path>, stop: &CancelToken) -> Result<PathBuf> {
    let python = python.ok_or_else(|| {
        Error::new(ErrorKind::Toolchain, "no Python with pip found").next("apt-get install python3-pip")
    })?;
    let kept = cache::root()?.join("sdists").join(requirement);
    if let Some(sdist) = file_ending(&kept, ".tar.gz") {
        return Ok(sdist);
    }
    let parent = kept.parent().unwrap_or(&kept);
    fs_err::create_dir_all(parent)?;
    let folder = tempfile::Builder::new().prefix(".download-").tempdir_in(parent)?;
    // Not `:all:`: pip would build the build backend from source as well.
    let name = Requirement::parse(requirement).map_or(requirement, |parsed| parsed.name);
    let call = Call::new(python)
        .args([
            "-m",
            "pip",
            "download",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--no-deps",
            "--no-binary",
            name,
            "--dest",
        ])
        .arg(folder.path())
        .arg(requirement);
    let printed = call.capture(LIMIT, stop)?;
    let Some(_) = file_ending(folder.path(), ".tar.gz").filter(|_| printed.status.success()) else {
        return Err(Error::new(
            ErrorKind::Tool,
            format!(
                "pip could not get the sdist of {requirement}\n{}",
                monowheel_system::exec::last_lines(&printed.stderr, 8)
            ),
        )
        .next("check the name and version, that it has an sdist, and the network; an sdist on disk works too"));
    };
    let _ = fs_err::remove_dir_all(&kept);
    fs_err::rename(folder.path(), &kept)?;
    file_ending(&kept, ".tar.gz")
        .ok_or_else(|| Error::new(ErrorKind::Io, "the downloaded sdist has vanished").at(kept.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_three_apart() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let sdist = dir.path().join("x-1.tar.gz");
        fs_err::write(&sdist, "")?;
        assert!(matches!(Input::parse(&dir.path().to_string_lossy())?, Input::Folder(_)));
        assert!(matches!(Input::parse(&sdist.to_string_lossy())?, Input::Sdist(_)));
        for text in ["nh3 == 0.3.7", "nh3==0.3.7", "nh3[x] (==0.3.7)"] {
            assert_eq!(Input::parse(text)?, Input::Requirement("nh3==0.3.7".to_owned()), "{text}");
        }
        Ok(())
    }

    #[test]
    fn a_bare_name_is_asked_for_its_version() {
        let said = |text: &str| Input::parse(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said("nh3").contains("nh3==VERSION"));
        assert!(said("no/such").contains("no such folder"));
        for wrong in ["nh3==", "nh3==1.*", "nh3==1,<2", "nh3>=1", "nh3===1", "nh3==1; os_name == 'nt'", "nh3==../1"] {
            assert!(said(wrong).contains("no such folder"), "{wrong}");
        }
        assert!(said("gone.tar.gz").contains("no such sdist"));
        assert!(said("-r").contains("no such folder"));
    }
}
