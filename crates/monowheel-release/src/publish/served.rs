//! The last stage: downloads the served files and compares them with the release.

use std::time::{Duration, Instant};

use monowheel_build::manifest::File;
use monowheel_error::Result;
use monowheel_net::RemoteFile;
use monowheel_system::threads;
use rayon::prelude::*;

use crate::publish::outcome::{Outcome, Report};
use crate::publish::plan::{State, Step};
use crate::publish::publisher::{Plan, Publication, Uploads};

/// How long an index may take to show new files: its pages are cached by a CDN.
const PATIENCE: Duration = Duration::from_secs(120);

impl Publication<'_> {
    /// Downloads the files that the index serves now and compares them with the release's files.
    ///
    /// # Errors
    /// When the index cannot be queried; after Ctrl-C.
    pub(super) fn verify(&self, uploads: &Uploads) -> Result<Report> {
        let served = self.shown()?;
        let Plan { steps, notes } = self.plan(Some(served.clone()));
        threads::ready()?;
        let steps: Result<Vec<Step>> = steps
            .into_par_iter()
            .map(|step| match served.iter().find(|there| there.name == step.file.file) {
                Some(there) => self.fetched(step, there),
                None => {
                    Ok(Step { state: State::Missing, said: Some("the index does not show it yet".to_owned()), ..step })
                }
            })
            .collect();
        let steps = steps?;
        let is_all = steps.iter().all(|step| step.state == State::Served);
        let outcome = if is_all { Outcome::Published } else { Outcome::Different };
        Ok(self.report(outcome, uploads, Plan { steps, notes }))
    }

    /// The files on the index, once it shows every one or after [`PATIENCE`].
    fn shown(&self) -> Result<Vec<RemoteFile>> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(250);
        loop {
            let served = self.index.files(self.release.name())?.unwrap_or_default();
            let is_there = |file: &File| served.iter().any(|there| there.name == file.file);
            if self.files.iter().all(is_there) || began.elapsed() > PATIENCE {
                return Ok(served);
            }
            self.stop.wait(pause)?;
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    /// Downloads and compares a file that the index shows.
    fn fetched(&self, step: Step, there: &RemoteFile) -> Result<Step> {
        let Some(sha256) = self.index.sha256(there, step.file.size)? else {
            let said = Some(format!("the served file does not have its {} bytes", step.file.size));
            return Ok(Step { state: State::Differs, said, ..step });
        };
        let differs = if sha256 != step.file.sha256 {
            format!("the served file has SHA-256 {sha256}, not {}", step.file.sha256)
        } else if there.sha256.as_ref().is_some_and(|told| *told != sha256) {
            "the index lists a SHA-256 that is not that of the served file".to_owned()
        } else {
            return Ok(Step { state: State::Served, ..step });
        };
        Ok(Step { state: State::Differs, said: Some(differs), ..step })
    }
}
