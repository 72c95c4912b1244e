//! `monowheel debug break`.

use std::io::IsTerminal as _;
use std::path::Path;
use std::time::Duration;

use monowheel_debug::breakpoints::{Frame, Hit, Kind, Options, Place, Reached, Report, Signal, launch, run as stops};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::atomic_write;
use monowheel_system::exec::{CancelToken, last_lines};
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::debug::args::{BreakArgs, DebuggerName};
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{BAD, FAINT, GOOD, Screen, TITLE, WARN};

/// Native frames of a hit that are shown without `--verbose`.
const FRAMES: usize = 6;
/// Lines of the program's output that are shown.
const PRINTED: usize = 20;
/// The version of the JSON report of `--vscode`.
const LAUNCH_SCHEMA: &str = "monowheel.debug-vscode/1";

/// What was written.
#[derive(Serialize)]
struct Written<'a> {
    schema: &'static str,
    path: &'a Path,
    left_out: &'a [String],
}

pub(super) fn run(args: &BreakArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let places: Vec<Place> = args.places.iter().map(|text| Place::parse(text)).collect::<Result<_>>()?;
    if args.vscode {
        return vscode(args, &places, global, screen);
    }
    if args.stop && !(std::io::stdin().is_terminal() && screen.width().is_some()) {
        return Err(Error::new(ErrorKind::Usage, "--stop needs a terminal, to type commands of the debugger")
            .next("leave it out: each hit is shown, and the command continues"));
    }
    let options = Options {
        debugger: args.debugger.map(|name| match name {
            DebuggerName::Gdb => Kind::Gdb,
            DebuggerName::Lldb => Kind::Lldb,
        }),
        hits: args.hits,
        is_interactive: args.stop,
        limit: Duration::from_secs(args.time_limit),
    };
    let report = {
        let (notes, verbose) = (screen.notes(), global.verbose);
        let mut told = |place: &Place, hit: &Hit| {
            if !global.json {
                notes.line(self::hit(place, hit, verbose));
            }
        };
        stops(&args.words, &places, &options, &mut told, stop)?
    };
    if global.json {
        screen.json(&report)?;
    } else {
        show(&report, global.verbose, screen);
    }
    Ok(if report.signal.is_some() {
        ExitCode::Findings
    } else if report.places.iter().any(|place| place.hits == 0) {
        ExitCode::Incomplete
    } else {
        ExitCode::Clean
    })
}

fn vscode(args: &BreakArgs, places: &[Place], global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    let launch = launch(&std::env::current_dir()?, &args.words, places)?;
    if let Some(folder) = launch.path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    atomic_write::write(&launch.path, &launch.text)?;
    if global.json {
        screen.json(&Written { schema: LAUNCH_SCHEMA, path: &launch.path, left_out: &launch.left_out })?;
        return Ok(ExitCode::Clean);
    }
    let word = if launch.exists { "updated" } else { "wrote" };
    screen.print(GOOD.paint(text!("{} {}", word, launch.path.display())).line());
    let width = screen.width();
    for place in &launch.left_out {
        let what = format!("{place}: set this breakpoint in the editor, VS Code keeps those of Python elsewhere");
        screen.print(labelled(&WARN.paint(text!("note:")), &what, width));
    }
    screen.print(text!(
        "  next: install the extensions Python Debugger (ms-python.debugpy) and CodeLLDB (vadimcn.vscode-lldb)\n"
    ));
    Ok(ExitCode::Clean)
}

/// One hit: the arguments, then both stacks.
fn hit(place: &Place, hit: &Hit, verbose: bool) -> TerminalText {
    let mut text = TITLE.paint(text!("{}  (thread {})", place.label(), hit.thread)).line();
    for argument in &hit.arguments {
        text += text!("    {}: {} = {}\n", argument.name, argument.kind, argument.value);
    }
    text += stack(&hit.python, &hit.native, verbose);
    text
}

/// Native frames come first where the stop is in native code; each list has its innermost frame first.
fn stack(python: &[Frame], native: &[Frame], verbose: bool) -> TerminalText {
    let is_shown = |frame: &&Frame| verbose || !frame.is_plumbing();
    let native: Vec<&Frame> = native.iter().filter(is_shown).collect();
    let most = if verbose { native.len() } else { FRAMES };
    let mut text = TerminalText::new();
    for frame in native.iter().take(most) {
        text += text!("    native  {}\n", frame.label());
    }
    if native.len() > most {
        let said = format!("{} (-v shows all)", count(native.len() - most, "other native frame"));
        text += FAINT.paint(text!("    and {}", said)).line();
    }
    for frame in python {
        text += text!("    Python  {}\n", frame.label());
    }
    text
}

fn show(report: &Report, verbose: bool, screen: &mut Screen) {
    let width = screen.width();
    let printed = last_lines(&report.printed, if verbose { usize::MAX } else { PRINTED });
    for line in printed.lines().filter(|_| verbose) {
        screen.print(FAINT.paint(text!("{}", line)).line());
    }
    if let Some(signal) = &report.signal {
        screen.print(crash(signal, verbose));
    }
    for place in &report.places {
        screen.print(self::place(place, width));
    }
    for note in &report.notes {
        screen.print(faint(&text!("note: {}", note), width));
    }
    screen.print(match (&report.signal, report.code) {
        (Some(signal), _) => BAD.paint(text!("the command was ended by {}", signal.signal)).line(),
        (None, Some(0) | None) => GOOD.paint(text!("the command ended")).line(),
        (None, Some(code)) => WARN.paint(text!("the command ended with exit code {}", code)).line(),
    });
}

fn crash(signal: &Signal, verbose: bool) -> TerminalText {
    let title = BAD.paint(text!("{}  (thread {})", signal.signal, signal.thread)).line();
    title + stack(&signal.python, &signal.native, verbose) + text!("\n")
}

fn place(place: &Reached, width: Option<usize>) -> TerminalText {
    let Some(advice) = &place.advice else {
        let more = if place.has_more { " or more" } else { "" };
        let what = format!("{}{more}", count(place.hits, "hit"));
        return labelled(&text!("{}:", place.place), &what, width);
    };
    let what = format!("never reached: {advice}");
    labelled(&WARN.paint(text!("{}:", place.place)), &what, width)
}
