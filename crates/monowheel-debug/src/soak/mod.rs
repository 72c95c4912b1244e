//! `monowheel soak`: calls everything in a wheel, with values of all kinds, in conditions that tests seldom have.
//!
//! ```text
//! worker    scripts in the tested interpreter: what can be called; a program in one mode, and what happened
//!   └ mode      the conditions
//! finding   the fewest lines that repeat it
//!   └ script    as a file of Python
//! state     what was done, to continue
//! ```

mod finding;
mod mode;
mod script;
mod state;
mod worker;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, Isolator, last_lines};
use monowheel_test::trials::{Prepared, Python, Release};
use serde::Serialize;

pub use finding::Finding;
pub use mode::Mode;
pub use worker::Kind;

use crate::leaks;
use finding::{Desk, Suspect, call_of};
use state::State;
use worker::{Ended, Event, Workshop};

/// The version of the JSON report.
pub const SCHEMA: &str = "monowheel.soak/1";
/// The time of a mode, however small the budget is.
const LEAST: Duration = Duration::from_secs(3);
/// Calls in one round of a measurement of leaks, and its rounds.
const CALLS: u64 = 50;
const ROUNDS: u32 = 8;

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
    let isolator = Isolator::off("a crash is examined from outside");
    let (begin, tasks) = (Instant::now(), pythons.len() * options.modes.len());
    let mut runs = Vec::new();
    for (at, python) in pythons.iter().enumerate() {
        let links = &options.find_links;
        let name = python.name();
        let prepared = match Prepared::of(release, python, &isolator, links, options.is_offline, stop) {
            Ok(Some(prepared)) => prepared,
            other => {
                stop.check()?;
                let why = other.err().map_or_else(|| "no wheel for it".to_owned(), |error| error.to_string());
                let run = |mode: &Mode| Run { python: name.clone(), mode: *mode, programs: 0, why: Some(why.clone()) };
                runs.extend(options.modes.iter().map(run));
                continue;
            }
        };
        let workshop = Workshop::open(&prepared.python, &options.own, options.hang)?;
        let description = only(&workshop.describe(&prepared.modules, stop)?, &options.only)?;
        let desk = Desk { workshop: &workshop, modules: &prepared.modules, python: &name, output: &options.output };
        let mut soak =
            Soak { desk, description, options, state: &mut state, batches: BTreeMap::new(), worked: Vec::new(), told };
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

/// One interpreter.
struct Soak<'a> {
    desk: Desk<'a>,
    description: String,
    options: &'a Options,
    state: &'a mut State,
    /// Programs that were generated: modes share them.
    batches: BTreeMap<u64, Vec<Vec<String>>>,
    /// Calls that ended without an exception, by what they call.
    worked: Vec<(String, String)>,
    told: &'a dyn Fn(Progress<'_>),
}

impl Soak<'_> {
    fn mode(&mut self, mode: Mode, until: Instant, stop: &CancelToken) -> Result<Run> {
        let mut run = Run { python: self.desk.python.to_owned(), mode, programs: 0, why: None };
        if mode == Mode::Leaks {
            self.leaks(&mut run, until, stop)?;
            return Ok(run);
        }
        if let Some(why) = self.desk.workshop.missing(mode, stop)? {
            run.why = Some(why);
            return Ok(run);
        }
        let key = format!("{} {}", self.desk.python, mode.word());
        loop {
            let batch = self.state.batches(&key);
            let programs = self.batch(batch, mode, stop)?;
            let until = if run.programs == 0 { until.max(Instant::now() + LEAST) } else { until };
            let is_complete = self.programs(mode, &programs, until, &mut run, stop)?;
            if is_complete {
                self.state.count(&key);
            }
            if !is_complete || programs.is_empty() || Instant::now() >= until {
                return Ok(run);
            }
        }
    }

    /// The programs of a batch, without the calls that are known to end this mode.
    fn batch(&mut self, number: u64, mode: Mode, stop: &CancelToken) -> Result<Vec<Vec<String>>> {
        if !self.batches.contains_key(&number) {
            let seed = self.options.seed.wrapping_mul(1_000_003).wrapping_add(number);
            let largest = Mode::ALL.iter().map(|mode| mode.batch()).max().unwrap_or(1);
            let made = self.desk.workshop.generate(&self.description, seed, largest, stop)?;
            self.batches.insert(number, made);
        }
        let programs = self.batches.get(&number).into_iter().flatten();
        let fatal = self.fatal(mode);
        let programs = programs.filter(|lines| !lines.iter().any(|line| fatal.contains(&call_of(line))));
        Ok(programs.take(mode.batch()).cloned().collect())
    }

    /// Calls that ended the process in this mode, or in a plainer one.
    fn fatal(&self, mode: Mode) -> BTreeSet<String> {
        let is_fatal = |finding: &&Finding| {
            matches!(finding.kind, Kind::Crash | Kind::Abort | Kind::Hang)
                && (finding.mode == mode || matches!(finding.mode, Mode::Plain | Mode::Dev))
        };
        self.state.findings.iter().filter(is_fatal).map(|finding| finding.call.clone()).collect()
    }

    /// Runs them; whether all of them ran.
    fn programs(
        &mut self,
        mode: Mode,
        programs: &[Vec<String>],
        until: Instant,
        run: &mut Run,
        stop: &CancelToken,
    ) -> Result<bool> {
        let mut first = 0;
        let mut left: Vec<Vec<String>> = programs.to_vec();
        while first < left.len() {
            let outcome = self.desk.workshop.run(mode, self.desk.modules, &left, first, until, stop)?;
            let last = outcome.last;
            let has_ended = outcome.events.iter().any(|event| matches!(event, Event::End {}));
            run.programs += last.map_or(0, |last| last + 1 - first);
            for event in outcome.events {
                match event {
                    Event::Found { kind, program, line, what } => {
                        let lines = left.get(program).map_or(&[][..], Vec::as_slice);
                        let end = line.map_or(lines.len(), |line| line + 1).min(lines.len());
                        let lines = lines[..end].to_vec();
                        self.found(
                            Suspect { kind, mode, lines, history: Vec::new(), what, trace: String::new() },
                            stop,
                        )?;
                    }
                    Event::Worked { program } => {
                        if let Some(line) = left.get(program).and_then(|lines| lines.first()) {
                            let call = call_of(line);
                            if !self.worked.iter().any(|(known, _)| *known == call) {
                                self.worked.push((call, line.clone()));
                            }
                        }
                    }
                    Event::Refused { what } => run.why = Some(format!("the module refuses it: {what}")),
                    Event::Runs { .. } | Event::End {} => {}
                }
            }
            let (kind, what, trace) = match outcome.ended {
                Ended::Well(_) => return Ok(true),
                Ended::Over => return Ok(false),
                Ended::Failed(said) => {
                    run.why = Some(last_lines(&said, 1));
                    return Ok(false);
                }
                Ended::Signal(name, printed) => {
                    let is_abort = name == "SIGABRT" && printed.contains("panic");
                    let kind = if is_abort { Kind::Abort } else { Kind::Crash };
                    (kind, format!("killed by {name}"), worker::trace(&printed))
                }
                Ended::Hang(stacks) => {
                    let seconds = self.options.hang.as_secs();
                    (Kind::Hang, format!("nothing happened for {seconds} s"), stacks)
                }
            };
            let Some(last) = last else {
                run.why = Some(format!("{what} before the first program: {}", last_lines(&trace, 1)));
                return Ok(false);
            };
            let mut history: Vec<String> = left[first..last].concat();
            let mut lines = left[last].clone();
            if has_ended {
                // All of them ran: it was the end of the process.
                history.append(&mut lines);
            }
            if mode == Mode::NoMemory && kind == Kind::Abort {
                run.why = Some("PyO3 itself panics without memory: aborts by a panic are not counted".to_owned());
            } else {
                self.found(Suspect { kind, mode, lines, history, what, trace }, stop)?;
            }
            let last = Some(last);
            if has_ended {
                return Ok(true);
            }
            first = last.map_or(left.len(), |last| last + 1);
            let fatal = self.fatal(mode);
            let rest = left.split_off(first.min(left.len()));
            left = rest.into_iter().filter(|lines| !lines.iter().any(|line| fatal.contains(&call_of(line)))).collect();
            first = 0;
        }
        Ok(true)
    }

    /// Adds a finding, unless the same call is known for the same kind: a plainer mode shows it more simply.
    fn found(&mut self, suspect: Suspect, stop: &CancelToken) -> Result<()> {
        let is_known =
            |call: &str, kind| self.state.findings.iter().any(|known| known.kind == kind && known.call == call);
        let last = call_of(suspect.lines.last().map_or("", String::as_str));
        let is_of_line = matches!(suspect.kind, Kind::Panic | Kind::SystemError);
        // By what it did: if not the call itself, the objects of an earlier one.
        let is_old = if is_of_line {
            is_known(&last, suspect.kind)
        } else {
            suspect.lines.iter().any(|line| is_known(&call_of(line), suspect.kind))
        };
        if is_old {
            return Ok(());
        }
        let finding = self.desk.examine(suspect, stop)?;
        if !is_known(&finding.call, finding.kind) {
            (self.told)(Progress::Found(&finding));
            self.state.findings.push(finding);
        }
        Ok(())
    }

    /// Measures each call that worked.
    fn leaks(&mut self, run: &mut Run, until: Instant, stop: &CancelToken) -> Result<()> {
        let fatal: BTreeSet<String> = self.state.findings.iter().map(|finding| finding.call.clone()).collect();
        let measured: Vec<(String, String)> =
            self.worked.iter().filter(|(call, _)| !fatal.contains(call)).cloned().collect();
        if measured.is_empty() {
            run.why = Some("no call of one line worked; the mode plain finds them".to_owned());
        }
        let count = measured.len();
        for (call, line) in measured {
            if Instant::now() >= until && run.programs > 0 {
                run.why = Some(format!("{} of {count} calls, the time was over", run.programs));
                break;
            }
            run.programs += 1;
            if let Some(finding) = self.leak(&call, &line, stop)? {
                (self.told)(Progress::Found(&finding));
                self.state.findings.push(finding);
            }
        }
        Ok(())
    }

    fn leak(&self, call: &str, line: &str, stop: &CancelToken) -> Result<Option<Finding>> {
        let words = [self.desk.workshop.tested.to_string_lossy().into_owned(), "-c".to_owned(), line.to_owned()];
        let imports: Vec<String> = self.desk.modules.iter().map(|module| format!("import {module}")).collect();
        let options = leaks::Options {
            setup: Some(format!("{}\n{}", imports.join("\n"), script::definitions(line))),
            call: None,
            calls: Some(CALLS),
            warm_up: 3,
            rounds: ROUNDS,
            limit: Duration::from_secs(60),
            memray: false,
        };
        let report = match leaks::measure(&words, &options, &|_| {}, stop) {
            Ok(report) => report,
            Err(error) => {
                stop.check()?;
                // The same call may not work again and again: another object with the same name, a limit.
                let _ = error;
                return Ok(None);
            }
        };
        let Some(leak) = report.findings.first() else { return Ok(None) };
        let lines = vec![line.to_owned()];
        let (kind, mode) = (Kind::Leak, Mode::Leaks);
        let script = self.desk.write(kind, mode, call, &lines)?;
        Ok(Some(Finding {
            kind,
            mode,
            python: self.desk.python.to_owned(),
            call: call.to_owned(),
            what: leak.what.clone(),
            lines,
            trace: leak.why.join("\n"),
            script: Some(script),
            // A second process has measured it.
            repeats: true,
            fix: leak.fix.clone(),
        }))
    }
}
