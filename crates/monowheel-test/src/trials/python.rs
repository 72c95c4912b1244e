//! One interpreter: its properties and how to run it, from its own report.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_audit::resolve::Machine;
use monowheel_audit::set::Interpreter;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken, last_lines};
use monowheel_wheel::abi::PythonVersion;
use serde::{Deserialize, Serialize};

use crate::lab::Runner;

/// The script that an interpreter runs to report its properties.
pub(super) const PROBE: &str = include_str!("probe.py");
/// The marker before its report, to skip any other output.
const MARK: &str = "monowheel:";
/// Time limit for the first start of an emulated interpreter.
const LIMIT: Duration = Duration::from_secs(60);

/// A working interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Python {
    /// Its path.
    pub path: PathBuf,
    /// Where it was found.
    pub origin: Origin,
    /// How it runs on this machine.
    pub runner: Runner,
    /// The launcher for another program of its platform, such as the `python.exe` of an environment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) launch: Vec<PathBuf>,
    /// Its own report.
    #[serde(flatten)]
    pub about: About,
}

/// Where an interpreter was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The user named it.
    Named,
    /// The lab of `monowheel lab`.
    Lab,
    /// pyenv's versions.
    Pyenv,
    /// uv's managed interpreters.
    Uv,
    /// A directory on PATH.
    Path,
    /// The launcher `py` of Windows.
    Py,
}

impl Origin {
    /// Its name in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Named => "--python",
            Self::Lab => "lab",
            Self::Pyenv => "pyenv",
            Self::Uv => "uv",
            Self::Path => "PATH",
            Self::Py => "py",
        }
    }
}

/// The report of an interpreter about itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct About {
    /// `cpython`, `pypy`, …
    pub implementation: String,
    /// Major and minor version.
    pub version: PythonVersion,
    /// The complete version: `3.13.0`, `3.15.0rc1`.
    pub release: String,
    /// Whether it was built without the GIL.
    pub free_threaded: bool,
    /// Whether it is a debug build (`Py_DEBUG`).
    pub debug: bool,
    /// `sysconfig.get_platform()`: `linux-x86_64`, `win-amd64`, `macosx-11.0-arm64`.
    pub platform: String,
    /// The C library and its version, on Linux.
    pub libc: Option<(String, String)>,
    /// The version of macOS, on macOS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) macos: Option<String>,
    /// The suffixes of extension modules that it accepts, best first.
    pub(crate) suffixes: Vec<String>,
    /// The real file, outside any environment.
    pub(crate) executable: PathBuf,
    /// Whether it belongs to a virtual environment.
    pub(crate) in_environment: bool,
    /// The bundled wheel of pip for new environments.
    pub(crate) pip: Option<PathBuf>,
    /// Whether it has the module `venv`.
    pub(crate) venv: bool,
    /// Whether it has the module `ssl`, without which its pip cannot reach an index.
    pub(crate) ssl: bool,
}

/// A path that may be an interpreter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Its path.
    pub(crate) path: PathBuf,
    /// Where it was found.
    pub(crate) origin: Origin,
    /// How it runs, if known beforehand.
    pub runner: Option<Runner>,
    /// As in [`Python::launch`].
    pub(crate) launch: Vec<PathBuf>,
}

impl Python {
    /// The interpreter at this path, by its own report.
    ///
    /// # Errors
    /// When it does not start, times out, or its report is not understood.
    pub fn at(path: &Path, stop: &CancelToken) -> Result<Self> {
        Candidate::at(path.to_path_buf(), Origin::Named).ask(stop)
    }
}

impl Candidate {
    /// A candidate known only by its path.
    #[must_use]
    pub(crate) const fn at(path: PathBuf, origin: Origin) -> Self {
        Self { path, origin, runner: None, launch: Vec::new() }
    }

    /// Starts it and reads its report.
    ///
    /// # Errors
    /// When it does not start, times out, or its report is not understood.
    pub(crate) fn ask(&self, stop: &CancelToken) -> Result<Python> {
        // Not `-I`, which Python 2.7 does not know; in an empty directory these are equivalent. A shim of pyenv or mise
        // reads no settings of a checkout there.
        let call = clean(Call::new(&self.path)).args(["-E", "-s", "-c", PROBE]).in_empty_dir()?;
        let told = call.capture(LIMIT, stop)?;
        let answer = told.stdout.lines().find_map(|line| line.trim_end().split_once(MARK));
        let Some((_, answer)) = answer.filter(|_| told.status.success()) else {
            let said = [&told.stderr, &told.stdout].into_iter().find(|text| !text.trim().is_empty());
            let said = said.map_or_else(String::new, |text| format!(": {}", told_first(text)));
            return Err(Error::new(ErrorKind::Tool, format!("it failed with {}{said}", told.status)));
        };
        let about: About = serde_json::from_str(answer)
            .map_err(|error| Error::new(ErrorKind::Tool, format!("could not parse its report: {error}")))?;
        Ok(self.with(about))
    }

    /// The interpreter with its report.
    pub(super) fn with(&self, about: About) -> Python {
        let runner = self.runner.unwrap_or_else(|| about.runner());
        Python { path: self.path.clone(), origin: self.origin, runner, launch: self.launch.clone(), about }
    }
}

/// The relevant line of an interpreter's error: a shim prints it first, a traceback last.
fn told_first(text: &str) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    if first.starts_with("Traceback") { last_lines(text, 1) } else { first.trim().to_owned() }
}

/// Without the variables of this process's environment that would affect another interpreter.
pub(super) fn clean(call: Call) -> Call {
    let strangers = ["PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONDEVMODE", "VIRTUAL_ENV"];
    let call = strangers.into_iter().fold(call, Call::without_env);
    // Shims and redirectors read these.
    ["__PYVENV_LAUNCHER__", "PYENV_VERSION", "PYTHONWARNDEFAULTENCODING"].into_iter().fold(call, Call::without_env)
}

impl About {
    /// How an interpreter outside the lab runs, by its platform.
    fn runner(&self) -> Runner {
        if self.platform.starts_with("pyemscripten") {
            return Runner::Node;
        }
        if self.platform.starts_with("win") != cfg!(windows) {
            return Runner::Wine;
        }
        let arch = self.platform.rsplit('-').next().unwrap_or_default();
        let is_foreign = self.platform.starts_with("linux") && kind(arch) != kind(std::env::consts::ARCH);
        if is_foreign { Runner::Qemu } else { Runner::Native }
    }

    /// The interpreter as in the coverage map.
    #[must_use]
    pub(crate) const fn interpreter(&self) -> Interpreter {
        Interpreter { version: self.version, free_threaded: self.free_threaded }
    }

    /// Why wheels are not tested on it, if they are not.
    #[must_use]
    pub fn unfit(&self) -> Option<String> {
        if self.implementation != "cpython" {
            return Some(format!("{} has no stable ABI", self.implementation));
        }
        if self.version < (3, 8) {
            return Some("older than 3.8".to_owned());
        }
        self.machine().is_none().then(|| "no wheels exist for its platform".to_owned())
    }

    /// The machine as seen by this interpreter's installer; `None` if no wheels exist for it.
    #[must_use]
    pub(crate) fn machine(&self) -> Option<Machine> {
        let tag = self.platform.replace(['-', '.'], "_");
        if let Some(arch) = tag.strip_prefix("linux_") {
            let (name, version) = self.libc.as_ref()?;
            let prefix = if name == "musl" { "musllinux" } else { "manylinux" };
            let mut numbers = version.split('.').map(|number| number.parse::<u16>().unwrap_or(0));
            let (major, minor) = (numbers.next()?, numbers.next().unwrap_or(0));
            return Machine::promised(&format!("{prefix}_{major}_{minor}_{arch}")).pop();
        }
        if tag.starts_with("macosx_") {
            // Its build target may not be the machine it runs on.
            let arch = match std::env::consts::ARCH {
                "aarch64" => "arm64",
                other => other,
            };
            let mut numbers = self.macos.as_deref()?.split('.').map(|number| number.parse::<u16>().unwrap_or(0));
            let (major, minor) = (numbers.next()?, numbers.next().unwrap_or(0));
            let minor = if major > 10 { 0 } else { minor };
            return Machine::promised(&format!("macosx_{major}_{minor}_{arch}")).pop();
        }
        Machine::promised(&tag).pop()
    }

    /// `3.14t`, `3.13d` for a debug build.
    #[must_use]
    pub(crate) fn short(&self) -> String {
        format!("{}{}", self.interpreter(), if self.debug { "d" } else { "" })
    }
}

/// Architectures of one kind run each other's programs, or may.
fn kind(arch: &str) -> &str {
    match arch {
        "x86_64" | "x86" | "i386" | "i486" | "i586" | "i686" => "x86",
        _ if arch.starts_with("arm") || arch == "aarch64" => "arm",
        other => other,
    }
}

impl Python {
    /// A command of the interpreter at `path` (its own, or that of an environment created from it).
    pub(super) fn call(&self, path: &Path) -> Call {
        match self.launch.split_first() {
            Some((first, rest)) if path != self.path => clean(Call::new(first)).args(rest).arg(path),
            _ => clean(Call::new(path)),
        }
    }

    /// Whether it can run in a sandbox.
    pub(super) const fn can_be_isolated(&self) -> bool {
        !matches!(self.runner, Runner::Wine)
    }

    /// The factor on native time limits.
    pub(super) const fn patience(&self) -> u32 {
        match self.runner {
            Runner::Native => 1,
            Runner::Qemu | Runner::Wine | Runner::Node => 5,
        }
    }

    /// Its name: `cpython 3.13.0 linux-x86_64`, for messages and folders.
    #[must_use]
    pub fn name(&self) -> String {
        let About { release, platform, .. } = &self.about;
        let threads = if self.about.free_threaded { "t" } else { "" };
        let debug = if self.about.debug { "d" } else { "" };
        let musl = self.about.libc.as_ref().is_some_and(|(name, _)| name == "musl");
        format!("{} {release}{threads}{debug} {platform}{}", self.about.implementation, if musl { " musl" } else { "" })
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The report of a 32-bit interpreter on a 64-bit kernel: the probe simulates one.
    #[test]
    fn a_32_bit_interpreter_is_not_known_by_its_kernel() -> Result<()> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("python3");
        for (kernel, tag) in [("x86_64", "i686"), ("aarch64", "armv7l"), ("armv8l", "armv7l"), ("armv7l", "armv7l")] {
            let before = format!(
                "import sys, sysconfig; sys.maxsize = 2**31 - 1; sysconfig.get_platform = lambda: 'linux-{kernel}'; exec(sys.argv.pop())"
            );
            let script = format!("#!/bin/sh\nshift 3\nexec python3 -c \"{before}\" \"$@\"\n");
            fs_err::write(&path, script)?;
            fs_err::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
            let python = Candidate::at(path.clone(), Origin::Named).ask(&CancelToken::default())?;
            assert_eq!(python.about.platform, format!("linux-{tag}"));
            let machine = python.about.machine().map(|machine| machine.platform());
            assert_eq!(machine, Some(format!("linux-{tag}")));
            let is_x86 = cfg!(target_arch = "x86_64") == (tag == "i686");
            assert_eq!(python.runner == Runner::Native, is_x86, "{tag}");
        }
        Ok(())
    }
}
