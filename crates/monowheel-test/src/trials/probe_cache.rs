//! Cached probe results of interpreters, valid while their files do not change: starting twenty of them,
//! including emulated ones, takes seconds.

use monowheel_system::cache;

use crate::trials::python::{About, Candidate, Origin, PROBE};

/// The file in the user's cache.
const FILE: &str = "pythons.json";

/// The results of earlier runs and of this one.
#[derive(Debug)]
pub(super) struct Answers(cache::Answers<About>);

impl Answers {
    /// Loads the results of earlier runs; empty if there are none, or they are of another version.
    pub(super) fn read() -> Self {
        Self(cache::Answers::read(FILE, PROBE))
    }

    /// The cached result of this candidate, if it is still valid.
    pub(super) fn of(&self, candidate: &Candidate) -> Option<About> {
        let about = self.0.of(&key(candidate)?)?.clone();
        if !about.pip.as_deref().is_some_and(|pip| candidate.origin == Origin::Lab || pip.is_file()) {
            return None;
        }
        self.keep(candidate, &about);
        Some(about)
    }

    /// Caches a result that is valid as long as the file does not change: not that of a shim, which depends on
    /// another file, nor of an environment, nor of one without modules that the system may add later.
    pub(super) fn keep(&self, candidate: &Candidate, about: &About) {
        let is_itself = || fs_err::canonicalize(&candidate.path).is_ok_and(|path| path == about.executable);
        let is_whole = about.venv && about.pip.is_some() && about.ssl && !about.in_environment && is_itself();
        let is_ours = candidate.origin == Origin::Lab && about.pip.is_some();
        let Some(key) = key(candidate).filter(|_| is_ours || is_whole) else { return };
        self.0.keep(key, about.clone());
    }

    /// Writes those that were used or added now for the next run, which probes the others again.
    pub(super) fn write(self) {
        self.0.write(0);
    }
}

/// The candidate and the state of its file.
fn key(candidate: &Candidate) -> Option<String> {
    Some(format!("{:?} {}", candidate.launch, cache::state_of(&candidate.path)?))
}
