//! One check: `cargo check` of the crate for one floor.

use std::path::{Path, PathBuf};
use std::time::Instant;

use monowheel_error::Result;
use monowheel_project::project::Project;
use monowheel_system::exec::{Call, CancelToken};

use crate::event::{Event, Watch};
use crate::floor::{Checked, Error, messages};
use crate::maturin::{Bench, linkers_of};
use crate::sdist::Locked;

/// Compiles one crate for several floors.
pub(crate) struct Checks<'a> {
    pub(crate) bench: &'a Bench,
    /// The project of the unpacked sdist.
    pub(crate) project: &'a Project,
    /// Features of a build for this machine, without those that set a floor.
    pub(crate) features: Vec<String>,
    /// The Cargo target directory of all checks.
    pub(crate) target_dir: PathBuf,
    pub(crate) log: PathBuf,
    pub(crate) stop: &'a CancelToken,
    pub(crate) watch: &'a dyn Watch,
}

impl Checks<'_> {
    /// Compiles for the floor 3.`minor`.
    ///
    /// # Errors
    /// When cargo cannot be started, the log cannot be written, or Ctrl-C was pressed.
    pub(crate) fn floor(&self, minor: u8) -> Result<Checked> {
        let feature = format!("{}/abi3-py3{minor}", self.project.bindings.key);
        self.run(&feature, minor, |call| call.env("PYO3_NO_PYTHON", "1"))
    }

    /// Compiles without abi3, for the CPython `python`.
    ///
    /// # Errors
    /// As [`Checks::floor`].
    pub(crate) fn without_abi3(&self, python: &Path) -> Result<Checked> {
        // A feature that changes nothing enables an optional PyO3, as the floors' do.
        let feature = format!("{}/extension-module", self.project.bindings.key);
        self.run(&feature, 0, |call| call.env("PYO3_PYTHON", python))
    }

    fn run(&self, feature: &str, minor: u8, of_python: impl FnOnce(Call) -> Call) -> Result<Checked> {
        let start = Instant::now();
        let bench = self.bench;
        let maturin = self.project.pyproject.maturin();
        let features: Vec<&str> = self.features.iter().map(String::as_str).chain([feature]).collect();
        let call = Bench::cargo(&bench.shims)
            .args(["check", "--lib", "--offline", "--message-format=json"])
            // Whatever cargo's configuration says.
            .args(["--target", &bench.shims.host, "--manifest-path"])
            .arg(&self.project.bindings.manifest)
            .args((bench.locked == Locked::AsPublished).then_some("--locked"))
            .args(maturin.no_default_features.then_some("--no-default-features"))
            .args(maturin.all_features.then_some("--all-features"))
            .args(bench.config.iter().flat_map(|entry| ["--config", entry]))
            .args(["--features", &features.join(",")])
            .dir(&bench.source)
            .env("CARGO_TARGET_DIR", &self.target_dir)
            // PyO3 0.26 and later: nothing links against libpython. For older ones, a build's features say it.
            .env("PYO3_BUILD_EXTENSION_MODULE", "1");
        let linkers = linkers_of(&self.target_dir);
        let call = match bench.host_linker(&linkers)? {
            Some((variable, linker)) => call.env(variable, linker),
            None => call,
        };
        let call = bench.offered.call(of_python(call), &bench.shims.folder);
        let reads: Vec<&Path> = bench.offered.reads().into_iter().chain([linkers.as_path()]).collect();
        let call = bench.isolated.call(call, &reads, &[&bench.unpacked, &self.target_dir])?;
        let mut log = fs_err::File::create(&self.log)?;
        let (mut errors, mut said) = (Vec::new(), Vec::new());
        let status = call.logged(&mut log, self.stop, &mut |line| {
            if line.starts_with('{') {
                errors.extend(messages::error(line, minor));
            } else {
                self.watch.saw(&Event::StepLine(line));
                said.push(line.to_owned());
            }
        })?;
        if !status.success() && errors.is_empty() {
            errors.push(without_place(&said));
        }
        Ok(Checked { compiles: status.success(), errors, seconds: start.elapsed().as_secs_f64() })
    }
}

/// The error of a build script or of cargo itself.
fn without_place(said: &[String]) -> Error {
    let is_error = |line: &&String| line.trim_start().starts_with("error");
    // A build script's own words come after cargo's.
    let message = said.iter().rfind(is_error).or(said.last());
    Error {
        krate: String::new(),
        file: String::new(),
        line: 0,
        code: None,
        item: None,
        message: message.map_or_else(|| "cargo failed without an error".to_owned(), |line| line.trim().to_owned()),
        needs: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_script_is_quoted() {
        let said = [
            "   Compiling pyo3-ffi v0.29.3",
            "error: failed to run custom build command for `pyo3-ffi v0.29.3`",
            "  error: the configured Python interpreter version (3.7) is lower than PyO3's minimum supported version",
            "warning: build failed, waiting for other jobs to finish...",
        ];
        let said = said.map(str::to_owned);
        assert!(without_place(&said).message.starts_with("error: the configured"));
        assert_eq!(without_place(&[]).message, "cargo failed without an error");
    }
}
