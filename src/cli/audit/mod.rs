//! `monowheel audit`.

pub(super) mod args;
mod fix;
mod progress;

use std::path::PathBuf;

use monowheel_audit::audit::{self, Named, Options, Subject};
use monowheel_audit::finding::Severity;
use monowheel_audit::report::{Format, GroupBy, Renderable, Report, Text};
use monowheel_audit::test_report::Proof;
use monowheel_error::text;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_net::{self, IndexOptions, Requirements, is_release};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_project::config::Configuration;
use monowheel_system::exec::CancelToken;
use monowheel_system::own_files;

use crate::cli::args::Global;
use crate::cli::args::findings::ReportArgs;
use crate::cli::audit::args::AuditArgs;
use crate::cli::audit::progress::Looking;
use crate::cli::format;
use crate::cli::job_summary;
use crate::cli::screen::{BAD, GOOD, Screen, WARN};

pub(super) fn run(
    args: &AuditArgs,
    global: &Global,
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let format = format::chosen(args.report.format, global.json, Format::Json, Format::Text)?;
    let project = Configuration::find(args.config.as_deref(), None)?;
    // A wrong ignore is reported before anything is downloaded.
    let policy = AuditPolicy::for_project(project.as_ref()).with(&args.report.ignore, args.report.fail_on)?;
    let paths = paths(args)?;
    let named = subjects(args, &paths, python.clone(), stop, screen)?;
    let jobs = args.jobs.map(usize::from);
    let sdist_folders = named.folders();
    let options = Options { jobs, floor: args.floor, sdist_folders, python, ..policy.options(named.sdists(), stop) };
    let mut report = audited(&named.subjects, &options, screen)?;
    if let Some(out) = &args.out {
        let fixed = fix::wheels(&report, out, args.unsafe_fixes, screen)?;
        report = audited(&fixed.subjects(&report), &options, screen)?;
        report.fixed = fixed.wheels;
    }
    report.proofs = proofs(&paths, screen);
    tell(&report, format, &args.report, None, global, screen)?;
    Ok(report.exit_code(policy.fail_on))
}

fn audited(subjects: &[Subject], options: &Options, screen: &Screen) -> Result<Report> {
    let looking = Looking::new(screen, subjects.len());
    let report = audit::audit(subjects, options, &|place| looking.ended(place));
    looking.end();
    report
}

/// The test reports next to the wheels in the named directories. A report about other wheels is ignored.
fn proofs(named: &[PathBuf], screen: &mut Screen) -> Vec<Proof> {
    let mut proofs = Vec::new();
    for folder in named.iter().filter(|path| path.is_dir()) {
        match Proof::of(folder) {
            Ok(proof) => proofs.extend(proof),
            Err(error) => screen.note(text!("{}: {}", WARN.paint("no test report"), error)),
        }
    }
    proofs
}

/// The paths and releases to audit; `dist` by default.
fn paths(args: &AuditArgs) -> Result<Vec<PathBuf>> {
    if !args.subjects.is_empty() || !args.requirements.is_empty() || args.installed {
        return Ok(args.subjects.clone());
    }
    let dist = PathBuf::from("dist");
    if !dist.is_dir() {
        return Err(Error::new(ErrorKind::Usage, "nothing to audit: there is no directory dist here")
            .next("name wheels, or a directory of wheels: monowheel audit PATH"));
    }
    Ok(vec![dist])
}

/// Everything that was named: on disk, in this environment, on an index.
fn subjects(
    args: &AuditArgs,
    paths: &[PathBuf],
    python: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<Named> {
    let mut all = Named::default();
    let mut requirements = Requirements::default();
    let mut asks_index = false;
    for named in paths {
        match named.to_str().filter(|text| !named.exists() && is_release(text)) {
            Some(text) if args.fix => {
                return Err(Error::new(ErrorKind::Usage, "--fix works only on local files")
                    .at(text)
                    .next("download it first: pip download --no-deps"));
            }
            Some(text) => {
                requirements.add(text)?;
                asks_index = true;
            }
            None => all.add(named)?,
        }
    }
    for file in &args.requirements {
        requirements.read(file)?;
        asks_index = true;
    }
    if args.installed {
        let python = python.ok_or_else(|| {
            Error::new(ErrorKind::Usage, "could not determine the Python environment")
                .next("run it with that environment's Python: python -m monowheel audit --installed")
        })?;
        all.extend(audit::installed(&python, stop)?, Vec::new());
    }
    if asks_index {
        let options = IndexOptions { whole: args.whole, ..args.index.options(stop) };
        let offer = monowheel_net::subjects(&requirements, &options)?;
        all.extend(offer.subjects, offer.sdists);
        for note in offer.notes {
            screen.note(text!("{}", note));
        }
    }
    Ok(all)
}

/// Prints the report, or writes it to a file and prints the summary.
pub(super) fn tell(
    report: &impl Renderable,
    format: Format,
    args: &ReportArgs,
    group_by: Option<GroupBy>,
    global: &Global,
    screen: &mut Screen,
) -> Result<()> {
    let output = args.output.as_deref();
    let how = Text {
        colours: output.is_none(),
        details: global.verbose,
        min_severity: args.min_severity,
        group_by,
        quiet: global.quiet && output.is_none(),
        width: screen.width().filter(|_| output.is_none()),
    };
    if format == Format::Github {
        // An annotation shows ten findings of a level and no more.
        job_summary::add(&report.render(Format::Markdown, Text::default()))?;
    }
    let Some(output) = output else {
        match format {
            Format::Text => screen.print(report.text(how)),
            Format::Json => screen.json(report)?,
            Format::Sarif | Format::Github | Format::Html | Format::Markdown | Format::Junit | Format::Gitlab => {
                screen.machine(&report.render(format, how))?
            }
        }
        return Ok(());
    };
    let view = report.view();
    own_files::write(output, view.words.command(), &report.render(format, how))?;
    let style = match view.counts.worst() {
        _ if !view.failures.is_empty() => BAD,
        Some(Severity::Error) => BAD,
        Some(Severity::Warning) => WARN,
        _ => GOOD,
    };
    screen.note(text!("{}; the report is in {}", style.paint(view.verdict()), output.display()));
    Ok(())
}
