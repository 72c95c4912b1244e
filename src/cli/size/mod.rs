//! `monowheel size`.

pub(super) mod args;
mod change;
mod html;
mod levers;
mod report;
mod rows;
mod tree;

use std::path::{Path, PathBuf};

use monowheel_audit::report::document;
use monowheel_build::size::{self, Change, DistSize, Failure, Report, counterpart};
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_net::{Files, NamedFiles};
use monowheel_project::config::Configuration;
use monowheel_system::exec::CancelToken;
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::command::known;
use crate::cli::format;
use crate::cli::named_files;
use crate::cli::screen::{BAD, GOOD, Screen, WARN};
use crate::cli::size::args::{SizeArgs, SizeFormat};
use crate::cli::size::report::render;
use crate::cli::work_dir;

pub(super) fn run(
    args: &SizeArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    if args.levers {
        return levers::run(args, global, known(python)?, stop, screen);
    }
    if args.isolation.given().is_some() {
        return Err(
            Error::new(ErrorKind::Usage, "--isolation is for --try: otherwise nothing is run").next("leave it out")
        );
    }
    let format = format::chosen(args.format, global.json, SizeFormat::Json, SizeFormat::Text)?;
    let project = Configuration::find(args.config.as_deref(), None)?;
    let max_wheel = project.and_then(|project| project.config.size.max_wheel).map(|size| size.0);
    // What cannot be meant is said before anything is fetched.
    let subject = NamedFiles::parse(args.subject())?;
    let against = args.against.as_deref().map(NamedFiles::parse).transpose()?;
    let kept = work_dir::folder(None, "monowheel-size-")?;
    let options = args.index.options(stop);
    let files = named_files::files(subject, &options, screen)?;
    let others = against.map(|against| named_files::files(against, &options, screen)).transpose()?;
    let (mut measured, mut failures) = (Vec::new(), Vec::new());
    for name in files.names() {
        stop.check()?;
        let path = named_files::path(&files, name, &kept.path, screen)?;
        match size::file(&path, stop) {
            Ok(mut file) => {
                file.place = files.place(name);
                if let Some(others) = &others {
                    file.change = change(&file, others, &kept.path.join("against"), stop, screen)?;
                }
                measured.push(file);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
            Err(error) => failures.push(Failure { place: files.place(name), why: error.to_string() }),
        }
    }
    let report = Report::of(measured, failures, max_wheel);
    show(&report, format, args, global, screen)?;
    Ok(report.exit_code())
}

/// The difference to the file that corresponds; `None` where none does.
fn change(
    file: &DistSize,
    others: &Files,
    folder: &Path,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<Option<Change>> {
    let names: Vec<&str> = others.names().collect();
    let Some(name) = counterpart(&file.file, &names) else {
        screen.note(text!("{} {}: no wheel to compare it with is for this platform", WARN.paint("note:"), file.file));
        return Ok(None);
    };
    let other = size::file(&named_files::path(others, name, folder, screen)?, stop)?;
    Ok(Some(Change::of(file, &other)))
}

fn show(report: &Report, format: SizeFormat, args: &SizeArgs, global: &Global, screen: &mut Screen) -> Result<()> {
    let rows = if global.verbose { usize::MAX } else { usize::from(args.top) };
    let Some(output) = &args.output else {
        match format {
            SizeFormat::Text => screen.print(render(report, rows)),
            SizeFormat::Json => screen.json(report)?,
            SizeFormat::Html => screen.machine(&html::page(report))?,
        }
        return Ok(());
    };
    let written = match format {
        SizeFormat::Text => render(report, rows).plain().into_owned(),
        SizeFormat::Json => document(report),
        SizeFormat::Html => html::page(report),
    };
    own_files::write(output, "size", &written)?;
    let style = if report.exit_code() == ExitCode::Clean { GOOD } else { BAD };
    screen.note(text!("{}; the report is in {}", style.paint(report::verdict(report)), output.display()));
    Ok(())
}
