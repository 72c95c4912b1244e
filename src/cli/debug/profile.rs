//! `monowheel debug profile`.

use std::path::Path;
use std::time::Duration;

use monowheel_debug::profile::{Options, Report, Tool, profile};
use monowheel_error::{ExitCode, Result, text};
use monowheel_system::exec::{CancelToken, quoted};
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::debug::args::{ProfileArgs, ToolName};
use crate::cli::debug::flame::{amount, page, percent};
use crate::cli::prose::{faint, labelled};
use crate::cli::screen::{GOOD, Screen, TITLE};

/// Stacks that are shown without `--verbose`, and their frames.
const STACKS: usize = 5;
const FRAMES: usize = 4;

pub(super) fn run(
    args: &ProfileArgs,
    global: &Global,
    python: Option<&Path>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let options = Options {
        memory: args.memory,
        tool: args.tool.map(|name| match name {
            ToolName::Perf => Tool::Perf,
            ToolName::PySpy => Tool::PySpy,
        }),
        rate: args.rate,
        limit: Duration::from_secs(args.time_limit),
        symbols: args.tables.files()?,
    };
    let report = profile(&args.words, &options, python, stop)?;
    if let Some(output) = &args.output {
        let command = args.words.iter().map(quoted).collect::<Vec<_>>().join(" ");
        own_files::write(output, "profile", &page(&report, &command))?;
    }
    if global.json {
        screen.json(&report)?;
    } else {
        show(&report, args, global.verbose, screen);
    }
    Ok(ExitCode::Clean)
}

fn show(report: &Report, args: &ProfileArgs, verbose: bool, screen: &mut Screen) {
    let width = screen.width();
    for share in report.categories.iter().filter(|share| share.value > 0) {
        let label = share.category.label();
        screen.print(text!("{:>8}  {}\n", percent(share.value, report.total), label));
    }
    let shown = if verbose { report.stacks.len() } else { STACKS };
    for stack in report.stacks.iter().take(shown) {
        let title = format!("{}, {}", amount(stack.value, report.unit), percent(stack.value, report.total));
        screen.print(TITLE.paint(text!("{}", title)).line());
        let frames: Vec<&str> = stack.folded.rsplit(';').collect();
        let most = if verbose { frames.len() } else { FRAMES };
        for frame in frames.iter().take(most) {
            screen.print(text!("    {}\n", frame));
        }
    }
    for note in &report.notes {
        screen.print(faint(&text!("note: {}", note), width));
    }
    if report.waiting > 0 {
        let what =
            format!("{} of threads that waited for something else are left out", amount(report.waiting, report.unit));
        screen.print(labelled(&text!("note:"), &what, width));
    }
    screen.print(match &args.output {
        Some(output) => GOOD.paint(text!("the flame graph is in {}", output.display())).line(),
        None => text!("  next: write the flame graph: --output profile.html\n"),
    });
}
