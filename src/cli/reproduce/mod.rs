//! `monowheel reproduce`.

pub(super) mod args;

use std::path::PathBuf;

use monowheel_build::input::Input;
use monowheel_build::isolated::isolator;
use monowheel_build::reproduce::{Request, reproduce};
use monowheel_error::terminal::lines;
use monowheel_error::{ExitCode, Result, text};
use monowheel_system::exec::CancelToken;
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::compare::report::{render, verdict};
use crate::cli::reproduce::args::ReproduceArgs;
use crate::cli::screen::{BAD, FAINT, GOOD, Screen};
use crate::cli::work_dir;

pub(super) fn run(
    args: &ReproduceArgs,
    global: &Global,
    python: PathBuf,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    // Contradictory options are reported first. A release is downloaded once, so that both builds have the same
    // source, and the index's credentials are in no argument list.
    let input = Input::parse(&args.plan.project)?;
    let isolator = isolator(&input, args.isolation.or_default(), stop)?;
    let sdist = input.sdist(&args.plan.index.options(stop))?;
    for note in sdist.iter().flat_map(|sdist| &sdist.notes) {
        screen.note(text!("{}", note));
    }
    let project = sdist.map_or_else(|| args.plan.project.clone(), |sdist| sdist.path.display().to_string());
    let kept = work_dir::folder(args.keep.as_deref(), "monowheel-reproduce-")?;
    let request =
        Request { project, words: args.plan.words(), python, cold: args.cold, folder: kept.path.clone(), isolator };
    let reproduction = reproduce(&request, stop, &mut |line| screen.note(lines(line)))?;
    for circumstance in &reproduction.circumstances {
        screen.note(FAINT.paint(text!("second build: {} {}", circumstance.what, circumstance.there)));
    }
    screen.note(FAINT.paint(text!("build scripts ran {}", reproduction.isolation.line())));
    let report = &reproduction.comparison;
    if let Some(output) = &args.output {
        own_files::write(output, "reproduce", &monowheel_audit::report::document(&reproduction))?;
    }
    if global.json {
        screen.json(&reproduction)?;
    } else if args.output.is_some() {
        let style = if report.identical { GOOD } else { BAD };
        screen.note(style.paint(verdict(report)));
    } else {
        screen.print(render(report, screen.report(global.verbose)));
    }
    Ok(reproduction.exit_code())
}
