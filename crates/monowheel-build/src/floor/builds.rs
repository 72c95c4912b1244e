//! Wheels of one source for several floors, and for single CPythons: what `floor --price` measures.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::exec::{CancelToken, Isolator};

use crate::own_process::{OwnProcess, trial, wheel_in};

/// The source and the directory of the builds.
#[derive(Clone, Debug)]
pub struct Builds<'a> {
    /// The directory of a project without a floor of its own, as [`crate::driver::floors`] copies it.
    pub project: &'a Path,
    /// The Python that runs monowheel.
    pub python: &'a Path,
    /// A directory for the builds, which share a Cargo target directory in it.
    pub folder: &'a Path,
    /// The isolation of the source's code.
    pub isolator: &'a Isolator,
    /// The Rust toolchain, if one was named.
    pub toolchain: Option<String>,
}

impl Builds<'_> {
    /// Builds this machine's wheel with the floor 3.`minor`.
    ///
    /// # Errors
    /// When it cannot be built, or Ctrl-C was pressed.
    pub fn floor(&self, minor: u8, stop: &CancelToken, told: &mut dyn FnMut(&str)) -> Result<PathBuf> {
        self.build(&format!("abi3-py3{minor}"), &["--abi", "abi3", "--floor", &format!("3.{minor}")], stop, told)
    }

    /// Builds this machine's wheel for CPython 3.`minor` alone.
    ///
    /// # Errors
    /// As [`Builds::floor`].
    pub fn native(&self, minor: u8, stop: &CancelToken, told: &mut dyn FnMut(&str)) -> Result<PathBuf> {
        let abi = format!("cp3{minor}");
        self.build(&abi, &["--abi", &abi], stop, told)
    }

    fn build(&self, name: &str, words: &[&str], stop: &CancelToken, told: &mut dyn FnMut(&str)) -> Result<PathBuf> {
        let call = trial(self.python, self.project, self.isolator, self.folder, name).args(words);
        let call = call.args(self.toolchain.iter().flat_map(|name| ["--toolchain", name]));
        let next = "leave out --price, or make `monowheel build` succeed with this floor first";
        let out = self.folder.join(name);
        OwnProcess { folder: self.folder, next, stop }.run(name, &call, &out, told)?;
        Ok(wheel_in(&out)?.0)
    }
}
