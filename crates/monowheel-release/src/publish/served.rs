//! The last stage: what the index serves, fetched and compared with the release.

use std::time::{Duration, Instant};

use monowheel_build::manifest::File;
use monowheel_error::Result;
use monowheel_net::RemoteFile;
use monowheel_system::threads;
use rayon::prelude::*;

use crate::publish::outcome::{Outcome, Report};
use crate::publish::plan::{State, Step};
use crate::publish::publisher::{Plan, Publication, Uploads};

/// How long an index may take until it shows what it took: its pages are kept by a delivery network.
const PATIENCE: Duration = Duration::from_secs(120);

impl Publication<'_> {
    /// Fetches what the index serves now and compares it with the release's files.
    ///
    /// # Errors
    /// When the index cannot be asked; after Ctrl-C.
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

    /// What the index has, once it shows every file or there was [`PATIENCE`].
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

    /// A file that the index shows, fetched.
    fn fetched(&self, step: Step, there: &RemoteFile) -> Result<Step> {
        let Some(sha256) = self.index.sha256(there, step.file.size)? else {
            let said = Some(format!("what is served has not its {} bytes", step.file.size));
            return Ok(Step { state: State::Differs, said, ..step });
        };
        let differs = if sha256 != step.file.sha256 {
            format!("served is {sha256}, and not {}", step.file.sha256)
        } else if there.sha256.as_ref().is_some_and(|told| *told != sha256) {
            "the index tells another SHA-256 than that of what it serves".to_owned()
        } else {
            return Ok(Step { state: State::Served, ..step });
        };
        Ok(Step { state: State::Differs, said: Some(differs), ..step })
    }
}
