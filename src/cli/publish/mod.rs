//! `monowheel publish`.

pub(super) mod args;
pub(super) mod report;

use std::path::PathBuf;
use std::sync::Mutex;

use monowheel_audit::report::Text;
use monowheel_audit::report::test_report::worst;
use monowheel_audit::test_report::Verdict;
use monowheel_error::terminal::TerminalText;
use monowheel_error::text::{count, reason_lines};
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_project::config::Configuration;
use monowheel_project::project::Project;
use monowheel_release::publish::rehearse::{Fault, Rehearsal, Scene, rehearse};
use monowheel_release::publish::{Attest, Credentials, Distributions, Event, Outcome, Place, Request, State, publish};
use monowheel_release::release::set::Set;
use monowheel_system::exec::CancelToken;
use monowheel_test::trials::{self, Python, Pythons, Wanted};
use monowheel_wheel::names::wheel_name;

use crate::cli::args::Global;
use crate::cli::publish::args::{PublishArgs, WhoseName};
use crate::cli::publish::report::{files, rehearsal, render};
use crate::cli::pythons;
use crate::cli::screen::{BAD, FAINT, GOOD, Screen, WARN};
use crate::cli::test::report::line;

pub(super) fn run(
    args: &PublishArgs,
    global: &Global,
    python: PathBuf,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let request = request(args, python)?;
    if args.rehearse {
        return in_private(args, &request, global, stop, screen);
    }
    let how = Text { colours: screen.progress_colours(), details: global.verbose, ..Text::default() };
    let distributions = distributions(args)?;
    let release = distributions.check(true, stop)?;
    let report = publish(&release, &request, stop, &mut |event| say(event, how, screen))?;
    if global.json {
        screen.json(&report)?;
    } else {
        screen.print(render(&report, screen.report(global.verbose)));
    }
    Ok(report.exit_code())
}

fn request(args: &PublishArgs, python: PathBuf) -> Result<Request> {
    let place = Place::parse(args.index.as_deref().unwrap_or("pypi"), args.index_url.as_deref())?;
    let credentials = match args.credentials {
        WhoseName::Trusted => Credentials::trusted(),
        // The rehearsal's own index needs no password.
        WhoseName::Environment if args.rehearse && args.index.is_none() => Credentials::trusted(),
        WhoseName::Environment => Credentials::environment(|name| std::env::var(name).ok())?,
    };
    let usual = args.credentials == WhoseName::Trusted && place.is_warehouse;
    let attests = args.attestations || (usual && !args.no_attestations);
    if attests && args.credentials == WhoseName::Environment {
        return Err(Error::new(ErrorKind::Usage, "attestations require trusted publishing")
            .at("--attestations")
            .next("remove --credentials environment or --attestations"));
    }
    Ok(Request {
        place,
        credentials,
        attest: if attests { Attest::Sigstore } else { Attest::No },
        dry_run: args.dry_run,
        python,
    })
}

/// The distributions in DIST, with their project.
fn distributions(args: &PublishArgs) -> Result<Distributions> {
    let set = Set::read(&args.dist)?;
    let project = project(args, &set)?;
    Ok(Distributions::of(set, project))
}

/// The project that was named, else the one in the current directory if it is the distributions' own.
fn project(args: &PublishArgs, set: &Set) -> Result<Option<Project>> {
    if let Some(root) = &args.project {
        return Project::read(root).map(Some);
    }
    let here = Configuration::find(None, None)?;
    let is_its = |here: &Configuration| here.name.as_ref() == Some(&wheel_name(&set.manifest.name));
    here.filter(is_its).map(|here| Project::read(&here.root)).transpose()
}

fn in_private(
    args: &PublishArgs,
    request: &Request,
    global: &Global,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let fault: Option<Fault> = args.fault.as_deref().map(str::parse).transpose()?;
    if args.index.is_some() && request.place.is_final() {
        return Err(Error::new(ErrorKind::Usage, "cannot rehearse against PyPI: uploads there are permanent")
            .at("--index")
            .next("leave out --index, or rehearse on TestPyPI: --index testpypi"));
    }
    if args.index.is_some() && matches!(fault, Some(Fault::OfIndex(_))) {
        return Err(Error::new(ErrorKind::Usage, "this fault works only with the built-in rehearsal index")
            .at("--fault")
            .next("leave out --index, or use --fault kill-after=N"));
    }
    let wanted: Vec<Wanted> = args.pythons.iter().map(|text| Wanted::parse(text)).collect::<Result<_>>()?;
    let named: Vec<PathBuf> = wanted.iter().filter_map(Wanted::path).collect();
    let found: Pythons = trials::find(&named, stop)?;
    let chosen: Vec<&Python> = pythons::chosen(&wanted, &found, false, wanted.is_empty())?;
    let distributions = distributions(args)?;
    let how = Text { colours: screen.progress_colours(), details: global.verbose, ..Text::default() };
    let made = {
        let shared = Mutex::new(&mut *screen);
        let told = |scene: &Scene<'_>| {
            if let Ok(mut screen) = shared.lock() {
                show(scene, how, &mut screen);
            }
        };
        rehearse(&distributions, request, args.index.is_some(), fault.as_ref(), &chosen, stop, &told)?
    };
    if global.json {
        screen.json(&made)?;
    } else {
        screen.print(rehearsal(&made, screen.report(global.verbose)));
    }
    Ok(judged(&made))
}

/// The exit code of the publication; if that succeeded, of the installation.
fn judged(made: &Rehearsal) -> ExitCode {
    let installed = made.installation.as_ref().map_or(ExitCode::Clean, |proof| match worst(proof) {
        Verdict::Failed => ExitCode::Findings,
        Verdict::NotRun => ExitCode::Incomplete,
        Verdict::Ran | Verdict::Nothing | Verdict::Skipped => ExitCode::Clean,
    });
    made.publication.exit_code().max(installed)
}

fn show(scene: &Scene<'_>, how: Text, screen: &mut Screen) {
    match scene {
        Scene::Index(url) => {
            screen.note(FAINT.paint(text!("started an index with its own CI identity service at {}", url)))
        }
        Scene::Publishing(event) => say(event, how, screen),
        Scene::Hit(hit) => {
            let said = TerminalText::joined(reason_lines(&hit.said).map(|line| text!("{}", line)), "\n  ");
            let there = count(hit.there, "file");
            screen.note(text!(
                "{} caused:\n  {}\n{} uploaded; running the same command again:",
                WARN.paint(text!("the fault {}", hit.fault)),
                said,
                there
            ));
        }
        Scene::Installing(trials::Event::Ended(trial)) => screen.note(line(trial, how)),
        Scene::Installing(trials::Event::Waiting { python, holder }) => {
            screen.note(text!("waiting for {}, which is using {}", holder, python));
        }
    }
}

fn say(event: &Event, how: Text, screen: &mut Screen) {
    match event {
        // If nothing follows, it is the result and goes to stdout.
        Event::Planned(report) if report.number(State::Upload) > 0 && report.outcome == Outcome::Planned => {
            screen.note(files(report, how).trimmed());
        }
        Event::Planned(_) => {}
        Event::Token(seconds) => {
            screen.note(text!("{}: got an upload token for {} minutes", GOOD.paint("trusted"), seconds.div_ceil(60)));
        }
        Event::Signing(number) => screen.note(text!("signing {}", count(*number, "file"))),
        Event::Uploading(file, number, all) => screen.note(text!("{}/{} {}", number, all, file)),
        Event::Again(why) => {
            let why = why.lines().collect::<Vec<_>>().join(": ");
            screen.note(text!("{}: {}; trying again", BAD.paint("upload failed"), why));
        }
        Event::Looking(number) => screen.note(text!("downloading {} from the index", count(*number, "file"))),
    }
}
