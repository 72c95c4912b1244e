//! `monowheel debug leaks`: repeats a unit of work in one process, and reports what remains after each call.
//!
//! ```text
//! run       the probe in the interpreter: warm-up, rounds, one measurement after each
//!   └ record, slope, growth     which series grow, beyond noise, to the end
//! run       again, in a second process, if any did: the same rounds, the stacks that allocate, who refers to the objects
//!   └ finding                   what grew in both, by its cause
//! ```
//!
//! Growth counts only if a second process shows it as well.

mod finding;
mod growth;
mod record;
mod run;
mod slope;

use std::path::Path;
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{Call, CancelToken};
use monowheel_test::trials::Python;
use serde::Serialize;

pub use finding::{Confidence, Finding, Kind};
pub use growth::{Growth, Metric};
pub use record::{Frame, Stack};

use crate::command::{PythonCommand, Work};
use record::Run;
use run::Suspects;

/// The version of the JSON report.
pub const SCHEMA: &str = "monowheel.debug-leaks/1";
/// Types that the second run looks into.
const SUSPECTS: usize = 12;

/// How to measure.
#[derive(Clone, Debug)]
pub struct Options {
    /// Statements that run once.
    pub setup: Option<String>,
    /// The function that is the unit of work, after the command ran once: `MODULE:NAME`, or a name in the script.
    pub call: Option<String>,
    /// Calls in one round; if absent, enough for a fiftieth of a second.
    pub calls: Option<u64>,
    /// Rounds before the first measurement.
    pub warm_up: u32,
    /// Rounds.
    pub rounds: u32,
    /// For each of the two processes.
    pub limit: Duration,
    /// Whether to use memray if it is installed.
    pub memray: bool,
}

/// The result.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Whether anything leaks.
    pub verdict: Verdict,
    /// The interpreter.
    pub python: Interpreter,
    /// How it was measured.
    pub measured: Measured,
    /// One for each cause.
    pub findings: Vec<Finding>,
    /// What grew in the first process.
    pub growth: Vec<Growth>,
    /// Series for which more rounds would decide.
    pub undecided: Vec<String>,
    /// The stacks that allocate what remains, the largest first.
    pub stacks: Vec<Stack>,
    /// What limits the result.
    pub notes: Vec<String>,
}

/// Whether anything leaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing grows.
    Clean,
    /// Something does.
    Leaks,
    /// These rounds do not decide.
    Undecided,
}

/// The interpreter that was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Interpreter {
    /// Its path.
    pub path: std::path::PathBuf,
    /// Its complete version.
    pub release: String,
    /// Whether it was built without the GIL.
    pub free_threaded: bool,
}

/// How it was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// Rounds before the first measurement.
    pub warm_up: u32,
    /// Rounds, with one measurement after each.
    pub rounds: u32,
    /// Calls in one round.
    pub calls: u64,
    /// The function of the C library that reports the heap; absent where there is none.
    pub heap: Option<String>,
    /// The tool that found the stacks; absent if nothing grew.
    pub stacks: Option<String>,
}

/// Measures a command.
///
/// # Errors
/// [`ErrorKind::Usage`] for a command that cannot be repeated; [`ErrorKind::Toolchain`] for an interpreter that
/// cannot be measured; [`ErrorKind::Tool`] if the command fails; after Ctrl-C.
pub fn measure(words: &[String], options: &Options, told: &dyn Fn(&str), stop: &CancelToken) -> Result<Report> {
    if !cfg!(target_os = "linux") {
        return Err(Error::new(ErrorKind::Toolchain, "the heap of this system cannot be measured")
            .next("run the command on Linux, for example in a container"));
    }
    let command = PythonCommand::parse(words)?;
    let python = command.interpreter(stop)?;
    measure_in(&Unit { command: &command, python: &python, launch: &|call, _, _| Ok(call) }, options, told, stop)
}

/// A unit of work, the interpreter that it runs in, and how calls of it are started.
pub(crate) struct Unit<'a> {
    pub(crate) command: &'a PythonCommand,
    pub(crate) python: &'a Python,
    pub(crate) launch: Launch<'a>,
}

/// Prepares a call that can read and write these directories.
pub(crate) type Launch<'a> = &'a dyn Fn(Call, &[&Path], &[&Path]) -> Result<Call>;

/// As [`measure`], for a command whose interpreter is known.
pub(crate) fn measure_in(
    unit: &Unit<'_>,
    options: &Options,
    told: &dyn Fn(&str),
    stop: &CancelToken,
) -> Result<Report> {
    let Unit { command, python, .. } = unit;
    if command.work == Work::Nothing && options.call.is_none() {
        return Err(Error::new(ErrorKind::Usage, "the command runs nothing that could be repeated")
            .next("add -c STATEMENTS, -m MODULE, a script, or --call MODULE:FUNCTION"));
    }
    let first = run::run(unit, options, None, stop)?;
    let (mut growth, mut undecided) = growth::growths(&first);
    let mut report = Report {
        schema: SCHEMA,
        verdict: Verdict::Clean,
        python: Interpreter {
            path: command.python.clone(),
            release: python.about.release.clone(),
            free_threaded: python.about.free_threaded,
        },
        measured: Measured {
            warm_up: options.warm_up,
            rounds: options.rounds,
            calls: first.start.calls,
            heap: first.start.heap.clone(),
            stacks: None,
        },
        findings: Vec::new(),
        growth: Vec::new(),
        undecided: Vec::new(),
        stacks: Vec::new(),
        notes: notes(&first),
    };
    if !growth.is_empty() {
        told("it grows: a second process looks for the cause");
        let calls = Some(first.start.calls);
        let second = run::run(unit, &Options { calls, ..options.clone() }, Some(&suspects(&growth)), stop)?;
        repeated(&mut growth, &growth::growths(&second).0);
        let both: Vec<Growth> = growth.iter().filter(|growth| growth.repeated.is_some()).cloned().collect();
        report.findings = finding::findings(&both, &second);
        let only_once = growth.iter().filter(|growth| growth.repeated.is_none() && growth.metric != Metric::Resident);
        undecided.extend(only_once.map(Growth::label));
        report.measured.stacks = Some(second.stacks.tool.clone());
        report.notes.extend(second.stacks.why.clone());
        report.stacks = second.stacks.stacks.into_iter().map(Stack::readable).collect();
        if report.measured.stacks.as_deref() != Some("memray") && options.memray && second.stacks.why.is_none() {
            report.notes.push(format!(
                "native stacks need memray in that environment: {} -m pip install memray",
                monowheel_system::exec::quoted(&command.python)
            ));
        }
    }
    report.verdict = match (report.findings.is_empty(), undecided.is_empty()) {
        (false, _) => Verdict::Leaks,
        (true, false) => Verdict::Undecided,
        (true, true) => Verdict::Clean,
    };
    report.growth = growth;
    report.undecided = undecided;
    Ok(report)
}

/// What the second process looks into: what grows most.
fn suspects(growths: &[Growth]) -> Suspects {
    let mut growths: Vec<&Growth> = growths.iter().collect();
    growths.sort_by(|one, two| two.per_call.total_cmp(&one.per_call));
    let names =
        |metric| growths.iter().filter(move |growth| growth.metric == metric).filter_map(|one| one.name.clone());
    let objects: Vec<String> = names(Metric::Objects).take(SUSPECTS).collect();
    let types = names(Metric::Types).filter(|name| !objects.contains(name)).take(SUSPECTS).collect();
    Suspects { objects, types }
}

fn repeated(growths: &mut [Growth], second: &[Growth]) {
    for growth in growths {
        let same = second.iter().find(|other| other.metric == growth.metric && other.name == growth.name);
        growth.repeated = same.map(|other| other.per_call);
    }
}

/// What cannot be seen here.
fn notes(run: &Run) -> Vec<String> {
    let mut notes = Vec::new();
    if run.start.heap.is_none() {
        notes.push(
            "this C library does not report its heap: native leaks show only in resident memory, from 2 MiB on"
                .to_owned(),
        );
    }
    if !run.start.has_type_references {
        notes.push(
            "a free-threaded Python does not count references to types: instances of a pyclass without __traverse__ \
             show only as blocks"
                .to_owned(),
        );
    }
    notes
}
