//! The extension modules of an environment → subjects.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::CancelToken;
use monowheel_system::{python, regular_file};
use monowheel_wheel::abi::PythonVersion;
use monowheel_wheel::metadata::WheelFile;
use monowheel_wheel::record::Record;
use monowheel_wheel::tag::Tag;

use crate::audit::Subject;
use crate::gather;

/// Time limit for an interpreter to report where its packages are.
const LIMIT: Duration = Duration::from_secs(60);
/// Packages do not have directories deeper than this.
const DEPTH: usize = 64;

/// Prints the directories of installed packages as one JSON list. Debian's are called `dist-packages`.
const WHERE: &str = "\
import json, os, sys, sysconfig
named = [path for path in sys.path if os.path.basename(path) in ('site-packages', 'dist-packages')]
paths = [sysconfig.get_path('platlib'), sysconfig.get_path('purelib')] + named
print(json.dumps(sorted({os.path.realpath(path) for path in paths if path and os.path.isdir(path)})))
";

/// Every extension module in the environment of `python`, sorted by path.
///
/// A module that a wheel for the stable ABI installed (its RECORD lists it) has that wheel's floor, which the file's
/// own name does not contain.
///
/// # Errors
/// If the interpreter does not answer, or nothing is installed.
pub fn installed(python: &Path, stop: &CancelToken) -> Result<Vec<Subject>> {
    let printed = python::script(python, WHERE)?.stdout(LIMIT, stop)?;
    let sites: Vec<PathBuf> = serde_json::from_str(&printed).map_err(|error| {
        Error::new(ErrorKind::Tool, format!("the interpreter did not report where its packages are: {error}"))
            .at(python.display())
    })?;
    let mut found = Vec::new();
    let mut floors = BTreeMap::new();
    for site in &sites {
        stop.check()?;
        extensions(site, 0, &mut found)?;
        claims(site, &mut floors)?;
    }
    found.sort();
    // One site directory may be inside another.
    found.dedup();
    if found.is_empty() {
        let folders: Vec<String> = sites.iter().map(|site| site.display().to_string()).collect();
        return Err(Error::new(ErrorKind::Usage, "no extension module is installed")
            .at(folders.join(", "))
            .next("run monowheel with the Python of that environment: python -m monowheel audit --installed"));
    }
    let subject = |path: PathBuf| Subject { floor: floors.get(&path).copied(), ..Subject::file(&path) };
    Ok(found.into_iter().map(subject).collect())
}

fn extensions(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() && depth < DEPTH && entry.file_name() != "__pycache__" {
            extensions(&path, depth + 1, found)?;
        } else if kind.is_file() && gather::is_extension(&path.to_string_lossy()) {
            found.push(path);
        }
    }
    Ok(())
}

/// The floors of the files that wheels for the stable ABI installed into `site`.
fn claims(site: &Path, floors: &mut BTreeMap<PathBuf, PythonVersion>) -> Result<()> {
    for entry in fs_err::read_dir(site)? {
        let folder = entry?.path();
        if folder.extension().is_none_or(|extension| extension != "dist-info") {
            continue;
        }
        // Without either nothing is claimed: a distribution may not have been installed from a wheel.
        let Ok(wheel) = regular_file::read(&folder.join("WHEEL"), regular_file::MOST_TEXT) else { continue };
        let Some(floor) = floor(&WheelFile::parse(&wheel)) else { continue };
        let Ok(record) = regular_file::read(&folder.join("RECORD"), regular_file::MOST_TEXT) else { continue };
        let rows = Record::parse(&record).rows.into_iter().map(|row| site.join(row.path));
        floors.extend(rows.filter(|path| gather::is_extension(&path.to_string_lossy())).map(|path| (path, floor)));
    }
    Ok(())
}

/// The oldest Python of the tags for the stable ABI.
fn floor(wheel: &WheelFile) -> Option<PythonVersion> {
    let tags = wheel.tags().filter_map(Tag::parse).filter(|tag| tag.family().is_some());
    tags.filter_map(|tag| tag.cpython()).min()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// An interpreter that only reports where its packages are.
    fn environment() -> Result<(tempfile::TempDir, PathBuf)> {
        let dir = tempfile::tempdir()?;
        let site = dir.path().canonicalize()?.join("site-packages");
        for folder in ["demo/__pycache__", "demo-1.0.dist-info", "demo.libs"] {
            fs_err::create_dir_all(site.join(folder))?;
        }
        let python = dir.path().join("python");
        fs_err::write(&python, format!("#!/bin/sh\necho '[\"{}\"]'\n", site.display()))?;
        fs_err::set_permissions(&python, std::fs::Permissions::from_mode(0o755))?;
        Ok((dir, python))
    }

    #[test]
    fn every_extension_with_the_floor_of_its_wheel() -> Result<()> {
        let (dir, python) = environment()?;
        let site = dir.path().canonicalize()?.join("site-packages");
        let other = "other.cpython-311-x86_64-linux-gnu.so";
        for file in ["demo/_demo.abi3.so", "demo/data.txt", "demo.libs/libz.so", "demo/__pycache__/x.so", other] {
            fs_err::write(site.join(file), "")?;
        }
        fs_err::write(site.join("demo-1.0.dist-info/WHEEL"), "Wheel-Version: 1.0\nTag: cp39-abi3-linux_x86_64\n")?;
        fs_err::write(site.join("demo-1.0.dist-info/RECORD"), "demo/_demo.abi3.so,,\ndemo/data.txt,,\n")?;
        let subjects = installed(&python, &CancelToken::default())?;
        let found: Vec<(String, Option<PythonVersion>)> = subjects
            .iter()
            .map(|subject| (subject.place.replace(&format!("{}/", site.display()), ""), subject.floor))
            .collect();
        assert_eq!(found, [("demo/_demo.abi3.so".to_owned(), Some((3, 9))), (other.to_owned(), None)]);
        Ok(())
    }

    #[test]
    fn an_environment_without_extensions_says_so() -> Result<()> {
        let (_dir, python) = environment()?;
        let error = installed(&python, &CancelToken::default()).err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Usage));
        Ok(())
    }
}
