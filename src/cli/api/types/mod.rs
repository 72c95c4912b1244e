//! `monowheel api types`.

mod show;

use std::path::{Path, PathBuf};

use monowheel_api::boundary::{Calls, Ranking, Value, rank};
use monowheel_api::read::source;
use monowheel_audit::source as sources;
use monowheel_build::boundary::{self, Measured, Missing, Request};
use monowheel_build::floor;
use monowheel_build::toolchain::Machine;
use monowheel_error::{Error, ErrorKind, ExitCode, Result, text};
use monowheel_project::project::Project;
use monowheel_system::exec::{CancelToken, IsolationReport, Isolator};
use monowheel_test::trials::{self, Python, Wanted};
use monowheel_wheel::time;
use serde::Serialize;

use crate::cli::api::args::TypesArgs;
use crate::cli::args::Global;
use crate::cli::building::progress::Progress;
use crate::cli::command::known;
use crate::cli::pythons::chosen;
use crate::cli::screen::Screen;

const SCHEMA: &str = "monowheel.api-types/1";
/// Rounds of the measurement, and with `--quick`.
const ROUNDS: (usize, usize) = (21, 5);
/// Where no project has a version of PyO3.
const NEWEST: &str = "*";

/// The JSON document.
#[derive(Serialize)]
struct Report {
    schema: &'static str,
    monowheel: &'static str,
    /// The day of the measurement, UTC.
    date: String,
    /// The version of PyO3.
    pyo3: String,
    /// The floor of abi3; none without abi3.
    floor: Option<String>,
    /// The interpreter, such as `CPython 3.13.1`.
    python: String,
    /// Its platform.
    platform: String,
    /// The version of rustc.
    rustc: String,
    /// Rounds of the measurement; 0 if nothing was measured.
    rounds: usize,
    isolation: IsolationReport,
    /// The values that each type was called with.
    values: Vec<boundary::Value>,
    #[serde(flatten)]
    calls: Calls,
    /// Types that this PyO3 with this floor does not have.
    missing: Vec<Missing>,
    /// The project, if one was read.
    project: Option<Conversions>,
}

/// The conversions of a project.
#[derive(Serialize)]
struct Conversions {
    /// The module that Python imports.
    module: String,
    #[serde(flatten)]
    ranking: Ranking,
}

pub(super) fn run(
    args: &TypesArgs,
    global: &Global,
    own: Option<PathBuf>,
    stop: &CancelToken,
    screen: &mut Screen,
) -> Result<ExitCode> {
    let types = boundary::chosen(&args.types, &args.with)?;
    let project = project(args.project.as_deref(), screen)?;
    // Read first: a mistake in the sources is reported before anything is compiled.
    let uses = match &project {
        Some(project) => Some((project.module.clone(), source::uses(&sources::read(&project.root)?))),
        None => None,
    };
    let (named, python) = python(args.python.as_deref(), own.clone(), stop)?;
    let floor = match (args.floor, args.no_abi3) {
        (Some(floor), _) => Some(floor.version().1),
        (None, false) => project.as_ref().and_then(floor::current),
        (None, true) => None,
    };
    check(&python, floor)?;
    let pyo3 = version(args.pyo3.as_deref(), project.as_ref());
    let isolator = Isolator::choose(args.isolation.or_default(), stop)?;
    let machine = Machine::probe(own, stop)?;
    let progress = Progress::new(screen, global.verbose);
    let rounds = match (args.no_cost, args.quick) {
        (true, _) => 0,
        (false, true) => ROUNDS.1,
        (false, false) => ROUNDS.0,
    };
    let request = Request {
        pyo3,
        floor,
        python: &python.path,
        named,
        python_version: python.name(),
        types,
        rounds,
        toolchain: args.toolchain.named(),
        isolator: &isolator,
    };
    let measured = boundary::measure(&request, &machine, stop, &progress)?;
    let report = report(measured, &request, &python, uses)?;
    match (args.markdown, global.json) {
        (true, _) => screen.machine(&show::markdown(&report))?,
        (false, true) => screen.json(&report)?,
        (false, false) => show::show(&report, args, global.verbose, screen),
    }
    Ok(ExitCode::Clean)
}

fn report(
    measured: Measured,
    request: &Request<'_>,
    python: &Python,
    uses: Option<(String, Vec<source::Use>)>,
) -> Result<Report> {
    let calls = Calls::read(&measured.report)?;
    let project = uses.map(|(module, uses)| Conversions { module, ranking: rank(&uses, &calls) });
    Ok(Report {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        date: time::now().map(time::date).unwrap_or_default(),
        pyo3: measured.pyo3,
        floor: request.floor.map(|minor| format!("3.{minor}")),
        python: python.name(),
        platform: python.about.platform.clone(),
        rustc: measured.rustc,
        rounds: request.rounds,
        isolation: request.isolator.report(),
        values: boundary::values(&request.types),
        calls,
        missing: measured.missing,
        project,
    })
}

fn values(report: &Report) -> Vec<Value<'_>> {
    report.values.iter().map(|value| Value { kind: value.kind, expression: value.expression }).collect()
}

/// The project that was named, or the one in the current directory, if one is there.
fn project(named: Option<&Path>, screen: &mut Screen) -> Result<Option<Project>> {
    if let Some(named) = named {
        return match named.is_dir() {
            true => Project::read(named).map(Some),
            false => Err(Error::new(ErrorKind::Usage, "no such directory")
                .at(named.display())
                .next("name the directory of a PyO3 project, or leave it out: --pyo3 VERSION")),
        };
    }
    let here = Path::new(".");
    let has_manifest = ["Cargo.toml", "pyproject.toml"].iter().any(|name| here.join(name).exists());
    let read = has_manifest.then(|| Project::read(here)).transpose();
    Ok(read.unwrap_or_else(|error| {
        screen.note(text!("this directory is not used as a project: {}\n", error.what()));
        None
    }))
}

/// The interpreter that was named, or the one that runs monowheel, with its path as it was named. The module is for the C
/// library of the latter.
fn python(named: Option<&str>, own: Option<PathBuf>, stop: &CancelToken) -> Result<(PathBuf, Python)> {
    let own = Wanted::Path(known(own)?);
    let wanted = named.map_or_else(|| Ok(own.clone()), Wanted::parse)?;
    let paths: Vec<PathBuf> = [&wanted, &own].into_iter().filter_map(Wanted::path).collect();
    let found = trials::find(&paths, stop)?;
    let libc = |python: &Python| python.about.libc.as_ref().map(|(name, _)| name.clone());
    let own_libc = found.pythons.iter().find(|python| own.is(python)).and_then(libc);
    let pythons = chosen(std::slice::from_ref(&wanted), &found, true, true)?;
    let python = pythons.into_iter().find(|python| libc(python) == own_libc).cloned().ok_or_else(|| {
        Error::new(ErrorKind::Usage, "this interpreter does not run natively here, or with another C library")
            .at(&wanted)
            .next("name another one with --python; monowheel pythons lists them")
    })?;
    Ok((wanted.path().unwrap_or_else(|| python.path.clone()), python))
}

/// Refuses an interpreter that cannot load the module.
fn check(python: &Python, floor: Option<u8>) -> Result<()> {
    let about = &python.about;
    let refused =
        |what: String, next: &str| Err(Error::new(ErrorKind::Usage, what).at(python.path.display()).next(next));
    if about.implementation != "cpython" {
        return refused(
            format!("{} is not a CPython, and types are measured on CPython", python.name()),
            "name a CPython with --python",
        );
    }
    match floor {
        Some(floor) if about.version < (3, floor) => refused(
            format!("{} is older than the floor 3.{floor}", python.name()),
            "name a newer interpreter with --python, or a lower floor with --floor",
        ),
        Some(_) if about.free_threaded => refused(
            format!("{} is free-threaded, and does not load modules for abi3", python.name()),
            "leave out abi3 with --no-abi3, or name another interpreter with --python",
        ),
        _ => Ok(()),
    }
}

/// The version of PyO3: as stated, the project's, or the newest.
fn version(named: Option<&str>, project: Option<&Project>) -> String {
    let own = || project.map(|project| project.bindings.version_text.clone()).filter(|text| !text.is_empty());
    named.map(str::to_owned).or_else(own).unwrap_or_else(|| NEWEST.to_owned())
}
