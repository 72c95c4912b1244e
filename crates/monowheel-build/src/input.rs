//! The project argument: a directory, an sdist, or a requirement whose sdist is on the index.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{IndexOptions, Requirements, Sdist, sdist};
use monowheel_system::cache;
use monowheel_system::hash::sha256_file;
use monowheel_system::regular_file;
use monowheel_wheel::names::is_name;
use monowheel_wheel::requirement::Requirement;
use pep440_rs::Operator;

/// A project, as named on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A directory with a pyproject.toml.
    Folder(PathBuf),
    /// An sdist, `name-version.tar.gz`.
    Sdist(PathBuf),
    /// A release on an index, `nh3==0.3.7`, with or without `--hash=sha256:…`.
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
            return Err(Error::new(ErrorKind::Usage, "neither a directory nor an sdist")
                .at(path.display())
                .next(EXPECTED));
        }
        let (requirement, hashes) = text.split_at(text.find(" --hash").unwrap_or(text.len()));
        let pin = Requirement::parse(requirement).ok().filter(|parsed| parsed.marker.is_none()).and_then(|parsed| {
            let pin = parsed.pin().filter(|pin| *pin.operator() == Operator::Equal)?;
            (!parsed.versions.contains(',')).then(|| format!("{}{pin}", parsed.name))
        });
        if let Some(pin) = pin {
            let pin = format!("{pin}{hashes}");
            Requirements::default().add(&pin)?;
            return Ok(Self::Requirement(pin));
        }
        let error = Error::new(ErrorKind::Usage, format!("no such directory: {text}"));
        Err(if is_name(text) {
            error.next(format!("for a release on the index, add its version: {text}==VERSION"))
        } else {
            error.next(EXPECTED)
        })
    }

    /// The sdist's file, if the project is not a directory; that of a release is fetched without running any of its
    /// code.
    ///
    /// # Errors
    /// When the index has no such sdist, or cannot be asked.
    pub fn sdist(&self, index: &IndexOptions) -> Result<Option<Sdist>> {
        match self {
            Self::Folder(_) => Ok(None),
            Self::Sdist(path) => Ok(Some(Sdist { path: path.clone(), sha256: sha256_file(path)?, notes: Vec::new() })),
            Self::Requirement(requirement) => sdist(requirement, &cache::root()?.join("sdists"), index).map(Some),
        }
    }

    /// Whether the user chose one Cargo target directory for this and other projects.
    pub(crate) fn shares_target_dir(&self) -> bool {
        matches!(self, Self::Folder(_)) && chosen_target_dir().is_some_and(|dir| Path::new(&dir).is_absolute())
    }

    /// The directory that this project is built in.
    ///
    /// # Errors
    /// When the user's cache directory cannot be named or the sdist cannot be read.
    pub(crate) fn work_folder(&self, name: &str, sha256: Option<&str>) -> Result<PathBuf> {
        let name: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
        match (self, sha256) {
            (Self::Folder(root), _) => {
                let target = chosen_target_dir().map_or_else(|| root.join("target"), |dir| root.join(dir));
                Ok(target.join("monowheel").join(name))
            }
            (_, Some(sha256)) => {
                let key: String = sha256.chars().take(12).collect();
                Ok(work_root()?.join(format!("{name}-{key}")))
            }
            (_, None) => Ok(work_root()?.join(name)),
        }
    }
}

/// The directory in which sdists and releases are built: `$MONOWHEEL_WORK`, or `work` in the cache.
///
/// # Errors
/// When the variable is relative, or there is no cache.
pub fn work_root() -> Result<PathBuf> {
    let Some(named) = std::env::var_os("MONOWHEEL_WORK").filter(|value| !value.is_empty()).map(PathBuf::from) else {
        return Ok(cache::root()?.join("work"));
    };
    if !named.is_absolute() {
        return Err(Error::new(ErrorKind::Usage, "MONOWHEEL_WORK is a relative path")
            .at(named.display())
            .next("set it to an absolute path"));
    }
    Ok(named)
}

fn chosen_target_dir() -> Option<OsString> {
    std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty())
}

const EXPECTED: &str = "name the directory of a PyO3 project, its sdist (.tar.gz), or a requirement such as nh3==0.3.7";

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
        let hash = format!(" --hash=sha256:{}", "0".repeat(64));
        assert_eq!(Input::parse(&format!("nh3 == 0.3.7{hash}"))?, Input::Requirement(format!("nh3==0.3.7{hash}")));
        assert!(Input::parse("nh3==0.3.7 --hash=sha256:0").is_err());
        Ok(())
    }

    #[test]
    fn a_bare_name_is_asked_for_its_version() {
        let said = |text: &str| Input::parse(text).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said("nh3").contains("nh3==VERSION"));
        assert!(said("no/such").contains("no such directory"));
        for wrong in ["nh3==", "nh3==1.*", "nh3==1,<2", "nh3>=1", "nh3===1", "nh3==1; os_name == 'nt'", "nh3==../1"] {
            assert!(said(wrong).contains("no such directory"), "{wrong}");
        }
        assert!(said("gone.tar.gz").contains("no such sdist"));
        assert!(said("-r").contains("no such directory"));
    }
}
