//! Wheels for a Python without `ssl`, whose pip cannot reach an index: another Python's pip downloads them.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::CancelToken;

use crate::lab::Runner;
use crate::trials::environment::Environment;
use crate::trials::installer;
use crate::trials::pip;
use crate::trials::python::Python;

/// One of the interpreters `found` whose pip interprets requirements like that of `python` (they may depend on
/// the version) and can reach an index, which `python` cannot.
pub(super) fn of<'a>(python: &Python, found: &'a [Python]) -> Option<&'a Python> {
    if python.runner == Runner::Node {
        // It cannot run pip: that of another version works too, with the target version as an option.
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

/// Downloads `requirements` into a directory of the environment. Compiled wheels are for the lender's
/// platform, and refused later if that is a different one.
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
    let Some(wheel) = &lender.about.pip else { return Ok(lent) };
    let call =
        pip::call(lender, wheel, lender.call(&lender.path), stop)?.args(["download", "--only-binary=:all:", "--dest"]);
    // A failed download is reported by the installation that needs it.
    installer::run(environment, &installer::finding(call.arg(&lent), folders).args(requirements), stop)?;
    Ok(lent)
}

/// Builds or downloads wheels of `requirements` with the base interpreter, outside the environment: no code of the
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
    let Some(wheel) = &python.about.pip else { return Ok(lent) };
    let call = pip::call(python, wheel, python.call(&python.path), stop)?.args(["wheel", "--wheel-dir"]).arg(&lent);
    // A failure is reported by the installation that needs the wheel.
    installer::run(environment, &installer::finding(call, folders).args(requirements), stop)?;
    Ok(lent)
}
