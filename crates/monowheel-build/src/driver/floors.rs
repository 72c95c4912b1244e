//! The same stages as a build's, up to its tools and dependencies, and then checks instead of wheels.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_system::exec::CancelToken;

use super::source::Source;
use super::workshop::{Tools, Workshop};
use super::{Context, Request, refuse_problems};
use crate::event::{Event, Watch};
use crate::floor::check::Checks;
use crate::floor::{Report, Trial, manifests};
use crate::prepare::Prepared;
use crate::sdist::repacked;
use crate::toolchain::Machine;

/// Finds the floors of abi3 that what was prepared compiles for: the lowest, or `all`. `copy_to` gets a project with the same
/// source that has no floor of its own.
///
/// # Errors
/// When the project cannot be built on this machine, or compiles neither with nor without abi3, or Ctrl-C was pressed.
pub fn floors(
    prepared: Prepared,
    request: &Request,
    all: bool,
    copy_to: Option<&Path>,
    stop: &CancelToken,
    watch: &dyn Watch,
) -> Result<Report> {
    let machine = prepared.machine.clone();
    let context = Context { request, machine: &machine, is_fresh: false, stop, watch };
    refuse_problems(&prepared)?;
    let profile = prepared.profile().to_owned();
    let Prepared { plan, project, sdist, place, index, .. } = prepared;
    let tools = Tools::choose(&plan, &context)?;
    let job = plan.trial_job()?;
    let workshop = Workshop::open(&plan, tools, &index, place, &context)?;
    let source = Source::obtain(sdist, &project, &workshop, &context)?;
    let mut bench = workshop.bench(&workshop.needs(&context), &source, &profile, &context)?;
    workshop.add_libraries(&mut bench, &[job], &context)?;
    manifests::remove_floors(&workshop.workspace.source(), &project.bindings.key)?;
    if let Some(copy) = copy_to {
        manifests::remove_floor_from_maturin(&repacked::copy(&source.folder, &request.out, copy)?)?;
    }
    let unpacked = Project::read_third_party(&source.folder)?;
    let sets_floor = |feature: &str| feature.rsplit('/').next().is_some_and(|name| name.starts_with("abi3"));
    let checks = Checks {
        bench: &bench,
        project: &unpacked,
        features: job.features.iter().filter(|name| !(name.contains('/') && sets_floor(name))).cloned().collect(),
        target_dir: workshop.lane_dirs.other("floors"),
        log: workshop.workspace.log("floor"),
        stop,
        watch,
    };
    watch.saw(&Event::Step("compiling for the floors that decide"));
    let check = |minor| {
        watch.saw(&Event::StepLine(&format!("abi3 from 3.{minor} on")));
        checks.floor(minor)
    };
    let trial = Trial { facts: plan.project.clone(), isolation: request.isolator.report(), all };
    let report = trial.report(&project, check, || compiles_without_abi3(&checks, &machine));
    watch.saw(&Event::StepDone);
    report
}

/// Whether the crate is known to compile without abi3. Code that does not compile at all says nothing about floors.
fn compiles_without_abi3(checks: &Checks<'_>, machine: &Machine) -> Result<bool> {
    let Some(python) = &machine.python else { return Ok(false) };
    checks.watch.saw(&Event::StepLine("without abi3"));
    let checked = checks.without_abi3(python)?;
    match checked.errors.iter().find(|error| !error.file.is_empty()) {
        Some(error) => Err(Error::new(ErrorKind::Tool, format!("the crate does not compile: {}", error.message))
            .at(format!("{}:{}", error.file, error.line))
            .next("make `cargo check` succeed first")),
        // Else a build script refused, such as that of a PyO3 that does not know this Python.
        None => Ok(checked.compiles),
    }
}
