//! The files of one release, across all indexes.

use std::str::FromStr as _;

use monowheel_audit::finding::some_of;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::filename::{WheelName, same_version};
use monowheel_wheel::names::normalized_name;
use pep440_rs::{Operator, Version, VersionSpecifier};

use crate::client::Client;
use crate::indexes::Indexes;
use crate::pin::Pin;
use crate::simple::{RemoteFile, files};
use crate::strategy::IndexStrategy;

const SDISTS: [&str; 4] = [".tar.gz", ".zip", ".tar.bz2", ".tgz"];

/// What the indexes have of a release.
#[derive(Debug, Default)]
pub(super) struct Release {
    /// By name.
    pub(super) wheels: Vec<RemoteFile>,
    pub(super) sdists: Vec<RemoteFile>,
    pub(super) notes: Vec<String>,
}

impl Release {
    /// Queries the indexes, according to the strategy.
    ///
    /// # Errors
    /// When an index cannot be queried, or none has the release.
    pub(super) fn find(client: &Client, indexes: &Indexes, pin: &Pin) -> Result<Self> {
        let found = project(client, indexes, pin)?.ok_or_else(|| unknown(indexes, pin))?;
        Self::of(found, pin)
    }

    /// Selects the files of the release.
    fn of(files: Vec<RemoteFile>, pin: &Pin) -> Result<Self> {
        let Picked { wheels, sdists, versions } = Picked::of(files, pin);
        let mut release = Self { wheels, sdists, notes: Vec::new() };
        if release.wheels.is_empty() && release.sdists.is_empty() {
            return Err(absent(pin, versions));
        }
        release.restrict(pin)?;
        release.note_yanked(pin);
        if release.wheels.is_empty() {
            release.notes.push(format!(
                "{}{} has no wheel, only {}",
                pin.name,
                pin.version,
                some_of(&names(&release.sdists))
            ));
        }
        Ok(release)
    }

    /// Usually a complete release is yanked, for one reason.
    fn note_yanked(&mut self, pin: &Pin) {
        let yanked: Vec<&str> = self.wheels.iter().filter_map(|file| file.yanked.as_deref()).collect();
        let Some(why) = yanked.iter().find(|why| !why.is_empty()).or(yanked.first()) else { return };
        let why = if why.is_empty() { String::new() } else { format!(": {why}") };
        let (some, all) = (yanked.len(), self.wheels.len());
        let count = if some == all { String::new() } else { format!("{some} of {all} wheels of ") };
        self.notes.push(format!("yanked: {count}{}{}{why}", pin.name, pin.version));
    }

    /// Keeps only the wheels whose hash the requirement allows.
    fn restrict(&mut self, pin: &Pin) -> Result<()> {
        if pin.sha256.is_empty() {
            return Ok(());
        }
        let before = self.wheels.len();
        self.wheels.retain(|file| file.sha256.as_ref().is_none_or(|hash| pin.sha256.contains(hash)));
        let unknown: Vec<&str> =
            self.wheels.iter().filter(|file| file.sha256.is_none()).map(|file| file.name.as_str()).collect();
        if !unknown.is_empty() {
            self.notes.push(format!("the index has no SHA-256 of {}", some_of(&unknown)));
        }
        if self.wheels.is_empty() && before > 0 {
            // The allowed hash may be that of an sdist; then there is nothing to audit, but nothing wrong.
            if self.sdists.is_empty() {
                return Err(Error::new(
                    ErrorKind::Usage,
                    format!("no wheel of {}{} has one of the allowed hashes", pin.name, pin.version),
                )
                .next("lock the requirements again, and find out why the files changed"));
            }
        } else if self.wheels.len() < before {
            let others = before - self.wheels.len();
            self.notes.push(format!("{}{}: {others} wheels do not have an allowed hash", pin.name, pin.version));
        }
        Ok(())
    }
}

/// The files of a release, and the other available versions.
#[derive(Debug, Default)]
pub(super) struct Picked {
    /// By name.
    pub(super) wheels: Vec<RemoteFile>,
    /// By name.
    pub(super) sdists: Vec<RemoteFile>,
    pub(super) versions: Vec<Version>,
}

impl Picked {
    /// Selects the files of the release from those of its project, in any spelling of its version.
    pub(super) fn of(files: Vec<RemoteFile>, pin: &Pin) -> Self {
        let mut picked = Self::default();
        for file in files {
            let Some((name, version)) = name_and_version(&file.name) else {
                continue;
            };
            if normalized_name(&name) != pin.name {
                continue;
            }
            if !fits(&pin.version, &version) {
                picked.versions.extend(Version::from_str(&version));
            } else if file.name.ends_with(".whl") {
                picked.wheels.push(file);
            } else {
                picked.sdists.push(file);
            }
        }
        picked.wheels.sort_by(|a, b| a.name.cmp(&b.name));
        picked.sdists.sort_by(|a, b| a.name.cmp(&b.name));
        picked
    }
}

/// The files of a release's project, from the indexes to use by the strategy. `None` if no index has the project.
///
/// # Errors
/// When an index cannot be queried. No later one is then queried: it might have another project of the same name.
pub(super) fn project(client: &Client, indexes: &Indexes, pin: &Pin) -> Result<Option<Vec<RemoteFile>>> {
    let mut found: Option<Vec<RemoteFile>> = None;
    for index in &indexes.addresses {
        let Some(files) = files(client, index, &pin.name)? else { continue };
        let files = files.into_iter().map(|file| RemoteFile { index: Some(index.clone()), ..file });
        match indexes.strategy {
            IndexStrategy::FirstIndex => return Ok(Some(files.collect())),
            IndexStrategy::UnsafeFirstMatch => {
                let files: Vec<RemoteFile> = files.collect();
                if files.iter().any(|file| is_of_release(file, pin)) {
                    return Ok(Some(files));
                }
                found.get_or_insert_with(Vec::new).extend(files);
            }
            IndexStrategy::UnsafeBestMatch => {
                let found = found.get_or_insert_with(Vec::new);
                for file in files {
                    // Of two files with one name, the first index's counts.
                    if !found.iter().any(|known| known.name == file.name) {
                        found.push(file);
                    }
                }
            }
        }
    }
    Ok(found)
}

fn is_of_release(file: &RemoteFile, pin: &Pin) -> bool {
    let named = name_and_version(&file.name);
    named.is_some_and(|(name, version)| normalized_name(&name) == pin.name && fits(&pin.version, &version))
}

/// The error for a project that no index has.
pub(super) fn unknown(indexes: &Indexes, pin: &Pin) -> Error {
    let asked = indexes.shown();
    Error::new(ErrorKind::Usage, format!("no index has a project {}", pin.name))
        .at(some_of(&asked))
        .next("check the name, or pass its index: `--index-url URL`")
}

/// The error for a release that no index has.
pub(super) fn absent(pin: &Pin, mut versions: Vec<Version>) -> Error {
    versions.sort_by(|a, b| b.cmp(a));
    versions.dedup();
    let known: Vec<String> = versions.iter().map(Version::to_string).collect();
    let next = match known.as_slice() {
        [] => "check the name: the index has no files for it".to_owned(),
        known => format!("choose an available version: {}", some_of(known)),
    };
    Error::new(ErrorKind::Usage, format!("no index has {}{}", pin.name, pin.version)).next(next)
}

fn names(files: &[RemoteFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

/// Of a wheel or an sdist.
fn name_and_version(file: &str) -> Option<(String, String)> {
    if file.ends_with(".whl") {
        let name = WheelName::parse(file).ok()?;
        return Some((name.name, name.version));
    }
    let stem = SDISTS.iter().find_map(|end| file.strip_suffix(end))?;
    stem.rsplit_once('-').map(|(name, version)| (name.to_owned(), version.to_owned()))
}

/// Whether a file is of this version of this project, by its name.
#[must_use]
pub fn is_of(file: &str, project: &str, version: &str) -> bool {
    name_and_version(file).is_some_and(|(name, its)| {
        normalized_name(&name) == normalized_name(project) && same_version(&its, version).unwrap_or(its == version)
    })
}

fn fits(pin: &VersionSpecifier, version: &str) -> bool {
    match Version::from_str(version) {
        Ok(version) => pin.contains(&version),
        // `===` compares text (PEP 440).
        Err(_) => *pin.operator() == Operator::ExactEqual && pin.version().to_string() == version,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Requirements;
    use crate::address::Address;

    fn release(pin: &str, files: &[(&str, Option<&str>)]) -> Result<Release> {
        let mut requirements = Requirements::default();
        requirements.add(pin)?;
        let base = Address::parse("https://h/")?;
        let files = files.iter().map(|(name, hash)| RemoteFile {
            sha256: hash.map(|hash| hash.repeat(64)),
            ..RemoteFile::at(base.join(name).unwrap())
        });
        Release::of(files.collect(), &requirements.pins[0])
    }

    #[test]
    fn picks_the_release_whatever_way_it_is_written() -> Result<()> {
        let found = release(
            "X.y==1.0",
            &[
                ("x_y-1-py3-none-any.whl", None),
                ("X_y-1.0.0-cp38-abi3-win32.whl", None),
                ("x_y-1.0+local-py3-none-any.whl", None),
                ("x_y-1.0.1-py3-none-any.whl", None),
                ("x-1.0-py3-none-any.whl", None),
                ("x_y-nonsense.whl", None),
                ("x-y-1.0.tar.gz", None),
                ("x-y-1.1.tar.gz", None),
                ("x-y-1.0.exe", None),
            ],
        )?;
        let expected = ["X_y-1.0.0-cp38-abi3-win32.whl", "x_y-1-py3-none-any.whl", "x_y-1.0+local-py3-none-any.whl"];
        assert_eq!(names(&found.wheels), expected);
        assert_eq!(names(&found.sdists), ["x-y-1.0.tar.gz"]);
        Ok(())
    }

    #[test]
    fn only_allowed_hashes_are_taken() -> Result<()> {
        let files = [("x-1-py3-none-any.whl", Some("a")), ("x-1-cp38-abi3-win32.whl", Some("b"))];
        let pin = |hash: &str| format!("x==1 --hash=sha256:{}", hash.repeat(64));
        let found = release(&pin("a"), &files)?;
        assert_eq!((names(&found.wheels).as_slice(), found.notes.len()), (&["x-1-py3-none-any.whl"][..], 1));
        assert!(release(&pin("c"), &files).is_err());
        Ok(())
    }

    #[test]
    fn a_missing_release_names_those_that_there_are() {
        let said = release("x==9", &[("x-1-py3-none-any.whl", None), ("x-2.tar.gz", None)]).err();
        let said = said.map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains("no index has x==9") && said.contains("2, 1"), "{said}");
        assert!(release("x==2", &[("x-2.tar.gz", None)]).is_ok_and(|found| found.notes[0].contains("only x-2.tar.gz")));
    }
}
