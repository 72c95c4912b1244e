//! `monowheel test`.

pub(super) mod args;
pub(super) mod report;

use std::path::{Path, PathBuf};

use monowheel_audit::audit;
use monowheel_audit::report::test_report::{is_bad, tally, worst};
use monowheel_audit::report::{Text, document, html};
use monowheel_audit::test_report::{self, Proof, Verdict};
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_project::config::Configuration;
use monowheel_system::exec::{CancelToken, Isolation, Isolator};
use monowheel_system::own_files;
use monowheel_test::trials::Settings;
use monowheel_test::trials::{self, Event, Options, Wanted};

use crate::cli::args::Global;
use crate::cli::format;
use crate::cli::pythons::chosen;
use crate::cli::screen::{BAD, GOOD, Screen};
use crate::cli::test::args::{ProofFormat, TestArgs};
use crate::cli::test::report::{line, render};

pub(super) fn run(args: &TestArgs, global: &Global, stop: &CancelToken, screen: &mut Screen) -> Result<ExitCode> {
    let format = format::chosen(args.format, global.json, ProofFormat::Json, ProofFormat::Text)?;
    let wanted: Vec<Wanted> = args.pythons.iter().map(|text| Wanted::parse(text)).collect::<Result<_>>()?;
    let folders = folders(&args.find_links)?;
    let settings = settings(args)?;
    let isolation = args.isolation.given().or(settings.table.isolation).unwrap_or_default();
    let isolator = Isolator::choose(isolation, stop)?;
    let releases = trials::releases(&wheels(&args.wheels)?)?;
    let named: Vec<PathBuf> = wanted.iter().filter_map(Wanted::path).collect();
    let found = trials::find(&named, stop)?;
    let pythons = chosen(&wanted, &found, args.all, args.native)?;
    let options = Options {
        jobs: args.jobs.map(usize::from),
        find_links: folders,
        found: found.pythons.clone(),
        offline: args.offline,
        index: None,
        isolator,
        isolation_required: isolation == Isolation::Required,
        stop: stop.clone(),
    };
    let tried = pythons.iter().filter(|python| python.about.unfit().is_none()).count();
    screen.note(text!(
        "{} on {}",
        count(releases.iter().map(|release| release.wheels.len()).sum(), "wheel"),
        count(tried, "interpreter")
    ));
    let proof = {
        let how = Text { colours: screen.progress_colours(), details: false, ..Text::default() };
        let notes = screen.notes();
        let told = |event: Event<'_>| {
            notes.line(match event {
                Event::Ended(trial) => line(trial, how),
                Event::Waiting { python, holder } => text!("waiting for {}, which is using {}", holder, python),
            });
        };
        trials::prove(&releases, &pythons, &settings, &options, &told)?
    };
    keep(args, &proof)?;
    tell(&proof, format, args, global, screen)?;
    Ok(match worst(&proof) {
        Verdict::Failed => ExitCode::Findings,
        Verdict::NotRun => ExitCode::Incomplete,
        Verdict::Ran => ExitCode::Clean,
        Verdict::Nothing | Verdict::Skipped if proof.trials().any(|trial| trial.verdict == Verdict::Ran) => {
            ExitCode::Clean
        }
        Verdict::Nothing | Verdict::Skipped => {
            return Err(Error::new(
                ErrorKind::Toolchain,
                "no interpreter here accepts any of the wheels: nothing was run",
            )
            .next("run monowheel lab list to see the interpreters that you can install"));
        }
    })
}

/// Every wheel, once.
pub(in crate::cli) fn wheels(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut wheels = Vec::new();
    for path in named {
        if path.is_file() && path.extension().is_none_or(|end| end != "whl") {
            return Err(Error::new(ErrorKind::Usage, "not a wheel")
                .at(path.display())
                .next("name *.whl files or their directory"));
        }
        for subject in audit::of_path(path).map_err(|error| rephrased(&error, path))? {
            let wheel = PathBuf::from(subject.place);
            if !wheels.contains(&wheel) {
                wheels.push(wheel);
            }
        }
    }
    Ok(wheels)
}

/// Wheels that are not on disk cannot be run, although an audit could read them.
fn rephrased(error: &Error, path: &Path) -> Error {
    Error::new(error.kind(), error.what())
        .at(path.display())
        .next("name wheels or their directory; `monowheel build` writes dist/")
}

fn folders(named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let folder = |path: &PathBuf| {
        if path.is_dir() {
            return Ok(fs_err::canonicalize(path)?);
        }
        Err(Error::new(ErrorKind::Usage, "--find-links: no such directory").at(path.display()))
    };
    named.iter().map(folder).collect()
}

fn settings(args: &TestArgs) -> Result<Settings> {
    let project = Configuration::find(args.config.as_deref(), None)?;
    let mut settings = Settings::for_project(project.as_ref())?;
    if let Some(command) = &args.command {
        settings.table.command = Some(command.clone());
        // Directories on the command line count, whatever the wheels are called.
        settings.name = None;
    }
    settings.table.requires.extend(args.requires.iter().cloned());
    settings.check()?;
    Ok(settings)
}

/// Writes the test report next to the wheels if they were one complete directory, for audits and releases.
fn keep(args: &TestArgs, proof: &Proof) -> Result<()> {
    let [folder] = args.wheels.as_slice() else { return Ok(()) };
    if !folder.is_dir() {
        return Ok(());
    }
    proof.write(&folder.join(test_report::FILE))
}

fn tell(proof: &Proof, format: ProofFormat, args: &TestArgs, global: &Global, screen: &mut Screen) -> Result<()> {
    let (colours, width) = (args.output.is_none(), screen.width().filter(|_| args.output.is_none()));
    let how = Text { colours, details: global.verbose, width, ..Text::default() };
    let Some(output) = &args.output else {
        match format {
            ProofFormat::Text => screen.print(render(proof, how)),
            ProofFormat::Json => screen.json(proof)?,
            ProofFormat::Html => screen.machine(&html::proof_page(proof))?,
        }
        return Ok(());
    };
    let written = match format {
        ProofFormat::Text => render(proof, how).into_string(),
        ProofFormat::Json => document(proof),
        ProofFormat::Html => html::proof_page(proof),
    };
    own_files::write(output, "test", &written)?;
    let style = if is_bad(proof) { BAD } else { GOOD };
    screen.note(text!("{}; the report is in {}", style.paint(tally(proof)), output.display()));
    Ok(())
}
