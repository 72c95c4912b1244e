//! Cached probe results of interpreters, valid while their files do not change: starting twenty of them,
//! including emulated ones, takes seconds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use monowheel_system::atomic_write;
use monowheel_system::cache;
use monowheel_system::hash::sha256;
use serde::{Deserialize, Serialize};

use crate::trials::python::{About, Candidate, Origin, PROBE};

/// The file in the user's cache.
const FILE: &str = "pythons.json";

/// The results of earlier runs and of this one.
#[derive(Debug, Default)]
pub(super) struct Answers {
    path: Option<PathBuf>,
    /// The results from the file.
    old: BTreeMap<String, About>,
    /// The results used or added now: only these are kept.
    new: Mutex<BTreeMap<String, About>>,
}

/// The file's format.
#[derive(Default, Deserialize, Serialize)]
struct Kept {
    /// The hash of the probe: another probe has other results.
    question: String,
    answers: BTreeMap<String, About>,
}

impl Answers {
    /// Loads the results of earlier runs; empty if there are none, or they are of another version.
    pub(super) fn read() -> Self {
        let path = cache::root().ok().map(|cache| cache.join(FILE));
        let text = path.as_deref().and_then(|path| fs_err::read(path).ok()).unwrap_or_default();
        let kept: Kept = serde_json::from_slice(&text).unwrap_or_default();
        let old = if kept.question == question() { kept.answers } else { BTreeMap::new() };
        Self { path, old, new: Mutex::default() }
    }

    /// The cached result of this candidate, if it is still valid.
    pub(super) fn of(&self, candidate: &Candidate) -> Option<About> {
        let about = self.old.get(&key(candidate)?)?.clone();
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
        self.new.lock().unwrap_or_else(PoisonError::into_inner).insert(key, about.clone());
    }

    /// Writes them for the next run. If that fails, the next run probes again.
    pub(super) fn write(self) {
        let answers = self.new.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (Some(path), false) = (self.path, answers == self.old) else { return };
        let Ok(text) = serde_json::to_vec(&Kept { question: question(), answers }) else { return };
        let folder = path.parent().map_or(Ok(()), fs_err::create_dir_all);
        if folder.is_ok() {
            let _ = atomic_write::write(&path, text);
        }
    }
}

fn question() -> String {
    sha256(format!("{}\n{PROBE}", monowheel_error::VERSION).as_bytes())
}

/// The candidate and the state of its file.
fn key(candidate: &Candidate) -> Option<String> {
    let file = fs_err::metadata(&candidate.path).ok()?;
    let since = file.modified().ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(format!("{} {:?} {} {}", candidate.path.display(), candidate.launch, since.as_nanos(), file.len()))
}
