//! `monowheel soak`: calls everything in a wheel, with values of all kinds, in conditions that tests seldom have.
//!
//! ```text
//! interpreter  programs in batches, mode by mode
//!   └ worker    scripts in the tested interpreter: what can be called; a program in one mode, and what happened
//!       └ mode    the conditions
//! finding      the fewest lines that repeat it
//!   └ script     as a file of Python
//! state        what was done, to continue
//! ```

mod event;
mod finding;
mod interpreter;
mod mode;
mod sanitizer;
mod script;
mod state;
mod worker;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use monowheel_build::sanitized::Sanitizer;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, IsolationReport, Isolator};
use monowheel_test::trials::{Prepared, Python, Release};
use serde::Serialize;

pub use event::Kind;
pub use finding::Finding;
pub use mode::Mode;

use finding::Desk;
use interpreter::Interpreter;
use state::State;
use worker::Workshop;

/// The version of the JSON report.
pub const SCHEMA: &str = "monowheel.soak/1";

/// How to soak.
#[derive(Clone, Debug)]
pub struct Options {
    /// The conditions.
    pub modes: Vec<Mode>,
    /// Only functions, classes and methods of these names; if empty, all.
    pub only: Vec<String>,
    /// The time for all of it.
    pub budget: Duration,
    /// The same seed makes the same calls.
    pub seed: u64,
    /// The file to continue from, and to write.
    pub state: Option<PathBuf>,
    /// The directory of the scripts that repeat findings.
    pub output: PathBuf,
    /// How long nothing may happen.
    pub hang: Duration,
    /// The interpreter that runs monowheel, which has hypothesis.
    pub own: PathBuf,
    /// Directories with wheels of other distributions.
    pub find_links: Vec<PathBuf>,
    /// Whether to install requirements without an index.
    pub is_offline: bool,
    /// How the wheel is run.
    pub isolator: Isolator,
}

/// The result.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The distribution.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The seed.
    pub seed: u64,
    /// How the wheel was run.
    pub isolation: IsolationReport,
    /// One for each interpreter and mode.
    pub runs: Vec<Run>,
    /// The defects.
    pub findings: Vec<Finding>,
}

/// One mode on one interpreter.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The interpreter.
    pub python: String,
    /// The condition.
    pub mode: Mode,
    /// Programs, each of one to five lines.
    pub programs: usize,
    /// Why it did not run, or only in part.
    pub why: Option<String>,
}

/// Soaks a release; `told` is called with each finding and each mode that has ended.
///
/// # Errors
/// [`monowheel_error::ErrorKind::Toolchain`] without hypothesis; for a state of something else; after Ctrl-C.
pub fn soak(
    release: &Release,
    pythons: &[&Python],
    options: &Options,
    told: &dyn Fn(Progress<'_>),
    stop: &CancelToken,
) -> Result<Report> {
    let mut state = State::open(options.state.as_deref(), release.hashes(), options.seed)?;
    let (begin, tasks) = (Instant::now(), pythons.len() * options.modes.len());
    let mut runs = Vec::new();
    for (at, python) in pythons.iter().enumerate() {
        let links = &options.find_links;
        let name = python.name();
        let prepared = match Prepared::of(release, python, &options.isolator, links, options.is_offline, stop) {
            Ok(Some(prepared)) => prepared,
            other => {
                stop.check()?;
                let why = other.err().map_or_else(|| "no wheel for it".to_owned(), |error| error.to_string());
                let run = |mode: &Mode| Run { python: name.clone(), mode: *mode, programs: 0, why: Some(why.clone()) };
                runs.extend(options.modes.iter().map(run));
                continue;
            }
        };
        let workshop = Workshop::open(&prepared, &options.own, options.hang, stop)?;
        let description = only(&workshop.describe(&prepared.modules, stop)?, &options.only)?;
        let name = if prepared.sanitizer == Some(Sanitizer::Thread) { format!("{name} ThreadSanitizer") } else { name };
        let desk = Desk { workshop: &workshop, modules: &prepared.modules, python: &name, output: &options.output };
        let mut soak = Interpreter::new(desk, description, options, &mut state, told);
        for (number, mode) in options.modes.iter().enumerate() {
            let left = tasks - at * options.modes.len() - number;
            let share = options.budget.saturating_sub(begin.elapsed()) / u32::try_from(left.max(1)).unwrap_or(u32::MAX);
            let run = soak.mode(*mode, Instant::now() + share, stop)?;
            told(Progress::Ended(&run));
            runs.push(run);
            soak.state.write(options.state.as_deref())?;
        }
    }
    Ok(Report {
        schema: SCHEMA,
        name: release.name().to_owned(),
        version: release.version.clone(),
        seed: options.seed,
        isolation: options.isolator.report(),
        runs,
        findings: state.findings,
    })
}

/// The description with only what is wanted. A method keeps its class, which makes the instances.
fn only(description: &str, wanted: &[String]) -> Result<String> {
    if wanted.is_empty() {
        return Ok(description.to_owned());
    }
    let unread = |error| Error::new(ErrorKind::Format, format!("could not read what can be called: {error}"));
    let mut described: serde_json::Value = serde_json::from_str(description).map_err(unread)?;
    let calls = described["calls"].as_array().cloned().unwrap_or_default();
    let text = |call: &serde_json::Value, key: &str| call[key].as_str().unwrap_or_default().to_owned();
    let is_wanted = |call: &serde_json::Value| {
        let (name, of) = (text(call, "call"), text(call, "of"));
        wanted.iter().any(|wanted| name == *wanted || name.ends_with(&format!(".{wanted}")) || of == *wanted)
    };
    let classes: Vec<String> = calls.iter().filter(|call| is_wanted(call)).map(|call| text(call, "of")).collect();
    let kept = calls
        .iter()
        .filter(|call| is_wanted(call) || classes.contains(&text(call, "class")) && !text(call, "class").is_empty());
    let kept: Vec<serde_json::Value> = kept.cloned().collect();
    if kept.is_empty() {
        let names = calls.iter().map(|call| text(call, "call")).take(10).collect::<Vec<_>>().join(", ");
        return Err(Error::new(ErrorKind::Usage, "the wheel has nothing of these names that can be called")
            .next(format!("--only names functions, classes or methods, such as {names}")));
    }
    described["calls"] = kept.into();
    Ok(described.to_string())
}

/// What a soak tells while it runs.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'a> {
    /// A defect.
    Found(&'a Finding),
    /// A mode has ended.
    Ended(&'a Run),
}
