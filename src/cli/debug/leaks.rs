//! `monowheel debug leaks`.

use std::time::Duration;

use monowheel_debug::leaks::{Confidence, Frame, Options, Report, Stack, Verdict, measure};
use monowheel_error::terminal::TerminalText;
use monowheel_error::text::count;
use monowheel_error::{ExitCode, Result, text};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::debug::args::LeaksArgs;
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{BAD, GOOD, Screen, WARN};

/// Stacks and frames that are shown without `--verbose`.
const STACKS: usize = 3;
const FRAMES: usize = 8;
pub(super) fn run(args: &LeaksArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let options = Options {
        setup: args.setup.clone(),
        call: args.call.clone(),
        calls: args.calls,
        warm_up: args.warm_up,
        rounds: args.rounds,
        limit: Duration::from_secs(args.time_limit),
        memray: !args.no_memray,
    };
    let report = {
        let notes = screen.notes();
        measure(&args.words, &options, &|line| notes.line(text!("{}", line)), stop)?
    };
    if global.json {
        screen.json(&report)?;
    } else {
        show(&report, global.verbose, screen);
    }
    Ok(match report.verdict {
        Verdict::Clean => ExitCode::Clean,
        Verdict::Leaks => ExitCode::Findings,
        Verdict::Undecided => ExitCode::Incomplete,
    })
}

/// The findings, the stacks, and how it was measured.
fn show(report: &Report, verbose: bool, screen: &mut Screen) {
    let width = screen.width();
    for finding in &report.findings {
        let confidence = match finding.confidence {
            Confidence::Certain => "leak:",
            Confidence::Likely => "likely leak:",
        };
        screen.print(labelled(&BAD.paint(text!("{}", confidence)), &finding.what, width));
        for why in &finding.why {
            screen.print(labelled(&text!("  "), why, width));
        }
        screen.print(text!("  next: {}\n\n", finding.fix));
    }
    let shown = if verbose { report.stacks.len() } else { STACKS };
    for stack in report.stacks.iter().take(shown) {
        screen.print(stacked(stack, verbose) + text!("\n"));
    }
    if report.stacks.len() > shown {
        screen.print(faint(&text!("and {} (-v shows all)", count(report.stacks.len() - shown, "other stack")), width));
    }
    for series in &report.undecided {
        screen.print(labelled(&WARN.paint(text!("undecided:")), &format!("{series} grew, but not steadily"), width));
    }
    for note in &report.notes {
        screen.print(faint(&text!("note: {}", note), width));
    }
    let measured = &report.measured;
    screen.print(faint(
        &text!(
            "CPython {}{}: {} of {}, after {} to warm up",
            report.python.release,
            if report.python.free_threaded { ", free-threaded" } else { "" },
            count(measured.rounds as usize, "round"),
            count(usize::try_from(measured.calls).unwrap_or(usize::MAX), "call"),
            measured.warm_up
        ),
        width,
    ));
    screen.print(match report.verdict {
        Verdict::Clean => GOOD.paint(text!("nothing grows")).line(),
        Verdict::Leaks => BAD.paint(count(report.findings.len(), "leak")).line(),
        Verdict::Undecided => {
            WARN.paint(text!("undecided")).line() + text!("  next: measure more rounds, for example --rounds 40\n")
        }
    });
}

/// One stack, without the frames of CPython and PyO3.
fn stacked(stack: &Stack, verbose: bool) -> TerminalText {
    let who = if stack.native { "native code" } else { "Python's allocator" };
    let mut text = text!("{:.0} bytes in {:.2} allocations per call, by {}:\n", stack.size, stack.count, who);
    let is_shown = |frame: &&Frame| verbose || !frame.is_plumbing();
    let mut frames: Vec<&Frame> = stack.frames.iter().filter(is_shown).collect();
    // Of a call of C from Python, at least where it was made.
    if frames.is_empty() {
        frames = stack.frames.iter().collect();
    }
    let most = if verbose { frames.len() } else { FRAMES };
    for frame in frames.iter().take(most) {
        let place = match frame.line {
            0 => frame.file.clone(),
            line => format!("{}:{line}", frame.file),
        };
        let words: Vec<&str> = [frame.function.as_str(), &place].into_iter().filter(|word| !word.is_empty()).collect();
        text += text!("    {}\n", words.join("  "));
    }
    text
}
