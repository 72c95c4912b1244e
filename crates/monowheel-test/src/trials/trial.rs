//! One release on one interpreter, from an empty environment to a verdict.

use std::time::Instant;

use monowheel_audit::resolve::{Machine, Resolver};
use monowheel_audit::test_report::{Check, Outcome, Trial, Verdict};
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, Isolator};

use crate::trials::Event;
use crate::trials::check;
use crate::trials::environment::Environment;
use crate::trials::find::Wanted;
use crate::trials::installer::Needs;
use crate::trials::python::Python;
use crate::trials::release::Release;
use crate::trials::settings::Settings;

/// The inputs of a trial.
#[derive(Debug)]
pub(super) struct Task<'a> {
    pub(super) release: &'a Release,
    pub(super) python: &'a Python,
    /// The machine as seen by its installer.
    pub(super) machine: &'a Machine,
    pub(super) settings: &'a Settings,
    pub(super) needs: &'a Needs,
    /// What isolates the wheel.
    pub(super) isolator: &'a Isolator,
    /// Whether to refuse what cannot be isolated.
    pub(super) is_required: bool,
    /// The interpreter that downloads its requirements, if its own pip cannot reach an index.
    pub(super) lender: Option<&'a Python>,
}

/// Runs the trial. Failures are in its verdict.
///
/// # Errors
/// After Ctrl-C.
pub(super) fn run(task: &Task<'_>, told: &dyn Fn(Event<'_>), stop: &CancelToken) -> Result<Trial> {
    let start = Instant::now();
    let mut trial = begun(task);
    let skip = task.settings.table.skip.iter().find(|skip| {
        let wanted = Wanted::parse(&skip.python);
        wanted.is_ok_and(|wanted| wanted.is(task.python))
    });
    if let Some(skip) = skip {
        (trial.verdict, trial.why) = (Verdict::Skipped, Some(skip.reason.clone()));
    } else {
        match tried(task, &mut trial, told, stop) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => (trial.verdict, trial.why) = (Verdict::NotRun, Some(error.to_string())),
        }
    }
    trial.seconds = start.elapsed().as_secs_f64();
    Ok(trial)
}

fn begun(task: &Task<'_>) -> Trial {
    let about = &task.python.about;
    Trial {
        python: task.python.name(),
        version: about.version,
        free_threaded: about.free_threaded,
        debug: about.debug,
        platform: task.machine.name(),
        runner: task.python.runner.word().to_owned(),
        wheel: None,
        verdict: Verdict::NotRun,
        why: None,
        checks: Vec::new(),
        reused: false,
        seconds: 0.0,
    }
}

fn tried(task: &Task<'_>, trial: &mut Trial, told: &dyn Fn(Event<'_>), stop: &CancelToken) -> Result<()> {
    if task.is_required && !task.python.can_be_isolated() {
        return Err(Error::new(
            ErrorKind::Toolchain,
            "isolation is required, but programs under wine cannot be isolated",
        )
        .next("leave it out with --native, or run it as you with --isolation off"));
    }
    let python = trial.python.as_str();
    let waiting = |holder: &str| told(Event::Waiting { python, holder });
    let environment = Environment::open(task.python, task.isolator, task.release, waiting, stop)?;
    let ready = environment.fill(task.release, task.needs, task.lender, stop)?;
    trial.reused = ready.reused;
    trial.wheel = ready.wheel.map(|wheel| wheel.file.file.clone());
    let expected = Resolver::new(&task.release.set.wheels).choose(&task.python.about.interpreter(), task.machine);
    let expected = expected.map(|wheel| wheel.file.clone());
    if trial.wheel != expected {
        let name = |file: &Option<String>| file.clone().unwrap_or_else(|| "none".to_owned());
        trial.verdict = Verdict::Failed;
        trial.why =
            Some(format!("pip selected {}, but by the tags it should be {}", name(&trial.wheel), name(&expected)));
        return Ok(());
    }
    let Some(wheel) = ready.wheel else {
        trial.verdict = Verdict::Nothing;
        return Ok(());
    };
    trial.checks = check::all(&environment, &wheel.modules, task.settings, stop)?;
    trial.verdict = verdict(&trial.checks);
    if trial.verdict == Verdict::Failed {
        trial.why = Some(format!("see the log: {}", environment.log().display()));
    }
    Ok(())
}

fn verdict(checks: &[Check]) -> Verdict {
    let worst = checks.iter().map(|check| check.outcome).max();
    if worst == Some(Outcome::Failed) { Verdict::Failed } else { Verdict::Ran }
}
