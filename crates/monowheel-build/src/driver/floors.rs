//! The same stages as a build's, up to its tools and dependencies, and then checks instead of wheels.

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_system::exec::CancelToken;

use super::own_job::own_job;
use super::source::Source;
use super::workshop::{Tools, Workshop};
use super::{Context, Request, refuse_problems};
use crate::event::{Event, Watch};
use crate::floor::check::Checks;
use crate::floor::{self, Report, manifests};
use crate::native::obtain;
use crate::prepare::Prepared;
use crate::prerequisites::Prerequisites;
use crate::toolchain::Machine;

/// Finds the floors of abi3 that what was prepared compiles for: the lowest, or `all`.
///
/// # Errors
/// When the project cannot be built on this machine, or compiles neither with nor without abi3, or Ctrl-C was pressed.
pub fn floors(
    mut prepared: Prepared,
    request: &Request,
    all: bool,
    stop: &CancelToken,
    watch: &dyn Watch,
) -> Result<Report> {
    let machine = prepared.machine.clone();
    // Dropped, and with it the work directory, at the end.
    let fresh = prepared.fresh.take();
    let context = Context { request, machine: &machine, is_fresh: fresh.is_some(), stop, watch };
    refuse_problems(&prepared)?;
    let profile = prepared.profile().to_owned();
    let Prepared { plan, project, sdist, work, unpacked, index, .. } = prepared;
    let tools = Tools::choose(&plan, &context)?;
    let job = own_job(&plan, &machine)?;
    let note = |note: String| watch.saw(&Event::Note(note));
    let offered = obtain::programs(&plan.native, &machine.native.store, &index, stop, &note)?;
    let workshop = Workshop::open(&plan, tools, offered, &work, unpacked, &context)?;
    let source = Source::obtain(sdist, &project, &workshop, &context)?;
    let needs =
        Prerequisites { has_own_sysroot: workshop.sysroot.is_some(), workspace: &workshop.workspace, stop, watch };
    let mut bench = workshop.bench(&needs, &source, &profile, &context)?;
    workshop.add_libraries(&mut bench, &[job], &context)?;
    manifests::remove_floors(&workshop.workspace.source(), &project.bindings.key)?;
    let unpacked = Project::read_third_party(&source.folder)?;
    let sets_floor = |feature: &str| feature.rsplit('/').next().is_some_and(|name| name.starts_with("abi3"));
    let checks = Checks {
        bench: &bench,
        project: &unpacked,
        features: job.features.iter().filter(|name| !(name.contains('/') && sets_floor(name))).cloned().collect(),
        target_dir: workshop.target_dirs.join("floors"),
        log: workshop.workspace.log("floor"),
        stop,
        watch,
    };
    watch.saw(&Event::Step("compiling for the floors that decide"));
    let report = floor::report(&project, plan.project.clone(), all, |minor| {
        watch.saw(&Event::StepLine(&format!("abi3 from 3.{minor} on")));
        checks.floor(minor)
    });
    watch.saw(&Event::StepDone);
    let report = report?;
    if report.advice.floor.is_none() {
        compiles_without_abi3(&checks, &machine)?;
    }
    Ok(report)
}

/// Code that does not compile at all says nothing about floors.
fn compiles_without_abi3(checks: &Checks<'_>, machine: &Machine) -> Result<()> {
    let Some(python) = &machine.python else { return Ok(()) };
    checks.watch.saw(&Event::Step("compiling without abi3"));
    let checked = checks.without_abi3(python);
    checks.watch.saw(&Event::StepDone);
    match checked?.errors.first() {
        None => Ok(()),
        Some(error) => Err(Error::new(ErrorKind::Tool, format!("the crate does not compile: {}", error.message))
            .at(if error.file.is_empty() {
                checks.log.display().to_string()
            } else {
                format!("{}:{}", error.file, error.line)
            })
            .next("make `cargo check` succeed first")),
    }
}
