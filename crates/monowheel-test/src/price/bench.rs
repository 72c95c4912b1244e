//! The processes that measure: in an environment with the project's requirements, each with one build before it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use monowheel_build::isolated::top;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, Captured, last_lines, on_path};
use monowheel_system::foreign_file;
use serde::de::DeserializeOwned;

use crate::lab::Runner;
use crate::price::callgrind::Counts;
use crate::price::statistics::Times;
use crate::price::work::Found;
use crate::price::{Options, Variant, Work};
use crate::trials::settings::words;
use crate::trials::{Environment, Needs, Python, Release};

const SCRIPTS: [(&str, &str); 3] = [
    ("time_calls.py", include_str!("time_calls.py")),
    ("count_calls.py", include_str!("count_calls.py")),
    ("find_calls.py", include_str!("find_calls.py")),
];
/// Time limit of a process that calls functions.
const LIMIT: Duration = Duration::from_secs(300);
/// Time limit of a command.
const COMMAND: Duration = Duration::from_secs(3600);
/// More bytes than a script writes, and than callgrind does for one dump.
const RESULT: u64 = 64 << 20;
/// Executions of each statement below callgrind.
const COUNTED: u32 = 100;
/// The lines of a trace that are shown.
const TAIL: usize = 8;

/// Measures on one interpreter.
pub(super) struct Bench<'a> {
    environment: Environment<'a>,
    options: &'a Options,
    /// The extension modules.
    modules: Vec<String>,
    /// The scripts and the unpacked builds, which no measured code can change.
    folder: tempfile::TempDir,
    /// What measured code may write.
    results: tempfile::TempDir,
}

impl<'a> Bench<'a> {
    /// Makes the environment, with the requirements of the release.
    ///
    /// # Errors
    /// When it cannot be made.
    pub(super) fn open(release: &Release, python: &'a Python, options: &'a Options) -> Result<Self> {
        let environment = Environment::open(python, &options.isolator, release, |_| (), &options.stop)?;
        let ready = environment.fill(release, &Needs { index: true, ..Needs::default() }, None, &options.stop)?;
        let modules = ready.wheel.map(|wheel| wheel.modules.clone()).unwrap_or_default();
        let (folder, results) = (environment.empty()?, environment.empty()?);
        for (name, text) in SCRIPTS {
            fs_err::write(folder.path().join(name), text)?;
        }
        Ok(Self { environment, options, modules, folder, results })
    }

    /// The directory with the files of a build, for `sys.path`.
    ///
    /// # Errors
    /// When the wheel cannot be unpacked.
    pub(super) fn unpacked(&self, variant: &Variant) -> Result<PathBuf> {
        let place = self.folder.path().join(&variant.name);
        fs_err::create_dir(&place)?;
        let call = self.environment.call().args(["-I", "-m", "zipfile", "-e"]).arg(&variant.wheel).arg(&place);
        let call = self.environment.isolated(call, &[&variant.wheel], &[&place])?;
        call.stdout(LIMIT, &self.options.stop).map_err(|error| error.at(variant.wheel.display()))?;
        Ok(place)
    }

    /// What is measured: the user's choice, or what the stubs of a build make possible.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when there is nothing, or when it may not be searched.
    pub(super) fn work(&self, work: &Work, build: &Path) -> Result<Found> {
        if let Some(line) = &work.command {
            let command = Some(words(line)?);
            return Ok(Found {
                setup: String::new(),
                calls: vec![line.clone()],
                command,
                project: work.project.clone(),
            });
        }
        if !work.calls.is_empty() {
            let mut setup: String = self.modules.iter().map(|module| format!("import {module}\n")).collect();
            setup += work.setup.as_deref().unwrap_or_default();
            return Ok(Found { setup, calls: work.calls.clone(), command: None, project: None });
        }
        if !self.options.isolator.is_on() {
            return Err(Error::new(ErrorKind::Usage, "functions are tried with sample values only in a sandbox")
                .next("name what to measure: --call 'MODULE.FUNCTION(…)'; or install bubblewrap, and leave out --isolation off"));
        }
        let result = self.results.path().join("calls.json");
        let call = self.script("find_calls.py").arg(build).arg(&result).args(&self.modules);
        let found: Found = self.result(call, &result, build)?;
        if found.calls.is_empty() {
            return Err(Error::new(ErrorKind::Usage, "no function can be called with sample values")
                .next("name what to measure: --call 'MODULE.FUNCTION(…)'"));
        }
        Ok(found)
    }

    /// The times of one process.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the code raises.
    pub(super) fn times(&self, found: &Found, build: &Path) -> Result<Times> {
        if let Some(words) = &found.command {
            return self.command(found, words, build);
        }
        let result = self.results.path().join("times.json");
        let call = self.script("time_calls.py").arg(build).arg(self.written(found)?).arg(&result);
        self.result(call, &result, build)
    }

    fn command(&self, found: &Found, words: &[String], build: &Path) -> Result<Times> {
        let folder = found.project.as_deref().unwrap_or(self.results.path());
        let call = self.environment.command(words).dir(folder).env("PYTHONPATH", build);
        let call = self.environment.isolated(call, &[self.folder.path(), &top(folder)], &[self.results.path()])?;
        let begin = Instant::now();
        let ended = call.capture(COMMAND, &self.options.stop)?;
        let nanoseconds = begin.elapsed().as_secs_f64() * 1e9;
        succeeded(&ended, build)?;
        Ok(found.calls.iter().map(|call| (call.clone(), nanoseconds)).collect())
    }

    /// Instructions and calls of each statement.
    ///
    /// # Errors
    /// Without valgrind, or if it cannot run this Python.
    pub(super) fn counts(&self, found: &Found, build: &Path) -> Result<Vec<Counts>> {
        if self.environment.python().runner != Runner::Native || on_path("valgrind").is_none() {
            return Err(Error::new(
                ErrorKind::Toolchain,
                "counting needs valgrind, and an interpreter of this machine",
            )
            .next("on Debian and Ubuntu: apt-get install valgrind; or leave out --count"));
        }
        let folder = tempfile::Builder::new().prefix("counts-").tempdir_in(self.results.path())?;
        let out = folder.path().join("callgrind");
        let call = (self.environment.beside("valgrind"))
            .args(["--tool=callgrind", "--quiet", "--dump-before=getloadavg"])
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(self.environment.interpreter())
            .arg("-I")
            .arg(self.folder.path().join("count_calls.py"))
            .arg(build)
            .arg(self.written(found)?)
            .arg(COUNTED.to_string())
            .dir(self.results.path());
        let call = self.environment.isolated(call, &[self.folder.path()], &[self.results.path()])?;
        succeeded(&call.capture(COMMAND, &self.options.stop)?, build)?;
        // Before each measured dump there is one of what came before.
        let dump = |statement: usize| -> Result<Counts> {
            let bytes = foreign_file::read(&out.with_extension((statement * 2 + 2).to_string()), RESULT)?;
            Ok(Counts::read(&String::from_utf8_lossy(&bytes), &build.to_string_lossy(), f64::from(COUNTED)))
        };
        let empty = dump(0)?;
        (1..=found.calls.len()).map(|statement| Ok(dump(statement)?.without(&empty))).collect()
    }

    /// The file that tells the scripts what to measure.
    fn written(&self, found: &Found) -> Result<PathBuf> {
        let path = self.folder.path().join("work.json");
        fs_err::write(&path, serde_json::to_vec(found).unwrap_or_default())?;
        Ok(path)
    }

    fn script(&self, name: &str) -> Call {
        self.environment.call().arg("-I").arg(self.folder.path().join(name)).dir(self.results.path())
    }

    /// Runs a script, and reads the document that it writes.
    fn result<T: DeserializeOwned>(&self, call: Call, result: &Path, build: &Path) -> Result<T> {
        let call = self.environment.isolated(call, &[self.folder.path()], &[self.results.path()])?;
        let limit = LIMIT * self.environment.python().patience();
        succeeded(&call.capture(limit, &self.options.stop)?, build)?;
        let bytes = foreign_file::read(result, RESULT)?;
        fs_err::remove_file(result)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::new(ErrorKind::Tool, format!("the measured process wrote no result: {error}")))
    }
}

/// An error with the end of the trace, unless the process succeeded.
fn succeeded(ended: &Captured, build: &Path) -> Result<()> {
    if ended.status.success() {
        return Ok(());
    }
    let said = if ended.stderr.trim().is_empty() { &ended.stdout } else { &ended.stderr };
    let what = format!(
        "the code to measure failed with the wheel for {} ({})\n{}",
        build.file_name().unwrap_or_default().to_string_lossy(),
        ended.status,
        last_lines(said, TAIL)
    );
    Err(Error::new(ErrorKind::Usage, what).next("run it by hand with an installed wheel first"))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn code_that_raises_is_shown_with_its_wheel() {
        let ended = |code: i32, stderr: &str| Captured {
            status: std::process::ExitStatus::from_raw(code << 8),
            stdout: String::new(),
            stderr: stderr.to_owned(),
        };
        let trace = "Traceback (most recent call last):\nTypeError: an integer is required\n";
        let error = succeeded(&ended(1, trace), Path::new("/builds/3.10")).unwrap_err();
        assert!(error.what().contains("the wheel for 3.10 (exit status: 1)\n"), "{error}");
        assert!(error.what().ends_with("TypeError: an integer is required"), "{error}");
        assert!(succeeded(&ended(0, "a warning"), Path::new("/builds/3.10")).is_ok());
    }
}
