//! One `monowheel build` as a user would start it: in a process of its own, whose environment is its own too.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::exec::{Call, CancelToken, Isolation, Isolator};
use monowheel_system::python;

use crate::lockfile;
use crate::manifest::Manifest;

/// Runs builds, one after the other.
pub(crate) struct OwnProcess<'a> {
    /// The directory for their logs.
    pub(crate) folder: &'a Path,
    /// What to do about one that fails.
    pub(crate) next: &'a str,
    pub(crate) stop: &'a CancelToken,
}

/// The arguments with which a build isolates as its caller decided.
pub(crate) fn isolation(isolator: &Isolator) -> [String; 2] {
    let isolation = if isolator.is_on() { Isolation::Required } else { Isolation::Off };
    ["--isolation", isolation.word()].map(str::to_owned)
}

/// A build of this machine's wheel that nobody will install, in `folder/name`; builds in one folder share a Cargo target
/// directory. `python` runs monowheel.
pub(crate) fn trial(python: &Path, project: &Path, isolator: &Isolator, folder: &Path, name: &str) -> Call {
    // A build would write a lock that the project does not have.
    let lock = if project.join(lockfile::FILE).is_file() { "--locked" } else { "--no-lock" };
    (python::module(python, "monowheel").arg("build").arg(project))
        .args(["--trial", lock])
        .args(isolation(isolator))
        .arg("--out")
        .arg(folder.join(name))
        .env("CARGO_TARGET_DIR", folder.join("target"))
}

/// The one wheel of a build, and how many seconds it took.
///
/// # Errors
/// When there is none.
pub(crate) fn wheel_in(out: &Path) -> Result<(PathBuf, f64)> {
    let built = Manifest::read(out)?;
    let wheel = built.wheels.iter().find_map(|wheel| Some((wheel, wheel.file.as_ref()?)));
    let (wheel, file) = wheel.ok_or_else(|| Error::new(ErrorKind::Tool, "the build wrote no wheel"))?;
    Ok((out.join(&file.file), wheel.seconds.unwrap_or_default()))
}

impl OwnProcess<'_> {
    /// Runs one build, and keeps its log; anything less than every wheel in `out` is an error. Findings of the audit
    /// are not: the wheels exist.
    ///
    /// # Errors
    /// When a wheel is missing, the log cannot be written, or Ctrl-C was pressed.
    pub(crate) fn run(&self, name: &str, call: &Call, out: &Path, told: &mut dyn FnMut(&str)) -> Result<()> {
        let mut log = fs_err::File::create(self.folder.join(format!("{name}.log")))?;
        let status = call.logged(&mut log, self.stop, told)?;
        let has_findings = status.code() == Some(i32::from(ExitCode::Findings as u8));
        if status.success() || (has_findings && Manifest::read(out).is_ok_and(|built| built.complete)) {
            return Ok(());
        }
        // A usage error of the build is a usage error here.
        let is_usage = status.code() == Some(i32::from(ExitCode::Usage as u8));
        let kind = if is_usage { ErrorKind::Usage } else { ErrorKind::Tool };
        Err(Error::new(kind, format!("the build {name} ended with {status}")).next(self.next))
    }
}
