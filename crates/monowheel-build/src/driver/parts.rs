//! Wheels that were built elsewhere from the same sdist by the same plan: a fleet's. They take the place of a build's
//! own, and pass its gate and its audit.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::Abi;
use monowheel_system::exec::IsolationReport;
use monowheel_system::{foreign_file, regular_file};
use serde::Deserialize;

use super::run::{MOST, Run};
use crate::contract::Breach;
use crate::manifest::{self, File, Verdict};
use crate::plan::Job;
use crate::wheel_cache::{Contents, Kept};

/// What came of each wheel of a plan.
#[derive(Clone, Debug, Deserialize)]
pub struct Parts {
    /// How the source's code was run.
    isolation: Option<IsolationReport>,
    wheels: Vec<Part>,
}

/// What came of one.
#[derive(Clone, Debug, Deserialize)]
struct Part {
    target: String,
    abi: Abi,
    verdict: Verdict,
    /// The file, and the SHA-256 that its bytes must have.
    path: Option<PathBuf>,
    sha256: Option<String>,
    seconds: Option<f64>,
    why: Option<String>,
    #[serde(default)]
    breaches: Vec<Breach>,
}

impl Parts {
    /// Reads them from a JSON file.
    ///
    /// # Errors
    /// When it cannot be read, or has another form.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = regular_file::read(path, regular_file::MOST_TEXT)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Error::new(ErrorKind::Format, error.to_string()).at(path.display()))
    }

    /// How the source's code was run.
    pub(super) fn isolation(&self) -> Option<IsolationReport> {
        self.isolation.clone()
    }
}

impl Run<'_> {
    /// The wheel of a job as it was built elsewhere.
    pub(super) fn built_elsewhere(&self, job: &Job, parts: &Parts) -> Result<manifest::Wheel> {
        let target = job.target.to_string();
        let Some(part) = parts.wheels.iter().find(|part| part.target == target && part.abi == job.family) else {
            let why = Some("no task of the fleet built it".to_owned());
            return Ok(manifest::Wheel { why, ..self.entry(job, Verdict::Failed) });
        };
        let (true, Some(path)) = (part.verdict.is_good(), &part.path) else {
            let (why, breaches, seconds) = (part.why.clone(), part.breaches.clone(), part.seconds);
            return Ok(manifest::Wheel { why, breaches, seconds, ..self.entry(job, part.verdict) });
        };
        let wheel = foreign_file::read(path, MOST)?;
        let file = File::of(&path.file_name().unwrap_or_default().to_string_lossy(), &wheel);
        if part.sha256.as_ref() != Some(&file.sha256) {
            return Err(Error::new(ErrorKind::Format, "its SHA-256 is not that of the wheel that was built")
                .at(path.display())
                .next("build it again"));
        }
        let kept = Kept { file, seconds: part.seconds.unwrap_or_default(), symbols: None };
        let contents = Contents { wheel, symbols: Vec::new() };
        let wheel = self.judged(job, &kept, contents, part.verdict, |_| Ok(()))?;
        Ok(manifest::Wheel { seconds: part.seconds, ..wheel })
    }
}
