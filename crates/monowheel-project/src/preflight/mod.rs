//! Finds reasons in a project's manifests why a build would fail, before anything is built.
//!
//! ```text
//! features       the named Cargo features of the crate; the profile
//! pyo3_features  the named features of PyO3
//! keys           every key of [tool.maturin]: what monowheel does with it, or what contradicts it
//! metadata       [build-system] and [project]: what maturin, pip or an index would refuse
//! sources        files that cargo needs: the library's, and the crates of path dependencies
//! packed         files that the wheel should contain, but that are not in the sdist
//! ```
//!
//! If a manifest leaves something open, nothing is reported: the build then decides.

mod features;
mod keys;
mod metadata;
mod packed;
mod pyo3_features;
mod sources;

pub use keys::{KEYS, Key};

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_manifest::cargo::read_manifest;
use monowheel_manifest::packed::of_wheel;

use crate::project::Project;

/// Something that a maintainer should know before the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The problem, and the file.
    pub what: String,
    /// The next step.
    pub next: String,
    /// Whether the build cannot work, or would not match the project's settings.
    pub is_fatal: bool,
}

impl Problem {
    fn fatal(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), is_fatal: true }
    }

    fn note(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), next: next.into(), is_fatal: false }
    }
}

impl Project {
    /// All problems that can be found before a build, fatal ones first.
    ///
    /// # Errors
    /// When Cargo.toml cannot be read.
    pub fn problems(&self) -> Result<Vec<Problem>> {
        let manifest = read_manifest(&self.bindings.manifest, &self.scope)?;
        let mut problems = features::problems(self, &manifest);
        problems.extend(pyo3_features::problems(self));
        problems.extend(keys::problems(self));
        problems.extend(metadata::problems(self));
        problems.extend(sources::problems(self, &manifest));
        problems.extend(packed::problems(self));
        problems.sort_by_key(|problem| !problem.is_fatal);
        Ok(problems)
    }

    /// The files of the wheel that are missing in the sdist, unpacked in `unpacked`: git or cargo ignores them.
    #[must_use]
    pub fn left_out_of_sdist(&self, unpacked: &Path) -> Option<Problem> {
        let files = of_wheel(&self.root, self.pyproject.maturin());
        let missing: Vec<PathBuf> = files.into_iter().filter(|path| !unpacked.join(path).is_file()).collect();
        packed::not_in_sdist(self, &missing)
    }
}
