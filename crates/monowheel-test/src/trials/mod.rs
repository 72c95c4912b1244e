//! Runs wheels on the interpreters that they are for.
//!
//! ```text
//! find      every interpreter of this machine          release   wheels, sorted, with what to import
//!   └ places, python, answers                              │
//!        └──────────────────── trial ───────────────────┘   one release on one interpreter:
//!                                └ environment, installer    a clean environment; pip chooses the wheel
//!                                └ check                     import, again, subinterpreter, dev, the project's tests
//!                              coverage                      ran, would install, nothing: for each Python and platform
//! ```

mod check;
mod coverage;
mod discovery;
mod environment;
mod fetch_for;
mod find;
mod installer;
mod pip;
mod prepared;
mod probe_cache;
mod python;
mod release;
pub(crate) mod settings;
mod trial;

use std::path::PathBuf;

use rayon::prelude::*;

pub use discovery::with_thread_sanitizer;
pub use find::{Broken, Pythons, Wanted, find};
pub use prepared::Prepared;
pub use python::{About, Candidate, Origin, Python};
pub use release::{Release, Wheel, releases};
pub use settings::Settings;

pub(crate) use environment::Environment;
pub(crate) use installer::Needs;
use monowheel_audit::resolve::Machine;
use monowheel_audit::test_report::{self, Proof, SCHEMA, Trial};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, IsolationReport, Isolator};
use monowheel_system::threads;
use trial::Task;

use crate::lab::Runner;

/// Options of a test run.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Number of interpreters to run in parallel; if absent, the number of cores.
    pub jobs: Option<usize>,
    /// Directories with wheels of other distributions.
    pub find_links: Vec<PathBuf>,
    /// Every interpreter of this machine, even those that are left out: they are in the map, and download for
    /// those whose pip cannot reach an index.
    pub found: Vec<Python>,
    /// Whether to install requirements without an index.
    pub offline: bool,
    /// The simple API of an index from which pip installs the release instead of the files; it must serve
    /// the same files.
    pub index: Option<String>,
    /// What isolates the wheels.
    pub isolator: Isolator,
    /// Whether to refuse what cannot be isolated.
    pub isolation_required: bool,
    /// Ends the work early.
    pub stop: CancelToken,
}

/// Progress of a test run.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Another run is using the environment that this interpreter needs.
    Waiting {
        /// The interpreter, as in `Python::name`.
        python: &'a str,
        /// The process that holds the environment.
        holder: &'a str,
    },
    /// A trial has ended.
    Ended(&'a Trial),
}

/// Tests every release on every interpreter; `told` is called with the progress, from several threads.
///
/// # Errors
/// [`ErrorKind::Usage`] without interpreters; when the threads cannot be started; after Ctrl-C.
pub fn prove(
    releases: &[Release],
    pythons: &[&Python],
    settings: &Settings,
    options: &Options,
    told: &(dyn Fn(Event<'_>) + Sync),
) -> Result<Proof> {
    let machines: Vec<(&Python, Machine)> = pythons
        .iter()
        .filter_map(|python| Some((*python, python.about.machine().filter(|_| python.about.unfit().is_none())?)))
        .collect();
    if machines.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no interpreter on this machine can test a wheel").next(
            "run monowheel pythons to list the installed interpreters, monowheel lab list for those you can install",
        ));
    }
    let settings: Vec<Settings> = releases.iter().map(|release| settings.of(&release.set.name)).collect();
    let needs: Vec<Needs> = settings.iter().map(|settings| needs(settings, options)).collect();
    let mut tasks: Vec<(usize, usize)> =
        (0..releases.len()).flat_map(|release| (0..machines.len()).map(move |python| (release, python))).collect();
    // The slowest trials start first, so that nothing waits for them at the end.
    tasks.sort_by_key(|(_, python)| machines[*python].0.runner == Runner::Native);
    let one = |(release, python): (usize, usize)| -> Result<(usize, usize, Trial)> {
        options.stop.check()?;
        let (python_at, machine) = &machines[python];
        let task = Task {
            release: &releases[release],
            python: python_at,
            machine,
            settings: &settings[release],
            needs: &needs[release],
            isolator: &options.isolator,
            is_required: options.isolation_required,
            lender: fetch_for::of(python_at, &options.found),
        };
        let trial = trial::run(&task, told, &options.stop)?;
        told(Event::Ended(&trial));
        Ok((release, python, trial))
    };
    let mut trials: Vec<(usize, usize, Trial)> =
        threads::pool(options.jobs)?.install(|| tasks.into_iter().par_bridge().map(one).collect::<Result<_>>())?;
    trials.sort_by_key(|(release, python, _)| (*release, *python));
    let release_of = |(at, release): (usize, &Release)| {
        let of_it = trials.iter().filter(|(of, ..)| *of == at);
        let on: Vec<(&Trial, Machine)> = of_it.map(|(_, python, trial)| (trial, machines[*python].1.clone())).collect();
        test_report::Release {
            name: release.set.name.clone(),
            version: release.version.clone(),
            wheels: release.wheels.iter().map(|wheel| wheel.file.clone()).collect(),
            map: coverage::map(release, &on, &options.found),
            trials: on.into_iter().map(|(trial, _)| trial.clone()).collect(),
        }
    };
    for wheel in releases.iter().flat_map(|release| &release.wheels) {
        wheel.held.check("it was tested")?;
    }
    let is_left_out = |(python, _): &(&Python, Machine)| !python.can_be_isolated();
    let isolation = isolation(&options.isolator, machines.iter().any(is_left_out));
    let releases = releases.iter().enumerate().map(release_of).collect();
    Ok(Proof {
        schema: SCHEMA.to_owned(),
        monowheel: monowheel_error::VERSION.to_owned(),
        isolation: Some(isolation),
        releases,
    })
}

/// The isolation of the run, with its exceptions.
fn isolation(isolator: &Isolator, has_wine: bool) -> IsolationReport {
    let report = isolator.report();
    let why = (report.by.is_some() && has_wine).then(|| "programs under wine are not".to_owned());
    IsolationReport { why: report.why.or(why), ..report }
}

/// pip's requirements for the trials of one release.
fn needs(settings: &Settings, options: &Options) -> Needs {
    Needs {
        extras: settings.table.extras.clone(),
        requires: settings.table.requires.clone(),
        find_links: options.find_links.clone(),
        index: !options.offline,
        from: options.index.clone(),
    }
}
