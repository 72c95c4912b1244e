//! `monowheel doctor`.

pub(super) mod args;
pub(super) mod report;

use std::path::PathBuf;

use monowheel_audit::report::Text;
use monowheel_author::doctor::{Report, Request, examine, fix};
use monowheel_error::terminal::{TerminalText, lines};
use monowheel_error::text::{count, reason_lines};
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::doctor::args::DoctorArgs;
use crate::cli::doctor::report::{commands, render};
use crate::cli::screen::{BAD, FAINT, GOOD, Screen};
use crate::cli::stdin::is_yes;

pub(super) fn run(
    args: &DoctorArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let asks = args.fix && !args.yes && !args.dry_run;
    let cannot_ask = |why: &str| {
        Error::new(ErrorKind::Usage, why)
            .next("use --fix --yes to run them without asking, or --dry-run to only show them")
    };
    // Before the checks, which take a while.
    if asks && global.json {
        return Err(cannot_ask("--json cannot ask for confirmation"));
    }
    if asks && !screen.is_answered() {
        return Err(cannot_ask("cannot ask for confirmation: no terminal; nothing was run"));
    }
    let request = Request { root: args.project.clone(), selection: args.selection(), python, fresh: args.fresh };
    let mut report = look(&request, stop, screen)?;
    let how = screen.report(global.verbose);
    if args.fix || args.dry_run {
        if !global.json {
            screen.print(render(&report, how));
        }
        let fixes: Vec<_> = report.fixes().into_iter().cloned().collect();
        let listed: Vec<_> = fixes.iter().collect();
        if !global.json {
            screen.print(shown(&listed, how));
        }
        if args.dry_run || listed.is_empty() {
            return end(&report, global, screen);
        }
        if asks {
            screen.error(text!("Run {}? [y/N] ", count(listed.len(), "command")));
            if !is_yes(stop)? {
                screen.note(text!("nothing was run"));
                return end(&report, global, screen);
            }
        }
        let runs = fix::all(&listed, stop, &mut |line| screen.note(lines(line)))?;
        for one in runs.iter().filter(|one| !one.done) {
            let said = TerminalText::joined(reason_lines(&one.said).map(|line| text!("{}", line)), "\n  ");
            screen.note(text!("{}: {}\n  {}", BAD.paint("failed"), one.command, said));
        }
        report = look(&request, stop, screen)?;
        report.fix_runs = runs;
    }
    if !global.json {
        screen.print(render(&report, how));
    }
    end(&report, global, screen)
}

fn shown(fixes: &[&monowheel_author::doctor::Fix], how: Text) -> TerminalText {
    if fixes.is_empty() {
        return text!("\n{}\n", FAINT.paint("no command to run"));
    }
    text!("\n{}:\n{}", GOOD.paint("to fix"), commands(fixes, how))
}

fn look(request: &Request, stop: &CancelToken, screen: &mut Screen) -> Result<Report> {
    let is_live = screen.is_live();
    examine(request, stop, &mut |name| {
        if is_live {
            screen.note(FAINT.paint(text!("checking: {}", name)));
        }
    })
}

/// JSON is the last thing that is printed, and the only one on stdout.
fn end(report: &Report, global: &Global, screen: &mut Screen) -> Result<ExitCode> {
    if global.json {
        screen.json(&report)?;
    }
    Ok(report.exit_code())
}
