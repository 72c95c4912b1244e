//! Wheels for a Python without `ssl`, whose pip reaches no index: the pip of another one fetches them.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;

use crate::lab::Runner;
use crate::trials::environment::Environment;
use crate::trials::installer;
use crate::trials::python::Python;

/// Of the interpreters `found`, one whose pip reads requirements as that of `python` does (they may depend on
/// the version) and reaches an index, which `python` cannot.
pub(super) fn of<'a>(python: &Python, found: &'a [Python]) -> Option<&'a Python> {
    if python.runner == Runner::Node {
        // It runs no pip: that of another version serves too, which is told for whom it installs.
        let native = |other: &&Python| {
            let about = &other.about;
            about.unfit().is_none() && other.runner == Runner::Native && about.ssl && about.pip.is_some()
        };
        let distance =
            |other: &&Python| (other.about.version != python.about.version, std::cmp::Reverse(other.about.version));
        return found.iter().filter(native).min_by_key(distance);
    }
    if python.about.ssl {
        return None;
    }
    found.iter().find(|other| {
        let about = &other.about;
        let is_kin = about.unfit().is_none() && about.interpreter() == python.about.interpreter();
        is_kin && other.runner == Runner::Native && about.ssl && about.pip.is_some()
    })
}

/// Fetches what `requirements` mean into a folder of the environment. What is compiled is for the lender's own
/// platform, and refused later where that is another.
///
/// # Errors
/// When pip cannot be run.
pub(super) fn fetch(
    environment: &Environment<'_>,
    lender: &Python,
    folders: &[&Path],
    requirements: &[String],
    stop: &CancelToken,
) -> Result<PathBuf> {
    let lent = environment.folder("lent")?;
    let Some(pip) = &lender.about.pip else { return Ok(lent) };
    let call = installer::of_wheel(lender.call(&lender.path), pip).args(["download", "--only-binary=:all:", "--dest"]);
    // What it could not fetch is told by the installation that misses it.
    installer::run(environment, &installer::finding(call.arg(&lent), folders).args(requirements), stop)?;
    Ok(lent)
}

/// Collects wheels of what `requirements` mean, as the interpreter itself and outside of the environment: nothing of the
/// wheel under test runs.
///
/// # Errors
/// When pip cannot be run.
pub(super) fn collect(
    environment: &Environment<'_>,
    folders: &[&Path],
    requirements: &[String],
    stop: &CancelToken,
) -> Result<PathBuf> {
    let lent = environment.folder("lent")?;
    let python = environment.python;
    let Some(pip) = &python.about.pip else { return Ok(lent) };
    let call = installer::of_wheel(python.call(&python.path), pip).args(["wheel", "--wheel-dir"]).arg(&lent);
    // What it could not obtain is reported by the installation that misses it.
    installer::run(environment, &installer::finding(call, folders).args(requirements), stop)?;
    Ok(lent)
}
