//! `monowheel release check`, `monowheel release prepare` and `monowheel release tag`.

pub(super) mod args;
pub(super) mod report;

use std::path::PathBuf;

use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_release::api::Means;
use monowheel_release::release::check::{Request, check};
use monowheel_release::release::prepare::{Preparation, Wanted, prepare};
use monowheel_release::release::{date, tag};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::release::args::{CheckArgs, PrepareArgs, ReleaseArgs, ReleaseCommand, TagArgs};
use crate::cli::release::report::{diffs, render};
use crate::cli::screen::{BAD, FAINT, GOOD, Screen};
use crate::cli::stdin::is_yes;

pub(super) fn run(
    args: &ReleaseArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    match &args.command {
        ReleaseCommand::Check(args) => look(&request(args, python, stop), global, stop, screen),
        ReleaseCommand::Prepare(args) => raise(args, global, stop, screen),
        ReleaseCommand::Tag(args) => make(args, global, python, stop, screen),
    }
}

fn request(args: &CheckArgs, python: Option<PathBuf>, stop: &CancelToken) -> Request {
    let api = Means { python, index: args.index.options(stop) };
    Request { root: args.project.clone(), set: args.dist.clone(), remote: args.remote.clone(), api }
}

fn look(request: &Request, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let report = check(request, stop)?;
    if global.json {
        screen.json(&report)?;
    } else {
        screen.print(render(&report, screen.report(global.verbose)));
    }
    Ok(report.exit_code())
}

fn make(
    args: &TagArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let tagged = tag::tag(&request(&args.check, python, stop), args.sign, stop)?;
    if global.json {
        screen.json(&tagged)?;
    } else {
        screen.print(render(&tagged.check, screen.report(global.verbose)));
        let name = &tagged.check.tag;
        if tagged.made {
            screen.print(text!("{} {}\n", GOOD.paint("tagged"), name));
        } else if tagged.is_there {
            screen.print(text!("{}: nothing to do here\n", GOOD.paint(text!("{} exists already", name))));
        } else {
            screen.note(text!("{}: every check must pass first", BAD.paint("no tag was created")));
        }
        if let Some(next) = &tagged.next {
            screen.print(text!("next: {}\n", next));
        }
    }
    Ok(tagged.check.exit_code())
}

fn raise(args: &PrepareArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let wanted = match (&args.version, args.bump) {
        (Some(version), _) => Wanted::Version(version.clone()),
        (None, Some(bump)) => Wanted::Next(bump.into()),
        (None, None) => {
            return Err(Error::new(ErrorKind::Usage, "no version is named").next("run monowheel release prepare X.Y.Z"));
        }
    };
    let asks = !args.yes && !args.dry_run;
    let cannot_ask = |why: &str| {
        Error::new(ErrorKind::Usage, why).next("use --yes to write without asking, or --dry-run to only show the diff")
    };
    if global.json && asks {
        return Err(cannot_ask("--json cannot ask for confirmation"));
    }
    let mut prepared = prepare(&args.project, &wanted, &date::day(args.date.as_deref())?, stop)?;
    if !global.json && !prepared.already {
        screen.print(diffs(&prepared, screen.report(global.verbose)));
    }
    if asks && !prepared.already {
        if !screen.is_answered() {
            return Err(cannot_ask("cannot ask for confirmation: no terminal; nothing was written"));
        }
        screen.error(text!("Write {}? [y/N] ", count(prepared.files.len(), "file")));
        if !is_yes(stop)? {
            screen.note(text!("nothing was written"));
            return Ok(ExitCode::Clean);
        }
    }
    if !args.dry_run && !prepared.already {
        prepared.write()?;
    }
    tell(&prepared, global, screen)?;
    Ok(ExitCode::Clean)
}

fn tell(prepared: &Preparation, global: &Global, screen: &mut Screen) -> Result<()> {
    if global.json {
        return screen.json(&prepared);
    }
    let release = format!("{} {}", prepared.name, prepared.version);
    if prepared.already {
        screen.note(text!("{}, with the date {}", GOOD.paint(text!("{} is already prepared", release)), prepared.date));
    } else if prepared.written {
        let wheels = if prepared.python_version == prepared.version {
            String::new()
        } else {
            format!(" (wheels: {})", prepared.python_version)
        };
        screen.note(text!(
            "{} {}{}\n{}",
            GOOD.paint("prepared"),
            release,
            wheels,
            FAINT.paint(text!("next: {}", prepared.next))
        ));
    } else {
        screen.note(text!("nothing was written"));
    }
    Ok(())
}
