//! Checks an installed interpreter: runs it, creates a virtual environment, and runs pip in it.

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::Call;

use super::{Entry, Runner, Site};

/// Time limit for each of the steps; an emulated processor on a busy machine is slow.
const LIMIT: Duration = Duration::from_secs(600);

/// Version, whether the GIL can be disabled, and the modules that every test suite needs.
const ASK: &str = "import sys, sysconfig, zlib, hashlib, json, struct, subprocess, threading
print('.'.join(map(str, sys.version_info[:3])) + {'alpha': 'a', 'beta': 'b', 'candidate': 'rc'}.get(sys.version_info[3], '')
      + (str(sys.version_info[4]) if sys.version_info[3] != 'final' else ''),
      int(bool(sysconfig.get_config_var('Py_GIL_DISABLED'))))";

/// Runs the entry and records what it reports about itself.
///
/// # Errors
/// When it does not run, is another version, or venv or pip fail in it.
pub(super) fn run(site: &Site<'_>, entry: &mut Entry) -> Result<()> {
    let python = entry.python();
    let said =
        own_world(&python)?.args(["-c", ASK]).stdout(LIMIT, site.stop).map_err(|error| failed(site, "run", &error))?;
    let mut words = said.split_whitespace();
    let (version, gil_disabled) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !version.starts_with(&format!("{}.", site.minor())) {
        return Err(
            Error::new(ErrorKind::Tool, format!("{} reports the version {version}", site.id)).at(python.display())
        );
    }
    version.clone_into(&mut entry.version);
    entry.free_threaded = gil_disabled == "1";
    if entry.runner == Runner::Node {
        // It has no venv and cannot run pip: another Python installs for it.
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    let venv = folder.path().join("venv");
    own_world(&python)?
        .args(["-m", "venv"])
        .arg(&venv)
        .stdout(LIMIT, site.stop)
        .map_err(|error| failed(site, "make a virtual environment", &error))?;
    let words = entry.command(&entry.venv_python(&venv));
    let (program, rest) = (words.first().map_or(python.as_path(), |word| word.as_path()), words.iter().skip(1));
    own_world(program)?
        .args(rest)
        .args(["-m", "pip", "--version"])
        .stdout(LIMIT, site.stop)
        .map_err(|error| failed(site, "run pip in a virtual environment", &error))?;
    Ok(())
}

/// A command without the settings of the surrounding Python, and without modules in the current directory.
fn own_world(program: &Path) -> Result<Call> {
    ["PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"]
        .iter()
        .fold(Call::new(program), |call, name| call.without_env(name))
        .in_empty_dir()
}

fn failed(site: &Site<'_>, what: &str, error: &Error) -> Error {
    Error::new(error.kind(), format!("{} cannot {what}: {}", site.id, error.what())).at(site.home.display()).next(
        format!(
            "see {} for how it was installed, then run monowheel lab get {}",
            site.lab.log(site.id).display(),
            site.id
        ),
    )
}
