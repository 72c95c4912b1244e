//! Paths given by the user → subjects: a wheel, a shared library, or a directory of wheels.

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_wheel::abi::PythonVersion;

use crate::audit::Subject;
use crate::report::Ignore;
use crate::rules;

/// The input of one audit: the subjects, and the sdists next to them.
#[derive(Default)]
pub struct Named {
    /// The subjects, in the order they were named.
    pub subjects: Vec<Subject>,
    /// The file names of the sdists.
    sdists: BTreeSet<String>,
    /// The directories that contain them.
    folders: BTreeSet<PathBuf>,
    seen: HashSet<String>,
}

impl Named {
    /// Adds a path, with the sdists next to it.
    ///
    /// # Errors
    /// As [`of_path`], and if the directory cannot be read.
    pub fn add(&mut self, path: &Path) -> Result<()> {
        let subjects = of_path(path)?;
        self.extend(subjects, sdists_beside(path)?);
        self.folders.insert(folder_of(path).to_owned());
        Ok(())
    }

    /// Adds subjects without duplicates: a wheel named both by itself and by its directory counts once.
    pub fn extend(&mut self, subjects: Vec<Subject>, sdists: Vec<String>) {
        for subject in subjects {
            if self.seen.insert(subject.place.clone()) {
                self.subjects.push(subject);
            }
        }
        self.sdists.extend(sdists);
    }

    /// The directories that contain the sdists.
    #[must_use]
    pub fn folders(&self) -> Vec<PathBuf> {
        self.folders.iter().cloned().collect()
    }

    /// The file names of the sdists, without duplicates.
    #[must_use]
    pub fn sdists(&self) -> Vec<String> {
        self.sdists.iter().cloned().collect()
    }
}

/// The wheels directly in a directory, sorted by name; or the file itself, whatever it is.
///
/// # Errors
/// [`ErrorKind::Usage`] if there is no such file, or no wheel in the directory; and if the directory cannot be read.
pub fn of_path(path: &Path) -> Result<Vec<Subject>> {
    if path.is_dir() {
        let wheels = ending(path, &[".whl"])?;
        if wheels.is_empty() {
            let error = Error::new(ErrorKind::Usage, "no wheels in this directory").at(path.display());
            let dist = path.join("dist");
            return Err(if dist.is_dir() {
                error.next(format!("name the directory that contains them: monowheel audit {}", dist.display()))
            } else {
                error.next("name a wheel, or a directory that directly contains *.whl files")
            });
        }
        return Ok(wheels.iter().map(|wheel| Subject::file(wheel)).collect());
    }
    if is_sdist(&path.to_string_lossy()) && path.is_file() {
        return Err(Error::new(ErrorKind::Usage, "an sdist has no ABI to audit")
            .at(path.display())
            .next("name its wheels, or the directory that contains both"));
    }
    if path.exists() {
        return Ok(vec![Subject::file(path)]);
    }
    let name = path.to_string_lossy();
    let error = Error::new(ErrorKind::Usage, "no such file or directory").at(path.display());
    let is_word = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_project = !name.is_empty() && name.chars().all(is_word) && !name.ends_with(".whl");
    Err(if is_project {
        error.next(format!("to audit a release on the index, give its version: {name}==VERSION"))
    } else {
        error.next("name a wheel, a directory of wheels, a shared library, or a release: NAME==VERSION")
    })
}

/// The file names of the sdists in the directory `path`, or in the one that contains it.
///
/// # Errors
/// If the directory cannot be read.
pub fn sdists_beside(path: &Path) -> Result<Vec<String>> {
    let sdists = ending(folder_of(path), &[".tar.gz", ".zip"])?;
    let names = sdists.iter().filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    Ok(names.filter(|name| is_sdist(name)).collect())
}

/// `path` if it is a directory, otherwise the one that contains it.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        _ if path.is_dir() => path,
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn is_sdist(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    [".tar.gz", ".zip"].iter().any(|end| name.strip_suffix(end).is_some_and(|stem| stem.contains('-')))
}

/// The files of a directory with one of these suffixes, sorted.
fn ending(folder: &Path, ends: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Including dangling links: it has to be reported that they cannot be read.
        if ends.iter().any(|end| name.ends_with(end)) && !path.is_dir() {
            // As a user would write it: without a leading `./`.
            found.push(path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path));
        }
    }
    found.sort();
    Ok(found)
}

/// A floor as a user writes it: `3.8`.
///
/// # Errors
/// [`ErrorKind::Usage`] if it is not a minor version of Python 3.
pub fn floor_of(text: &str) -> Result<PythonVersion> {
    let minor = text.strip_prefix("3.").filter(|minor| minor.bytes().all(|byte| byte.is_ascii_digit()));
    let minor = minor.and_then(|minor| minor.parse().ok());
    minor.map(|minor| (3, minor)).ok_or_else(|| {
        Error::new(ErrorKind::Usage, format!("{text:?} is not a minimum Python version"))
            .next("give two numbers: --floor 3.8")
    })
}

/// Checks that an ignore names a rule and gives a reason.
///
/// # Errors
/// [`ErrorKind::Usage`] if not, with the nearest rule.
pub fn check_ignore(ignore: &Ignore) -> Result<()> {
    rules::named(&ignore.rule)?;
    if ignore.reason.trim().is_empty() {
        return Err(Error::new(ErrorKind::Usage, format!("the ignore of {} gives no reason", ignore.rule))
            .next("state why the finding does not count; the report shows the reason"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &Path) -> String {
        of_path(path).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_folder_gives_its_wheels_and_sdists() -> Result<()> {
        let dir = tempfile::tempdir()?;
        assert!(said(dir.path()).contains("no wheels in this directory"));
        for file in ["b-1-py3-none-any.whl", "a-1-py3-none-any.whl", "a-1.tar.gz", "notes.txt", "x.tar.gz"] {
            fs_err::write(dir.path().join(file), "")?;
        }
        fs_err::create_dir_all(dir.path().join("dir-1-py3-none-any.whl"))?;
        let names: Vec<String> = of_path(dir.path())?
            .iter()
            .filter_map(|subject| Some(Path::new(&subject.place).file_name()?.to_string_lossy().into_owned()))
            .collect();
        assert_eq!(names, ["a-1-py3-none-any.whl", "b-1-py3-none-any.whl"]);
        assert_eq!(sdists_beside(dir.path())?, ["a-1.tar.gz"]);
        assert_eq!(sdists_beside(&dir.path().join("b-1-py3-none-any.whl"))?, ["a-1.tar.gz"]);
        assert!(said(&dir.path().join("a-1.tar.gz")).contains("sdist"));
        Ok(())
    }

    #[test]
    fn a_wheel_that_is_named_twice_is_one_and_its_sdist_is_seen() -> Result<()> {
        let dir = tempfile::tempdir()?;
        for file in ["a-1-py3-none-any.whl", "a-1.tar.gz"] {
            fs_err::write(dir.path().join(file), "")?;
        }
        let mut named = Named::default();
        named.add(dir.path())?;
        named.add(&dir.path().join("a-1-py3-none-any.whl"))?;
        assert_eq!((named.subjects.len(), named.sdists()), (1, vec!["a-1.tar.gz".to_owned()]));
        Ok(())
    }

    #[test]
    fn what_is_not_there_gets_a_next_step() {
        assert!(said(Path::new("nh3")).contains("nh3==VERSION"));
        assert!(said(Path::new("gone/x.whl")).contains("no such file or directory"));
        assert!(said(Path::new("gone.whl")).contains("a directory of wheels"));
    }

    #[test]
    fn floors() {
        assert_eq!(floor_of("3.8").ok(), Some((3, 8)));
        for wrong in ["", "3", "3.", "2.7", "3.8.1", "3.+8", "3.999", "cp38"] {
            assert!(floor_of(wrong).is_err(), "{wrong}");
        }
    }
}
