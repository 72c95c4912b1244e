//! Installing for Pyodide, which cannot run pip: the pip of this machine's Python does, with the target as an option.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};

use crate::trials::environment::Environment;
use crate::trials::installer::{Sources, finding, run};
use crate::trials::pip;
use crate::trials::python::Python;

/// A pip command that installs for the environment's Pyodide, from wheels only. Markers of requirements are evaluated
/// for the Python that runs it.
///
/// # Errors
/// When no Python of this machine has a pip.
pub(super) fn install(environment: &Environment<'_>, lender: Option<&Python>, stop: &CancelToken) -> Result<Call> {
    let found = lender.and_then(|lender| Some((lender, lender.about.pip.as_ref()?)));
    let (Some((lender, wheel)), Some(site)) = (found, environment.site()) else {
        return Err(Error::new(ErrorKind::Toolchain, "no Python with pip on this machine to install for Pyodide")
            .next("on Debian and Ubuntu: apt-get install python3-venv"));
    };
    let about = &environment.python.about;
    let (major, minor) = about.version;
    Ok(pip::call(lender, wheel, lender.call(&lender.path), stop)?
        .args(["install", "--only-binary=:all:", "--implementation", "cp", "--python-version"])
        .arg(format!("{major}.{minor}"))
        .args(["--abi", &format!("cp{major}{minor}"), "--abi", "abi3", "--abi", "none"])
        .arg("--platform")
        .arg(about.platform.replace(['-', '.'], "_"))
        .arg("--upgrade")
        .arg("--target")
        .arg(site))
}

/// Installs the requirements: pure wheels, and those for this Pyodide.
///
/// # Errors
/// As [`install`]; and when pip does not find them.
pub(super) fn complete(
    environment: &Environment<'_>,
    sources: &Sources<'_>,
    folders: &[&Path],
    wanted: &[String],
    stop: &CancelToken,
) -> Result<()> {
    let call = install(environment, sources.lender, stop)?;
    let call = if sources.needs.index { call } else { call.arg("--no-index") };
    let ended = run(environment, &finding(call, folders).args(wanted), stop)?;
    if ended.status.success() {
        return Ok(());
    }
    let what = format!("could not install its requirements for Pyodide\n{}", last_lines(&ended.stderr, 8));
    Err(Error::new(ErrorKind::Tool, what).next("put their wheels into a directory: monowheel test --find-links DIR"))
}
