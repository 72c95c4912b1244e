//! `monowheel reproduce`.

use std::path::PathBuf;

use crate::build::input::Input;
use crate::cli::args::{Global, ReproduceArgs};
use crate::cli::keep;
use crate::cli::screen::{BAD, FAINT, GOOD, Screen};
use crate::error::{ExitCode, Result};
use crate::exec::Stop;
use crate::report::Text;
use crate::report::compare::{render, verdict};
use crate::report::words::harmless;
use crate::reproduce::{Request, reproduce};

pub(super) fn run(
    args: &ReproduceArgs,
    global: &Global,
    python: PathBuf,
    stop: &Stop,
    screen: &mut Screen,
) -> Result<ExitCode> {
    // What cannot be meant is said before anything is begun.
    Input::parse(&args.plan.project)?;
    let kept = keep::folder(args.keep.as_deref(), "monowheel-reproduce-")?;
    let request = Request {
        project: args.plan.project.clone(),
        words: args.plan.words(),
        python,
        cold: args.cold,
        folder: kept.path.clone(),
    };
    let reproduction = reproduce(&request, stop, &mut |line| screen.note(&harmless(line)))?;
    for circumstance in &reproduction.circumstances {
        screen.note(&format!("{FAINT}elsewhere: {} {}{FAINT:#}", circumstance.what, harmless(&circumstance.there)));
    }
    let report = &reproduction.comparison;
    if let Some(output) = &args.output {
        fs_err::write(output, reproduction.json())?;
    }
    if global.json {
        screen.machine(&reproduction.json())?;
    } else if args.output.is_some() {
        let style = if report.identical { GOOD } else { BAD };
        screen.note(&format!("{style}{}{style:#}", verdict(report)));
    } else {
        screen.print(render(report, Text { colours: true, details: global.verbose }));
    }
    Ok(reproduction.exit_code())
}
