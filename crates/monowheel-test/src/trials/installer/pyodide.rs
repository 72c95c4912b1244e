//! Installing for Pyodide, which starts no pip: that of this machine's Python is told for whom.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};

use crate::trials::environment::Environment;
use crate::trials::installer::{Sources, finding, of_wheel, run};
use crate::trials::python::Python;

/// A call of pip that installs for the environment's Pyodide, and takes wheels only. Markers of requirements are those of
/// the Python that runs it.
///
/// # Errors
/// When no Python of this machine has a pip.
pub(super) fn install(environment: &Environment<'_>, lender: Option<&Python>) -> Result<Call> {
    let pip = lender.and_then(|lender| Some((lender, lender.about.pip.as_ref()?)));
    let (Some((lender, pip)), Some(site)) = (pip, environment.site()) else {
        return Err(Error::new(ErrorKind::Toolchain, "there is no Python here whose pip could install for Pyodide")
            .next("on Debian and Ubuntu: apt-get install python3-venv"));
    };
    let about = &environment.python.about;
    let (major, minor) = about.version;
    Ok(of_wheel(lender.call(&lender.path), pip)
        .args(["install", "--only-binary=:all:", "--implementation", "cp", "--python-version"])
        .arg(format!("{major}.{minor}"))
        .args(["--abi", &format!("cp{major}{minor}"), "--abi", "abi3", "--abi", "none"])
        .arg("--platform")
        .arg(about.platform.replace(['-', '.'], "_"))
        .arg("--upgrade")
        .arg("--target")
        .arg(site))
}

/// Installs what else is needed: pure wheels, and those of this Pyodide.
///
/// # Errors
/// As [`install`]; and when pip does not find it.
pub(super) fn complete(
    environment: &Environment<'_>,
    sources: &Sources<'_>,
    folders: &[&Path],
    wanted: &[String],
    stop: &CancelToken,
) -> Result<()> {
    let call = install(environment, sources.lender)?;
    let call = if sources.needs.index { call } else { call.arg("--no-index") };
    let ended = run(environment, &finding(call, folders).args(wanted), stop)?;
    if ended.status.success() {
        return Ok(());
    }
    let what = format!("what it needs could not be installed for Pyodide\n{}", last_lines(&ended.stderr, 8));
    Err(Error::new(ErrorKind::Tool, what).next("put wheels of it into a folder: monowheel test --find-links FOLDER"))
}
