//! One interpreter: programs in batches, mode by mode, and what they found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};

use monowheel_error::Result;
use monowheel_system::exec::{CancelToken, last_lines};

use crate::command::{PythonCommand, Work};
use crate::leaks;
use crate::soak::event::{Ended, Event, Kind, trace};
use crate::soak::finding::{Desk, Finding, Suspect, call_of};
use crate::soak::mode::Mode;
use crate::soak::sanitizer::{Runtime, address};
use crate::soak::state::State;
use crate::soak::{Options, Progress, Run, script};

/// The time of a mode, however small the budget is; with a sanitizer, as many times more as that is slower.
const LEAST: Duration = Duration::from_secs(3);
/// Calls in one round of a measurement of leaks, and its rounds.
const CALLS: u64 = 50;
const ROUNDS: u32 = 8;

/// One interpreter that is soaked.
pub(super) struct Interpreter<'a> {
    desk: Desk<'a>,
    description: String,
    options: &'a Options,
    pub(super) state: &'a mut State,
    /// Programs that were generated: modes share them.
    batches: BTreeMap<u64, Vec<Vec<String>>>,
    /// Calls that ended without an exception, by what they call.
    worked: Vec<(String, String)>,
    told: &'a dyn Fn(Progress<'_>),
}

impl<'a> Interpreter<'a> {
    /// With the wheel's `description`, from which programs are made.
    pub(super) const fn new(
        desk: Desk<'a>,
        description: String,
        options: &'a Options,
        state: &'a mut State,
        told: &'a dyn Fn(Progress<'_>),
    ) -> Self {
        Self { desk, description, options, state, batches: BTreeMap::new(), worked: Vec::new(), told }
    }

    /// Soaks in one mode, until then.
    ///
    /// # Errors
    /// When a program cannot be run; after Ctrl-C.
    pub(super) fn mode(&mut self, mode: Mode, until: Instant, stop: &CancelToken) -> Result<Run> {
        let mut run = Run { python: self.desk.python.to_owned(), mode, programs: 0, why: None };
        if mode == Mode::Leaks && self.desk.workshop.sanitizer.is_some() {
            run.why = Some("leaks are measured without a sanitizer, which keeps memory that was freed".to_owned());
            return Ok(run);
        }
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
            let least = LEAST * self.desk.workshop.sanitizer.as_ref().map_or(1, Runtime::slowness);
            let until = if run.programs == 0 { until.max(Instant::now() + least) } else { until };
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
            matches!(finding.kind, Kind::Crash | Kind::Abort | Kind::Hang | Kind::Memory | Kind::Race)
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
        let mut left: Vec<Vec<String>> = programs.to_vec();
        while !left.is_empty() {
            let outcome = self.desk.workshop.run(mode, self.desk.modules, &left, until, stop)?;
            let last = outcome.last;
            let has_ended = outcome.events.iter().any(|event| matches!(event, Event::End {}));
            run.programs += last.map_or(0, |last| last + 1);
            let (mut at, mut has_raced) = (0, false);
            for event in outcome.events {
                match event {
                    Event::Runs { program } => (at, has_raced) = (program, false),
                    // One race has many reports.
                    Event::Reported(_) if has_raced => {}
                    Event::Reported(report) => {
                        has_raced = true;
                        let report = self.desk.workshop.named(&report);
                        let history = left.get(..at).unwrap_or_default().concat();
                        let lines = left.get(at).cloned().unwrap_or_default();
                        let (kind, what, trace) = (Kind::Race, report.what, report.trace);
                        self.found(Suspect { kind, mode, lines, history, what, trace }, stop)?;
                    }
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
                    Event::End {} => {}
                }
            }
            let (kind, what, trace) = match outcome.ended {
                Ended::Well(_) => return Ok(true),
                Ended::Over => return Ok(false),
                Ended::Failed(said) => {
                    run.why = Some(last_lines(&said, 1));
                    return Ok(false);
                }
                Ended::Signal(name, printed) => match address::defect(&printed) {
                    Some(what) => (Kind::Memory, what, address::trace(&printed)),
                    None => {
                        let is_abort = name == "SIGABRT" && printed.contains("panic");
                        let kind = if is_abort { Kind::Abort } else { Kind::Crash };
                        (kind, format!("killed by {name}"), trace(&printed))
                    }
                },
                Ended::Hang(stacks) => {
                    let seconds = self.options.hang.as_secs();
                    (Kind::Hang, format!("nothing happened for {seconds} s"), stacks)
                }
            };
            let Some(last) = last else {
                run.why = Some(format!("{what} before the first program: {}", last_lines(&trace, 1)));
                return Ok(false);
            };
            let mut history: Vec<String> = left[..last].concat();
            let mut lines = left[last].clone();
            if has_ended {
                // All of them ran: it was the end of the process.
                history.append(&mut lines);
            }
            if mode == Mode::NoMemory && kind == Kind::Abort {
                run.why = Some("PyO3 itself panics without memory: aborts by a panic are not counted".to_owned());
            } else if !has_raced || kind != Kind::Crash {
                // A crash after a race is its consequence.
                self.found(Suspect { kind, mode, lines, history, what, trace }, stop)?;
            }
            if has_ended {
                return Ok(true);
            }
            let fatal = self.fatal(mode);
            left.drain(..=last);
            left.retain(|lines| !lines.iter().any(|line| fatal.contains(&call_of(line))));
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
        let tested = self.desk.workshop.tested;
        let command = PythonCommand {
            python: tested.python.clone(),
            options: Vec::new(),
            work: Work::Statements(line.to_owned()),
            argv: vec!["-c".to_owned()],
        };
        let launch = |call, reads: &[&Path], writes: &[&Path]| tested.isolated(call, reads, writes);
        let unit = leaks::Unit { command: &command, python: tested.base(), launch: &launch };
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
        let Ok(report) = leaks::measure_in(&unit, &options, &|_| {}, stop) else {
            stop.check()?;
            // The same call may not work again and again: another object with the same name, a limit.
            return Ok(None);
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
