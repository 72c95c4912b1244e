//! Errors in the crate's own code that occur on every target of an ABI: the first wheel that fails with one stops the
//! others.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use monowheel_project::abi::Abi;
use monowheel_system::exec::CancelToken;

use crate::diagnose::OwnError;
use crate::plan::Job;

/// The stop flags of each ABI's wheels. The features of the crate differ between ABIs, and with them its code.
pub(super) struct SharedErrors {
    /// Whether the others are built anyway.
    keep_going: bool,
    abis: Vec<OfAbi>,
}

struct OfAbi {
    abi: Abi,
    /// Set by the first error.
    stop: CancelToken,
    /// The wheel that failed with it, and the error's first line.
    found: Mutex<Option<(String, String)>>,
}

impl SharedErrors {
    /// Without errors; `halt` stops every ABI.
    pub(super) fn new(keep_going: bool, jobs: &[Job], halt: &CancelToken) -> Self {
        let mut abis: Vec<OfAbi> = Vec::new();
        for job in jobs {
            if abis.iter().all(|of| of.abi != job.family) {
                abis.push(OfAbi { abi: job.family, stop: halt.below(), found: Mutex::default() });
            }
        }
        Self { keep_going, abis }
    }

    fn of(&self, job: &Job) -> Option<&OfAbi> {
        self.abis.iter().find(|of| of.abi == job.family)
    }

    /// The stop flag for the build of this wheel.
    pub(super) fn stop<'s>(&'s self, job: &Job, halt: &'s CancelToken) -> &'s CancelToken {
        self.of(job).map_or(halt, |of| &of.stop)
    }

    /// Examines the log of a wheel that failed; `sources` is the complete unpacked sdist.
    pub(super) fn failed(&self, job: &Job, log: &str, sources: &Path) {
        let Some(of) = self.of(job).filter(|_| !self.keep_going) else { return };
        let Some(error) = OwnError::of(log, sources) else { return };
        let mut found = of.found.lock().unwrap_or_else(PoisonError::into_inner);
        if found.is_none() {
            *found = Some((job.id.clone(), error.title));
            of.stop.set();
        }
    }

    /// Why this wheel is not built, if another one of its ABI failed with such an error.
    pub(super) fn why(&self, job: &Job) -> Option<String> {
        let found = self.of(job)?.found.lock().unwrap_or_else(PoisonError::into_inner);
        let (id, title) = found.as_ref().filter(|(id, _)| *id != job.id)?;
        Some(format!("it would fail with the same error as {id}, which is in the crate's own code: {title}"))
    }
}

#[cfg(test)]
mod tests {
    use monowheel_error::Result;

    use super::*;
    use crate::plan::tests::job;

    const LOG: &str = "error[E0382]: use of moved value: `a`\n --> src/lib.rs:1:1\n";

    #[test]
    fn the_first_error_stops_the_other_wheels_of_its_abi_and_no_others() -> Result<()> {
        let sources = tempfile::tempdir()?;
        fs_err::write(sources.path().join("lib.rs"), "fn f() {}")?;
        let jobs = [job("win_amd64", "abi3")?, job("manylinux_2_17_x86_64", "abi3")?, job("win_amd64", "cp314t")?];
        let halt = CancelToken::default();
        let shared = SharedErrors::new(false, &jobs, &halt);
        shared.failed(&jobs[0], "error: something else", sources.path());
        assert!(!shared.stop(&jobs[1], &halt).is_set());
        shared.failed(&jobs[0], LOG, sources.path());
        assert_eq!(jobs.each_ref().map(|job| shared.stop(job, &halt).is_set()), [true, true, false]);
        assert_eq!(shared.why(&jobs[0]), None);
        let why = shared.why(&jobs[1]).unwrap_or_default();
        assert!(why.contains("win_amd64-abi3") && why.contains("E0382"), "{why}");
        assert_eq!(shared.why(&jobs[2]), None);
        assert!(!halt.is_set());
        let all = SharedErrors::new(true, &jobs, &halt);
        all.failed(&jobs[0], LOG, sources.path());
        assert_eq!((all.stop(&jobs[1], &halt).is_set(), all.why(&jobs[1])), (false, None));
        Ok(())
    }
}
