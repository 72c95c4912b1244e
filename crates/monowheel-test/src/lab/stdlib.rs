//! The standard library for a Python without one: upstream's of the same minor version.
//!
//! From the upstream tarball in Debian's pool, if there is one; else from a CPython of that minor
//! version that is installed on this machine. Pure Python modules run anywhere; modules compiled for
//! this machine are left out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;
use monowheel_system::exec::on_path;
use monowheel_system::python;

use super::{Site, pins};

/// Part of the recipe's key: increment it when the result changes.
pub(super) const REVISION: &str = "stdlib 1";

/// The minor versions that Debian has, each with its suite.
const SUITES: [(u8, &str); 4] = [(9, "bullseye"), (11, "bookworm"), (13, "trixie"), (14, "sid")];
/// Directories and files of a standard library that are specific to this machine, or not needed for tests of wheels.
const UNWANTED: [&str; 10] = [
    "__pycache__",
    "idlelib",
    "lib-dynload",
    "lib2to3/tests",
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "tkinter",
    "turtledemo",
];
/// Prefixes of such files and directories.
const UNWANTED_STARTS: [&str; 2] = ["_sysconfigdata_", "config-"];
/// Time limit for an interpreter to print the path of its library.
const LIMIT: Duration = Duration::from_secs(30);
/// Only a library whose ensurepip has its wheels is complete: Debian's packages keep them elsewhere.
const ASK: &str = "import glob, os, sys
stdlib = os.path.dirname(os.__file__)
if glob.glob(os.path.join(stdlib, 'ensurepip', '_bundled', 'pip-*.whl')):
    print('%d.%d' % sys.version_info[:2], '%d.%d.%d' % sys.version_info[:3], stdlib, sep='\\n')";

/// Puts a standard library of the site's minor version into `folder`; returns its source.
///
/// # Errors
/// When Debian has none, or it cannot be downloaded, and there is none on this machine either.
pub(super) fn put(site: &Site<'_>, folder: &Path) -> Result<String> {
    let minor = site.minor();
    let suite = SUITES.iter().find(|(number, _)| *number == site.version.1).map(|(_, suite)| *suite);
    let first = match suite.map(|suite| from_debian(site, suite, folder)) {
        // A file that does not match the pinned hash is not a reason to try another source.
        Some(Err(error)) if !matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::Format) => Some(error),
        Some(done) => return done,
        None => None,
    };
    site.stop.check()?;
    if let Some((version, stdlib)) = installed(site) {
        site.say(&format!("copying the standard library of {}", stdlib.display()));
        copy(site, &stdlib, folder)?;
        return Ok(format!("the standard library of the installed {version}"));
    }
    let why = first.map(|error| format!("; Debian's: {}", error.what())).unwrap_or_default();
    let what = format!(
        "no standard library of CPython {minor} found: no CPython {minor} with pip's wheel is installed here{why}"
    );
    Err(Error::new(ErrorKind::Toolchain, what)
        .at(site.id)
        .next(format!("install one, then run the command again: uv python install {minor}, or pyenv install {minor}")))
}

fn from_debian(site: &Site<'_>, suite: &'static str, folder: &Path) -> Result<String> {
    let (tarball, version) = pins::tarball(site, &format!("python{}", site.minor()), suite)?;
    fs_err::create_dir_all(folder)?;
    let mut call = Call::new("tar").arg("-C").arg(folder).args(["--strip-components=2", "--wildcards"]);
    for name in UNWANTED {
        call = call.arg(format!("--exclude=*/Lib/{name}")).arg(format!("--exclude=*/Lib/*/{name}"));
    }
    site.run(&call.arg("-xf").arg(&tarball).arg("*/Lib/*"), "could not unpack the standard library")?;
    Ok(format!("the standard library of {version}"))
}

/// Version and standard library of a CPython of the wanted minor version on this machine.
fn installed(site: &Site<'_>) -> Option<(String, PathBuf)> {
    let minor = site.minor();
    let name = format!("python{minor}");
    let var = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = var("HOME");
    let below = |folder: &str| home.as_ref().map(|home| home.join(folder));
    let pyenv = var("PYENV_ROOT").or_else(|| below(".pyenv")).map(|root| root.join("versions"));
    let uv = var("UV_PYTHON_INSTALL_DIR")
        .or_else(|| var("XDG_DATA_HOME").map(|data| data.join("uv/python")))
        .or_else(|| below(".local/share/uv/python"));
    let kept = [(pyenv, format!("{minor}.")), (uv, format!("cpython-{minor}."))];
    let kept = kept.iter().flat_map(|(folder, start)| beginning(folder.as_deref(), start));
    let mut interpreters = kept.map(|folder| folder.join("bin").join(&name)).chain(on_path(&name));
    interpreters.find_map(|python| {
        let said = python::script(&python, ASK).ok()?.stdout(LIMIT, site.stop).ok()?;
        told(&said, &minor)
    })
}

/// The output of an interpreter, if it has the wanted version.
fn told(said: &str, minor: &str) -> Option<(String, PathBuf)> {
    let mut lines = said.lines();
    let (is, version, stdlib) = (lines.next()?, lines.next()?, lines.next()?);
    (is == minor).then(|| (version.to_owned(), PathBuf::from(stdlib)))
}

/// The subdirectories of `folder` whose names begin with `start`, in descending order.
fn beginning(folder: Option<&Path>, start: &str) -> Vec<PathBuf> {
    let entries = folder.and_then(|folder| fs_err::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(start))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found.reverse();
    found
}

fn copy(site: &Site<'_>, from: &Path, to: &Path) -> Result<()> {
    site.stop.check()?;
    fs_err::create_dir_all(to)?;
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if UNWANTED.contains(&name.as_str()) || UNWANTED_STARTS.iter().any(|start| name.starts_with(start)) {
            continue;
        }
        let (source, target) = (entry.path(), to.join(&name));
        if source.is_dir() {
            copy(site, &source, &target)?;
        } else if source.is_file() {
            fs_err::copy(source, target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_wanted_version_serves() {
        let found = Some(("3.8.18".to_owned(), PathBuf::from("/a b/lib/python3.8")));
        assert_eq!(told("3.8\n3.8.18\n/a b/lib/python3.8\n", "3.8"), found);
        assert_eq!(told("3.11\n3.11.7\n/usr/lib/python3.11\n", "3.8"), None);
        // Without pip's wheel it prints nothing.
        assert_eq!(told("", "3.8"), None);
    }

    #[test]
    fn every_version_of_debian_is_pinned() {
        for (minor, suite) in SUITES {
            let pin = pins::debian(&format!("python3.{minor}"));
            assert!(pin.is_ok_and(|pin| pin.version.starts_with(&format!("3.{minor}."))), "{suite}");
        }
    }

    #[test]
    fn the_newest_is_first() -> Result<()> {
        let dir = tempfile::tempdir()?;
        for name in ["3.8.10", "3.8.18", "3.18.1", "2.7"] {
            fs_err::create_dir(dir.path().join(name))?;
        }
        assert_eq!(beginning(Some(dir.path()), "3.8."), ["3.8.18", "3.8.10"].map(|name| dir.path().join(name)));
        assert!(beginning(Some(Path::new("/no/such")), "3.8.").is_empty());
        Ok(())
    }
}
