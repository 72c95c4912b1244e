//! Decides what a build will do, before it does anything.
//!
//! [`plan`] is a function of a project, a selection and a machine: it starts no process and writes nothing. If a
//! standard library is missing that could be fetched or built, it asks the machine whether rustup's server responds.
//! One [`Job`] is one call of maturin, one wheel and one expected tag.

mod facts;
mod job;
mod project_settings;
mod pyodide;
mod trial;

use monowheel_error::{ErrorKind, Result};
use monowheel_manifest::pyo3::Support;
use monowheel_project::abi::{Abi, Floor};
use monowheel_project::family::Route;
use monowheel_project::project::Project;
use monowheel_project::target::{System, Target};

pub use self::facts::{Job, Plan, ProjectFacts, SCHEMA, Selection, ToolFacts, TripleStd};
use self::job::job;
pub use self::job::source_command;
use self::project_settings::ProjectSettings;
pub use crate::blocked::Blocked;
use crate::native::Native;
use crate::toolchain::Machine;
use crate::toolchain::choice::{self, Choice};

/// Decides what to build and how.
///
/// # Errors
/// When the selection is wrong or the project cannot be built for any target ([`Project::routes`]). A
/// missing tool is not an error here: it blocks the jobs that need it.
pub fn plan(project: &Project, selection: &Selection, machine: &Machine) -> Result<Plan> {
    let config = project.pyproject.config();
    let targets = asked(project, selection, machine)?;
    let floor = selection.floor.or(config.floor).map(Floor::version);
    let abis = selection.abis.as_deref().or(config.abis.as_deref());
    let routes = if selection.for_trial { project.possible_routes(abis, floor) } else { project.routes(abis, floor) };
    // A misspelled feature of PyO3 looks like a missing one: the manifest's own problem is the cause.
    let mut routes = routes.map_err(|error| project_settings::first_problem(project).unwrap_or(error))?;
    routes.iter_mut().for_each(|route| project_settings::add_conditional_features(project, route));
    // For all platforms of the project: the platforms requested now do not determine the compiler.
    let planned = config.targets()?;
    let triples: Vec<&str> = planned.iter().flat_map(|target| &target.triples).map(String::as_str).collect();
    let choice = Choice {
        triples: &triples,
        wanted: selection.toolchain.as_deref(),
        rust_version: project.rust_version.as_deref(),
        among: None,
        cache: &machine.std_cache,
    };
    let toolchain = choice::choose(&machine.toolchains, &choice);
    if let Err(error) = &toolchain {
        if error.kind() == ErrorKind::Usage {
            return Err(error.clone());
        }
    }
    let native = Native::of(project, &all_features(&routes), &machine.native)?;
    let ProjectSettings { mut problems, mut notes } =
        ProjectSettings::of(project, &targets, toolchain.as_deref().ok())?;
    problems.extend(native.problem.clone());
    let needs_library = Support::of(&project.bindings).import_library;
    let makes_library = project.bindings.enabled.contains("generate-import-lib");
    let jobs = targets
        .iter()
        .flat_map(|target| {
            // ABIs that the one Python of a Pyodide does not support are left out, unless there is no other.
            let fits = routes.iter().any(|route| pyodide::takes(target, route));
            let routes = routes.iter().filter(move |route| !fits || pyodide::takes(target, route));
            routes.map(move |route| (target, route))
        })
        .map(|(target, route)| {
            let mut job = job(target, route, toolchain.as_ref(), machine);
            let of_target = project_settings::contradiction(project, target);
            let of_target = of_target.or_else(|| project_settings::without_bindings(project, target));
            let zig = machine.zig.as_ref().map(|zig| zig.version.as_str());
            let of_native = || native.blocked.clone().or_else(|| native.hindrance(target, &machine.native, zig));
            job.blocked = problems.first().cloned().or(of_target).or(job.blocked).or_else(of_native);
            let is_for_zig = target.system == System::Win && target.links_with_zig();
            job.replaces_import_library = makes_library && matches!(job.family, Abi::Version { .. });
            job.import_library = needs_library && is_for_zig && (!makes_library || job.replaces_import_library);
            job
        })
        .collect();
    notes.extend(native.notes.iter().cloned());
    notes.extend(pyodide::note_on_c(&targets, native.compiles_c.as_deref()));
    Ok(Plan {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        project: ProjectFacts::of(project),
        tools: ToolFacts::of(machine, toolchain.ok()),
        frame_pointers: config.frame_pointers || selection.frame_pointers,
        symbols: config.symbols || selection.symbols,
        lock: None,
        native,
        problems,
        notes,
        jobs,
    })
}

/// The features that any of the ABIs enables.
fn all_features(routes: &[Route]) -> Vec<String> {
    routes.iter().flat_map(|route| &route.features).cloned().collect()
}

/// The requested platforms: each once, in the given order.
///
/// # Errors
/// [`ErrorKind::Usage`] for an unknown name, and for an empty list; as [`trial::own_target`].
pub(crate) fn asked(project: &Project, selection: &Selection, machine: &Machine) -> Result<Vec<Target>> {
    let targets = project.pyproject.config().select(selection.targets.as_deref(), selection.windows)?;
    if selection.for_trial { trial::own_target(targets, machine).map(|own| vec![own]) } else { Ok(targets) }
}

#[cfg(test)]
pub(crate) mod tests {
    use monowheel_error::{Error, ErrorKind, Result};
    use monowheel_project::abi::Abi;
    use monowheel_project::target::{Target, WindowsAbi};

    use super::Job;

    /// A job as a test needs it, for a platform and an ABI by their names.
    pub(crate) fn job(target: &str, abi: &str) -> Result<Job> {
        let family = Abi::try_from(abi.to_owned()).map_err(|error| Error::new(ErrorKind::Usage, error.to_string()))?;
        Ok(Job {
            id: format!("{target}-{abi}"),
            target: Target::parse(target, WindowsAbi::Gnullvm)?,
            family,
            floor: (3, 9),
            tag: String::new(),
            std: Vec::new(),
            linker: String::new(),
            features: Vec::new(),
            added_features: Vec::new(),
            import_library: false,
            replaces_import_library: false,
            interpreter: String::new(),
            notes: Vec::new(),
            blocked: None,
        })
    }
}
