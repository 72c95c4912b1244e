//! `monowheel debug stack` and `monowheel debug hang`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_debug::stack::{Ended, Frame, Gil, Options, Report, Target, Thread, hang, read};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::CancelToken;
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::debug::args::{HangArgs, StackArgs};
use crate::cli::prose::labelled;
use crate::cli::screen::{BAD, FAINT, GOOD, Screen, TITLE, WARN};

/// The version of the JSON report of `hang`.
const HANG_SCHEMA: &str = "monowheel.debug-hang/1";

/// How a command ended.
#[derive(Serialize)]
struct HangReport<'a> {
    schema: &'static str,
    verdict: &'static str,
    stacks: Option<&'a Report>,
}

pub(super) fn run(
    args: &StackArgs,
    global: &Global,
    python: Option<&Path>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let symbols = args.shown.tables.files()?;
    let report = read(&target(args)?, Options { locals: args.shown.locals, symbols: &symbols, python }, stop)?;
    if global.json {
        screen.json(&report)?;
    } else {
        show(&report, global.verbose, screen);
    }
    Ok(if report.findings.is_empty() { ExitCode::Clean } else { ExitCode::Findings })
}

fn target(args: &StackArgs) -> Result<Target> {
    let usage = |what: &str| Error::new(ErrorKind::Usage, what).next("name a process, a core file, or -- COMMAND");
    match (args.target.as_deref(), args.words.is_empty()) {
        (Some(_), false) => Err(usage("both a process and a command")),
        (None, true) => Err(usage("whose stacks?")),
        (None, false) => Ok(Target::Command(args.words.clone(), Duration::from_secs(args.after))),
        (Some(text), true) => match text.parse() {
            Ok(id) => Ok(Target::Process(id)),
            Err(_) if Path::new(text).is_file() => Ok(Target::Core(PathBuf::from(text))),
            Err(_) => Err(usage(&format!("{text} is neither the number of a process nor a file"))),
        },
    }
}

pub(super) fn run_hang(
    args: &HangArgs,
    global: &Global,
    python: Option<&Path>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let (idle, limit) = (Duration::from_secs(args.idle), Duration::from_secs(args.time_limit));
    let symbols = args.shown.tables.files()?;
    let options = Options { locals: args.shown.locals, symbols: &symbols, python };
    let ended = hang(&args.words, idle, limit, options, stop)?;
    let (verdict, stacks) = match &ended {
        Ended::Well => ("ended", None),
        Ended::Hangs(report) => ("hangs", Some(report.as_ref())),
        Ended::Busy(report) => ("busy", Some(report.as_ref())),
    };
    if global.json {
        screen.json(&HangReport { schema: HANG_SCHEMA, verdict, stacks })?;
    } else {
        if let Some(report) = stacks {
            show(report, global.verbose, screen);
        }
        screen.print(match &ended {
            Ended::Well => GOOD.paint(text!("the command ended; it did not hang")).line(),
            Ended::Hangs(_) => {
                BAD.paint(text!("the command hangs: its threads hardly worked for {} s", args.idle)).line()
            }
            Ended::Busy(_) => {
                WARN.paint(text!("the command was still busy after {} s", args.time_limit)).line()
                    + text!("  next: allow more time: --time-limit SECONDS\n")
            }
        });
    }
    Ok(match &ended {
        Ended::Well => ExitCode::Clean,
        Ended::Busy(report) if report.findings.is_empty() => ExitCode::Incomplete,
        Ended::Hangs(_) | Ended::Busy(_) => ExitCode::Findings,
    })
}

/// The threads, and who waits for whom.
fn show(report: &Report, verbose: bool, screen: &mut Screen) {
    for thread in &report.threads {
        screen.print(self::thread(thread, verbose) + text!("\n"));
    }
    let width = screen.width();
    for unnamed in &report.unnamed {
        screen.print(labelled(&WARN.paint(text!("note:")), &unnamed.sentence(), width));
        screen.print(text!(
            "  next: build it with `monowheel build --symbols`, or get the line tables of a release with\n"
        ));
        screen.print(text!(
            "        `monowheel symbols rebuild NAME==VERSION`, and name their directory: --symbols DIR\n"
        ));
    }
    for finding in &report.findings {
        screen.print(labelled(&BAD.paint(text!("found:")), &finding.what, width));
        screen.print(text!("  next: {}\n", finding.fix));
    }
    if report.findings.is_empty() {
        screen.print(text!("{}\n", count(report.threads.len(), "thread")));
    }
}

fn thread(thread: &Thread, verbose: bool) -> TerminalText {
    let gil = match (thread.gil, thread.waits) {
        (Some(Gil::Holds), Some(wait)) => format!(", has the GIL, waits for {}", wait.label()),
        (Some(Gil::Holds), None) => ", has the GIL".to_owned(),
        (_, Some(wait)) => format!(", waits for {}", wait.label()),
        (_, None) => String::new(),
    };
    let mut text = text!("{}\n", TITLE.paint(text!("thread {} ({}){}", thread.id, thread.name, gil)));
    let mut left_out = 0;
    for frame in &thread.frames {
        if verbose || !frame.is_plumbing() {
            text += self::frame(frame);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let said = text!("    and {} of CPython, PyO3 and the system (-v shows them)", count(left_out, "frame"));
        text += FAINT.paint(said).line();
    }
    text
}

fn frame(frame: &Frame) -> TerminalText {
    let language = match frame.language {
        monowheel_debug::stack::Language::Python => "Python",
        monowheel_debug::stack::Language::Native => "native",
    };
    let mut text = text!("    {}  {}\n", language, frame.label());
    for variable in &frame.variables {
        text += text!("            {}\n", variable);
    }
    text
}
