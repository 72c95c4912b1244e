//! `monowheel soak`.

pub(super) mod args;

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_build::sanitized::{Request, Sanitizer, build};
use monowheel_build::toolchain::Machine;
use monowheel_debug::soak::{Finding, Kind, Mode, Options, Progress, Report, Run, soak};
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::{CancelToken, Isolator, last_lines};
use monowheel_system::own_files;
use monowheel_test::lab::Runner;
use monowheel_test::trials::{self, Python, Wanted};

use crate::cli::args::Global;
use crate::cli::command::known;
use crate::cli::prose::{faint, labelled};
use crate::cli::pythons::chosen;
use crate::cli::screen::{BAD, GOOD, Screen, WARN};
use crate::cli::soak::args::{ModeName, SanitizerName, SoakArgs};
use crate::cli::test::wheels;

/// Lines of a trace that are shown without `--verbose`.
const TRACE: usize = 8;

pub(super) fn run(
    args: &SoakArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let isolator = Isolator::choose(args.isolation.or_default(), stop)?;
    let own = known(python)?;
    let (pythons, releases) = match args.sanitizer.map(SanitizerName::sanitizer) {
        Some(sanitizer) => {
            let project = std::path::absolute(args.project()?)?;
            let pythons = pythons(args, sanitizer == Sanitizer::Thread, stop)?;
            let wheels = sanitized(args, (sanitizer, &project), &pythons, &own, stop, screen)?;
            (pythons, trials::releases(&wheels)?)
        }
        None => {
            let releases = trials::releases(&wheels(&args.wheels())?)?;
            let has_thread_sanitizer = releases.iter().any(|release| release.has(Sanitizer::Thread));
            (pythons(args, has_thread_sanitizer, stop)?, releases)
        }
    };
    let pythons: Vec<&Python> = pythons.iter().collect();
    let [release] = releases.as_slice() else {
        let what = format!("{}, not one", count(releases.len(), "release"));
        return Err(Error::new(ErrorKind::Usage, what).next("name the wheels of one release"));
    };
    let options = options(args, own, isolator);
    let report = {
        let (notes, verbose) = (screen.notes(), global.verbose);
        let told = |progress: Progress<'_>| match progress {
            Progress::Found(finding) if !global.json => notes.line(self::finding(finding, verbose)),
            Progress::Found(_) => {}
            Progress::Ended(run) => notes.line(ended(run)),
        };
        soak(release, &pythons, &options, &told, stop)?
    };
    if global.json {
        screen.json(&report)?;
    } else {
        show(&report, screen);
    }
    Ok(if !report.findings.is_empty() {
        ExitCode::Findings
    } else if report.runs.iter().all(|run| run.programs == 0) {
        ExitCode::Incomplete
    } else {
        ExitCode::Clean
    })
}

/// The interpreters to soak on: for wheels with `ThreadSanitizer` the one that can load them.
fn pythons(args: &SoakArgs, has_thread_sanitizer: bool, stop: &CancelToken) -> Result<Vec<Python>> {
    if has_thread_sanitizer {
        if args.pythons.is_empty() {
            return Ok(vec![trials::with_thread_sanitizer(stop)?]);
        }
        let what = "wheels with ThreadSanitizer run only on an interpreter that was compiled with it";
        return Err(Error::new(ErrorKind::Usage, what).next("leave out --python: the lab's cpython-3.15t-tsan is used"));
    }
    let wanted: Vec<Wanted> = args.pythons.iter().map(|text| Wanted::parse(text)).collect::<Result<_>>()?;
    let named: Vec<PathBuf> = wanted.iter().filter_map(Wanted::path).collect();
    let found = trials::find(&named, stop)?;
    // What a crash of an emulator says is not about the wheel.
    let pythons: Vec<Python> = chosen(&wanted, &found, false, true)?
        .into_iter()
        .filter(|python| python.runner == Runner::Native && python.about.implementation == "cpython")
        .filter(|python| python.about.unfit().is_none())
        .cloned()
        .collect();
    if pythons.is_empty() {
        return Err(Error::new(ErrorKind::Usage, "no native CPython to soak on")
            .next("run monowheel pythons to see the interpreters of this machine"));
    }
    Ok(pythons)
}

/// The project's wheels with a sanitizer.
fn sanitized(
    args: &SoakArgs,
    (sanitizer, project): (Sanitizer, &Path),
    pythons: &[Python],
    own: &Path,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<Vec<PathBuf>> {
    let folder = match sanitizer {
        Sanitizer::Address => "address-sanitizer",
        Sanitizer::Thread => "thread-sanitizer",
    };
    let out = std::path::absolute(&args.output)?.join(folder);
    fs_err::create_dir_all(&out)?;
    own_files::mark_directory(&out)?;
    let interpreters: Vec<PathBuf> = pythons.iter().map(|python| python.path.clone()).collect();
    let machine = Machine::probe(Some(own.to_path_buf()), stop)?;
    let request = Request { sanitizer, project, pythons: &interpreters, out: &out };
    build(&request, &machine, stop, &mut |line| screen.note(lines(line)))
}

fn options(args: &SoakArgs, own: PathBuf, isolator: Isolator) -> Options {
    let mode = |name: &ModeName| match name {
        ModeName::Plain => Mode::Plain,
        ModeName::Dev => Mode::Dev,
        ModeName::Threads => Mode::Threads,
        ModeName::Subinterpreters => Mode::Subinterpreters,
        ModeName::Shutdown => Mode::Shutdown,
        ModeName::Fork => Mode::Fork,
        ModeName::Nomemory => Mode::NoMemory,
        ModeName::Signals => Mode::Signals,
        ModeName::Leaks => Mode::Leaks,
    };
    let mut modes: Vec<Mode> = args.modes.iter().map(mode).collect();
    if modes.is_empty() {
        modes = Mode::ALL.to_vec();
    }
    modes.sort_unstable();
    modes.dedup();
    Options {
        modes,
        only: args.only.clone(),
        budget: Duration::from_secs(args.seconds),
        seed: args.seed,
        state: args.state.clone(),
        output: args.output.clone(),
        hang: Duration::from_secs(args.hang),
        own,
        find_links: args.find_links.clone(),
        is_offline: args.offline,
        isolator,
    }
}

fn ended(run: &Run) -> TerminalText {
    let why = run.why.as_ref().map(|why| format!(": {}", last_lines(why, 1))).unwrap_or_default();
    text!("{}  {}  {}{}", run.python, run.mode.word(), count(run.programs, "program"), why)
}

fn finding(finding: &Finding, verbose: bool) -> TerminalText {
    let title = format!("{}: {} ({}, mode {})", finding.kind.word(), finding.call, finding.python, finding.mode.word());
    let mut text = BAD.paint(text!("{}", title)).line();
    text += text!("   {}\n", finding.what);
    for line in &finding.lines {
        text += text!("    >>> {}\n", line);
    }
    // A race has two stacks.
    let stacks = if finding.kind == Kind::Race { 2 } else { 1 };
    let most = if verbose { usize::MAX } else { TRACE * stacks };
    for line in finding.trace.lines().take(most) {
        text += text!("    {}\n", line);
    }
    if let Some(script) = &finding.script {
        let how = if finding.repeats { "repeats it" } else { "did not repeat it when it was run again" };
        text += text!("  {} {}\n", script.display(), how);
    }
    text + text!("  next: {}\n", finding.fix)
}

fn show(report: &Report, screen: &mut Screen) {
    let width = screen.width();
    for run in report.runs.iter().filter(|run| run.programs == 0) {
        let what = run.why.as_deref().unwrap_or("no time for it");
        let label = text!("{} {} did not run:", run.python, run.mode.word());
        screen.print(labelled(&WARN.paint(label), &last_lines(what, 1), width));
    }
    let programs: usize = report.runs.iter().map(|run| run.programs).sum();
    let what = format!("{} {}, seed {}: {}", report.name, report.version, report.seed, count(programs, "program"));
    screen.print(faint(&text!("{}", what), width));
    screen.print(faint(&text!("it ran {}", report.isolation.line()), width));
    screen.print(if report.findings.is_empty() {
        GOOD.paint(text!("nothing found")).line()
    } else {
        BAD.paint(count(report.findings.len(), "finding")).line()
    });
}
