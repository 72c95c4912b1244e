//! The wheel stages: first the wheels that need no build, then the others.

use monowheel_error::text::bytes;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::cache;

use super::Context;
use super::run::Run;
use super::source::Source;
use crate::event::Event;
use crate::manifest::Wheel;
use crate::plan::{Job, Plan};
use crate::prerequisites::Completed;

/// The wheels of a plan before anything is built: blocked or kept from an earlier run, the others wait.
pub(super) struct Settled<'p> {
    jobs: &'p [Job],
    wheels: Vec<Option<Wheel>>,
}

impl<'p> Settled<'p> {
    /// Finds out which jobs need a build, and removes their old wheels from the output
    /// directory.
    ///
    /// # Errors
    /// When a kept wheel cannot be read, or the output directory cannot be written.
    pub(super) fn of(plan: &'p Plan, run: &Run<'_>) -> Result<Self> {
        let wheels: Vec<Option<Wheel>> =
            plan.jobs.iter().map(|job| run.without_building(job)).collect::<Result<_>>()?;
        let stem = run.sdist.file.trim_end_matches(".tar.gz");
        let is_there = |wheel: &Option<Wheel>| wheel.as_ref().is_some_and(|wheel| wheel.verdict.is_good());
        for (job, _) in plan.jobs.iter().zip(&wheels).filter(|(_, wheel)| !is_there(wheel)) {
            run.workshop.dist.withdraw(stem, &job.tag)?;
        }
        Ok(Self { jobs: &plan.jobs, wheels })
    }

    /// The jobs that need a build.
    fn waiting(&self) -> Vec<&'p Job> {
        self.jobs.iter().zip(&self.wheels).filter(|(_, wheel)| wheel.is_none()).map(|(job, _)| job).collect()
    }

    /// Builds the wheels that wait, and returns all in the order of the plan.
    ///
    /// # Errors
    /// When what all of them need cannot be obtained, or Ctrl-C was pressed. A wheel that fails has that as its
    /// verdict.
    pub(super) fn build(
        self,
        run: &Run<'_>,
        source: &Source,
        most_kept: u64,
        context: &Context<'_>,
    ) -> Result<Vec<Wheel>> {
        let waiting = self.waiting();
        if waiting.is_empty() {
            return Ok(self.wheels.into_iter().flatten().collect());
        }
        let workshop = run.workshop;
        let needs = workshop.needs(context);
        let Completed { mut missing, built } =
            needs.complete_std(&waiting, workshop.tools.toolchain, context.machine)?;
        let mut bench = workshop.bench(&needs, source, run.profile, context)?;
        missing.extend(workshop.add_libraries(&mut bench, &waiting, context)?);
        // A wheel's record of its standard library names the one it was built with.
        let changed: Vec<Job> = waiting.iter().map(|job| job.with_std_built(&built)).collect();
        let waiting: Vec<&Job> = changed.iter().collect();
        let mut built = run.all(&waiting, &bench, &missing, context.machine.cores)?.into_iter();
        let wheels = self.wheels.into_iter().filter_map(|wheel| wheel.or_else(|| built.next())).collect();
        trim_cache(most_kept, context)?;
        if context.stop.is_set() {
            return Err(Error::new(ErrorKind::Interrupted, "stopped")
                .at(workshop.dist.folder().display())
                .next("run the same command again to continue; completed wheels are kept"));
        }
        Ok(wheels)
    }
}

fn trim_cache(most_kept: u64, context: &Context<'_>) -> Result<()> {
    let removed = cache::trim(&cache::root()?, most_kept);
    if removed > 0 {
        let removed = bytes(removed);
        context
            .watch
            .saw(&Event::Note(format!("the cache was full: removed {removed} that had not been used for long")));
    }
    Ok(())
}
