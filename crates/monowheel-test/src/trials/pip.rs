//! The pip of an interpreter, unpacked from the wheel that it brings and compiled, once for all environments.
//!
//! Python recompiles what it imports from a zip archive in every process. `pip install --help` takes 3 s of CPU time from
//! the wheel and 0.9 s from such a directory (CPython 3.8 to 3.13, pip 23 and 24); emulated, many times that. Isolated
//! code can only read it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{ErrorKind, Result};
use monowheel_system::cache;
use monowheel_system::exec::{Call, CancelToken};
use monowheel_system::hash::sha256_file;

use crate::trials::python::Python;

/// Native time limit for unpacking and compiling.
const LIMIT: Duration = Duration::from_secs(60);
/// A file that does not compile, such as one for another version, is no failure.
const UNPACK: &str = "import compileall, sys, zipfile
zipfile.ZipFile(sys.argv[1]).extractall(sys.argv[2])
compileall.compile_dir(sys.argv[2], quiet=2)
";

/// The directory with the pip of all interpreters.
///
/// # Errors
/// When there is no place for a cache.
pub(super) fn folder() -> Result<PathBuf> {
    Ok(cache::root()?.join("pip"))
}

/// A command of the pip that `python` brings in `wheel`, with `interpreter`: `python` itself or that of an environment.
///
/// # Errors
/// Only for Ctrl-C: what cannot be unpacked is run from the wheel.
pub(super) fn call(python: &Python, wheel: &Path, interpreter: Call, stop: &CancelToken) -> Result<Call> {
    let pip = match unpacked(python, wheel, stop) {
        Ok(folder) => folder.join("pip"),
        Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
        Err(_) => wheel.join("pip"),
    };
    Ok(interpreter
        .arg("-I")
        .arg(pip)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
        .env("PIP_NO_INPUT", "1")
        .env("PIP_NO_WARN_SCRIPT_LOCATION", "1")
        // These would make it install outside the environment.
        .without_env("PIP_USER")
        .without_env("PIP_TARGET")
        .without_env("PIP_PREFIX")
        .without_env("PIP_REQUIRE_VIRTUALENV"))
}

fn unpacked(python: &Python, wheel: &Path, stop: &CancelToken) -> Result<PathBuf> {
    let (parent, about) = (folder()?, &python.about);
    let name = format!("{}-{}{}", &sha256_file(wheel)?[..12], about.implementation, about.interpreter());
    let place = parent.join(name);
    if place.is_dir() {
        return Ok(place);
    }
    fs_err::create_dir_all(&parent)?;
    let fresh = tempfile::Builder::new().prefix(".new-").tempdir_in(&parent)?;
    let call = python.call(&python.path).args(["-I", "-c", UNPACK]).arg(wheel).arg(fresh.path());
    call.stdout(LIMIT * python.patience(), stop)?;
    // Another run may have been faster: its directory has the same content.
    if fs_err::rename(fresh.path(), &place).is_ok() {
        let _ = fresh.keep();
    }
    Ok(place)
}
