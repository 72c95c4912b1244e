//! Checks whether this machine has everything that a project needs: every check with its state, why it matters, and the
//! command that fixes it.
//!
//! ```text
//! examine          the project, its plan and this machine → a Context → every check of CHECKS
//!   ├ project      features, profile and [tool.maturin]
//!   ├ rust         the toolchain that a build uses, against the crate's rust-version; monowheel.lock
//!   ├ tools        maturin and zig
//!   ├ isolation    bubblewrap, for third-party code
//!   ├ lockfile     Cargo.lock's PyO3 against the manifest, and against rust-numpy's
//!   ├ targets      a standard library for each target, and a small cdylib linked by it (link), once for the same tools
//!   │              (link_cache)
//!   ├ pythons      the CPythons here against requires-python
//!   ├ headers      Python.h, if a C source of the project includes it
//!   ├ environment  (venv) the project's environment
//!   │  ├ kernel    the notebook kernels' interpreters against it
//!   │  └ xonsh     the shell's interpreter against it
//!   ├ stale        (extension) the installed extension against its sources
//!   └ debuggers    gdb, py-spy and perf, each on a test process
//! fix              runs the commands of a report, each once, in order
//! ```
//!
//! Gathering and judging are separate: a check's `look` gathers facts, its `judge` is pure. A check that could not be
//! run is [`State::Unknown`], never skipped.

mod check;
mod debuggers;
mod environment;
pub mod fix;
mod headers;
mod isolation;
mod kernel;
mod link;
mod link_cache;
mod lockfile;
mod project;
mod pythons;
mod rust;
mod stale;
mod targets;
mod tools;
mod xonsh;

use std::path::PathBuf;

use serde::Serialize;

pub use check::{Check, Fix, State};
pub use fix::FixRun;

use environment::Surroundings;
use monowheel_build::lockfile as tools_lock;
use monowheel_build::plan::{Plan, Selection};
use monowheel_build::prepare::planned;
use monowheel_build::toolchain::Machine;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_project::project::Project;
use monowheel_system::exec::CancelToken;

/// The version of the JSON form.
pub const SCHEMA: &str = "monowheel.doctor/1";

/// What to check.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The project's directory.
    pub root: PathBuf,
    /// The targets and the toolchain, if not the project's.
    pub selection: Selection,
    /// The Python that runs monowheel, if known.
    pub python: Option<PathBuf>,
    /// Whether to link again for targets that linked in an earlier run with the same tools.
    pub fresh: bool,
}

/// All checks.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The version of monowheel.
    pub monowheel: &'static str,
    /// The distribution's name as written.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether nothing is wrong, and every check could be run.
    pub healthy: bool,
    /// The checks, in the order of a build.
    pub checks: Vec<Check>,
    /// The commands that `--fix` ran before these checks.
    #[serde(rename = "fixed", skip_serializing_if = "Vec::is_empty")]
    pub fix_runs: Vec<FixRun>,
}

/// The inputs of a check.
struct Context<'a> {
    project: &'a Project,
    plan: &'a Plan,
    /// Why the lock of the project's tools cannot be used.
    lock_fault: Option<&'a Error>,
    request: &'a Request,
    machine: &'a Machine,
    surroundings: &'a Surroundings,
    stop: &'a CancelToken,
}

/// A check's name, why it matters, and its function, which may return several results.
struct CheckKind {
    name: &'static str,
    why: &'static str,
    look: fn(&Context<'_>) -> Result<Vec<Check>>,
}

/// Every check. A new one is a file with a `CHECK`, and a line here.
const CHECKS: [CheckKind; 13] = [
    project::CHECK,
    rust::CHECK,
    tools::CHECK,
    isolation::CHECK,
    lockfile::CHECK,
    targets::CHECK,
    pythons::CHECK,
    headers::CHECK,
    environment::CHECK,
    kernel::CHECK,
    xonsh::CHECK,
    stale::CHECK,
    debuggers::CHECK,
];

impl Report {
    /// 3 if a check could not be run or a command failed, else 1 if something is wrong, else 0.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        let any = |state| self.checks.iter().any(|check| check.state == state);
        if any(State::Unknown) || self.fix_runs.iter().any(|command| !command.done) {
            ExitCode::Incomplete
        } else if any(State::Wrong) {
            ExitCode::Findings
        } else {
            ExitCode::Clean
        }
    }

    /// The commands that `--fix` can run, each once, in the order of the checks.
    #[must_use]
    pub fn fixes(&self) -> Vec<&Fix> {
        let mut fixes: Vec<&Fix> = Vec::new();
        for fix in self.checks.iter().filter_map(|check| check.fix.as_ref()).filter(|fix| fix.by_fix) {
            if !fixes.contains(&fix) {
                fixes.push(fix);
            }
        }
        fixes
    }
}

/// Runs every check, calling `on_check` with its name first. Nothing of the project or this machine is changed.
///
/// # Errors
/// When there is no project or its settings are wrong ([`Project::read`], [`planned`]), and after `stop`.
pub fn examine(request: &Request, stop: &CancelToken, on_check: &mut dyn FnMut(&str)) -> Result<Report> {
    let project = Project::read(&request.root)?;
    // An error of the project is reported before anything is started.
    let machine = Machine::probe(request.python.clone(), stop)?;
    // An unusable lock is a check; the others check what a build without it would use.
    let with_lock = |is_request| planned(&project, &request.selection, &machine, is_request);
    let (lock_fault, (plan, settled)) = match with_lock(false) {
        Ok(planned) => (None, planned),
        Err(error) if error.place().is_some_and(|place| place.ends_with(tools_lock::FILE)) => {
            (Some(error), with_lock(true)?)
        }
        Err(error) => return Err(error),
    };
    let surroundings = Surroundings::look(&project.root, request.python.as_deref());
    let context = Context {
        project: &project,
        plan: &plan,
        lock_fault: lock_fault.as_ref(),
        request,
        machine: &settled.machine,
        surroundings: &surroundings,
        stop,
    };
    let mut checks = Vec::new();
    for kind in &CHECKS {
        stop.check()?;
        on_check(kind.name);
        checks.extend(made(kind, &context)?);
    }
    stop.check()?;
    Ok(Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        name: project.name.clone(),
        version: project.version.clone(),
        healthy: checks.iter().all(|check| check.state.is_healthy()),
        checks,
        fix_runs: Vec::new(),
    })
}

/// An error becomes a check that could not be run. Only Ctrl-C ends everything.
fn made(kind: &CheckKind, context: &Context<'_>) -> Result<Vec<Check>> {
    let mut checks = match (kind.look)(context) {
        Ok(checks) => checks,
        Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
        Err(error) => {
            let check = Check::new(error.place().unwrap_or_default(), State::Unknown, error.what());
            vec![match error.next_step() {
                Some(next) => check.fix(Fix::told(next)),
                None => check,
            }]
        }
    };
    for check in &mut checks {
        check.check = kind.name;
        check.why = kind.why;
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(states: &[State]) -> Report {
        let checks: Vec<Check> = states.iter().map(|state| Check::new("x", *state, "")).collect();
        Report {
            schema: SCHEMA,
            monowheel: monowheel_error::VERSION,
            name: "x".to_owned(),
            version: "1".to_owned(),
            healthy: checks.iter().all(|check| check.state.is_healthy()),
            checks,
            fix_runs: Vec::new(),
        }
    }

    #[test]
    fn what_could_not_be_looked_at_is_never_passed_over() {
        let healthy = report(&[State::Ok, State::Note, State::Skipped]);
        assert_eq!((healthy.healthy, healthy.exit_code()), (true, ExitCode::Clean));
        let wrong = report(&[State::Ok, State::Wrong]);
        assert_eq!((wrong.healthy, wrong.exit_code()), (false, ExitCode::Findings));
        let unknown = report(&[State::Wrong, State::Unknown]);
        assert_eq!((unknown.healthy, unknown.exit_code()), (false, ExitCode::Incomplete));
        let mut failed = report(&[State::Ok]);
        failed.fix_runs.push(FixRun { command: "x".to_owned(), done: false, said: String::new() });
        assert_eq!(failed.exit_code(), ExitCode::Incomplete);
    }

    #[test]
    fn a_command_of_several_checks_is_run_once_and_advice_never() {
        let mut report = report(&[State::Wrong, State::Wrong, State::Note]);
        for check in &mut report.checks[..2] {
            check.fix = Some(Fix::run(&["rustup", "update"]));
        }
        report.checks[2].fix = Some(Fix::told("think"));
        assert_eq!(report.fixes(), [&Fix::run(&["rustup", "update"])]);
    }

    #[test]
    fn every_check_has_a_name_of_its_own_and_says_why() {
        let mut names: Vec<&str> = CHECKS.iter().map(|kind| kind.name).collect();
        assert!(CHECKS.iter().all(|kind| !kind.why.is_empty()));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CHECKS.len());
    }
}
