//! A release in a clean environment of one interpreter, for other commands that run its code.

use std::path::{Path, PathBuf};

use monowheel_build::sanitized::Sanitizer;
use monowheel_error::Result;
use monowheel_system::exec::{Call, CancelToken, Isolator};

use crate::trials::environment::Environment;
use crate::trials::installer::Needs;
use crate::trials::python::Python;
use crate::trials::release::Release;

/// An environment with a wheel, locked as long as this exists.
#[derive(Debug)]
pub struct Prepared<'a> {
    /// Its interpreter.
    pub python: PathBuf,
    /// The wheel that pip selected.
    pub wheel: String,
    /// The modules to import.
    pub modules: Vec<String>,
    /// The sanitizer whose runtime they need.
    pub sanitizer: Option<Sanitizer>,
    environment: Environment<'a>,
}

impl<'a> Prepared<'a> {
    /// Installs the release as `monowheel test` does; `None` if pip finds no wheel of it for this interpreter.
    ///
    /// # Errors
    /// When the environment cannot be created or filled; after Ctrl-C.
    pub fn of(
        release: &Release,
        python: &'a Python,
        isolator: &'a Isolator,
        find_links: &[PathBuf],
        is_offline: bool,
        stop: &CancelToken,
    ) -> Result<Option<Self>> {
        let environment = Environment::open(python, isolator, release, |_| {}, stop)?;
        let needs = Needs { find_links: find_links.to_vec(), index: !is_offline, ..Needs::default() };
        let ready = environment.fill(release, &needs, None, stop)?;
        let Some(wheel) = ready.wheel else { return Ok(None) };
        Ok(Some(Self {
            python: environment.interpreter(),
            wheel: wheel.file.file.clone(),
            modules: wheel.modules.clone(),
            sanitizer: wheel.sanitizer,
            environment,
        }))
    }

    /// Whether [`Prepared::isolated`] isolates.
    #[must_use]
    pub fn is_isolated(&self) -> bool {
        self.environment.is_isolated()
    }

    /// A call that runs code of the wheel, in a sandbox if there is one: it can read the environment and `reads`, and
    /// write `writes`.
    ///
    /// # Errors
    /// When the directory of the lab cannot be determined.
    pub fn isolated(&self, call: Call, reads: &[&Path], writes: &[&Path]) -> Result<Call> {
        self.environment.isolated(call, reads, writes)
    }

    /// The files of its extension modules.
    #[must_use]
    pub fn libraries(&self) -> Vec<PathBuf> {
        let of_module = |module: &String| {
            let path = self.environment.site()?.join(module.replace('.', "/"));
            let start = format!("{}.", path.file_name()?.to_string_lossy());
            let files = fs_err::read_dir(path.parent()?).ok()?.flatten();
            let is_library = |file: &PathBuf| {
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with(&start) && name.ends_with(".so")
            };
            Some(files.map(|file| file.path()).filter(is_library).collect::<Vec<_>>())
        };
        self.modules.iter().filter_map(of_module).flatten().collect()
    }

    /// The interpreter that the environment was made for.
    #[must_use]
    pub const fn base(&self) -> &Python {
        self.environment.python()
    }
}

impl Release {
    /// Whether one of its wheels was compiled with this sanitizer.
    #[must_use]
    pub fn has(&self, sanitizer: Sanitizer) -> bool {
        self.wheels.iter().any(|wheel| wheel.sanitizer == Some(sanitizer))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.set.name
    }

    /// The SHA-256 of each wheel.
    #[must_use]
    pub fn hashes(&self) -> Vec<String> {
        self.wheels.iter().map(|wheel| wheel.file.sha256.clone()).collect()
    }
}
