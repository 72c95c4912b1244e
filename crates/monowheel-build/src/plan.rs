//! Decides what a build will do, before it does anything.
//!
//! [`plan`] is a function of a project, a selection and a machine: it starts no process and writes nothing. If a
//! standard library is missing that could be fetched or built, it asks the machine whether rustup's server responds.
//! One [`Job`] is one call of maturin, one wheel and one expected tag.

mod project_settings;
mod pyodide;
mod trial;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::Bindings;
use monowheel_project::abi::{Abi, AbiChoice, Floor};
use monowheel_project::family::{Family, PythonVersion, Route};
use monowheel_project::project::Project;
use monowheel_project::pyo3::Support;
use monowheel_project::target::{System, Target, WindowsAbi};
use serde::{Deserialize, Serialize};

use self::project_settings::ProjectSettings;
pub use crate::blocked::Blocked;
use crate::lockfile;
use crate::native::Native;
use crate::toolchain::Machine;
use crate::toolchain::choice::{self, Choice, StdFrom, std_now};
use crate::toolchain::rust::Toolchain;
use crate::toolchain::tools::{OLDEST_MATURIN, TESTED_ZIG};

/// The version of a plan's JSON schema.
pub const SCHEMA: &str = "monowheel.plan/1";

/// The options on the command line or in `[tool.monowheel]`; `None` means the default.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Platforms by name.
    pub targets: Option<Vec<String>>,
    /// ABIs.
    pub abis: Option<Vec<AbiChoice>>,
    /// The floor of abi3, for a crate whose features do not fix it.
    pub floor: Option<Floor>,
    /// How Windows extensions are linked.
    pub windows: Option<WindowsAbi>,
    /// A Rust toolchain by name.
    pub toolchain: Option<String>,
    /// How to use the project's lock.
    pub lock: lockfile::Mode,
    /// Whether compiled code keeps the frame pointer, unless the project sets it.
    pub frame_pointers: bool,
    /// Whether the line tables of the libraries are kept, unless the project sets it.
    pub symbols: bool,
    /// Whether only this machine's wheel is planned, and nobody will install it: `requires-python` may admit CPythons
    /// without a wheel.
    pub for_trial: bool,
}

/// Everything a build will do.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// The project.
    pub project: ProjectFacts,
    /// The tools that are installed.
    pub tools: ToolFacts,
    /// Whether all compiled code keeps the frame pointer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub frame_pointers: bool,
    /// Whether the line tables of the libraries are kept beside the wheels.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub symbols: bool,
    /// The state of `monowheel.lock`; `None` without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock: Option<lockfile::State>,
    /// The C tools and libraries that it needs.
    #[serde(skip_serializing_if = "Native::is_empty")]
    pub native: Native,
    /// Problems of the project itself: each prevents every wheel from being built.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Blocked>,
    /// Notes on the project that do not prevent a build.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The jobs: one call of maturin each.
    pub jobs: Vec<Job>,
}

/// The project's identity in machine-readable output.
#[derive(Clone, Debug, Serialize)]
pub struct ProjectFacts {
    /// The distribution's name as written.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The extension module's full name.
    pub(crate) module: String,
    /// `Requires-Python`.
    pub(crate) requires_python: Option<String>,
    /// The binding crate and its version, `pyo3 0.29.3`.
    pub bindings: String,
}

/// The versions of the tools a build uses.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ToolFacts {
    /// maturin's version.
    pub maturin: Option<String>,
    /// zig's version.
    pub zig: Option<String>,
    /// The user's name for the Rust toolchain.
    pub toolchain: Option<String>,
    /// The first line of `rustc -vV`.
    pub rustc: Option<String>,
}

/// One wheel to build.
#[derive(Clone, Debug, Serialize)]
pub struct Job {
    /// `TARGET-ABI`: the name of the log and of the progress line.
    pub id: String,
    /// The platform.
    pub target: Target,
    /// The ABI.
    pub family: Abi,
    /// The oldest supported `CPython`.
    pub floor: PythonVersion,
    /// The tag that the wheel must have, as in its file name.
    pub tag: String,
    /// The Rust targets, and the origin of each one's standard library.
    pub std: Vec<TripleStd>,
    /// The linker.
    pub linker: String,
    /// Features for `--features`.
    pub(crate) features: Vec<String>,
    /// Those of them that are enabled from outside: the crate does not have them.
    pub(crate) added_features: Vec<String>,
    /// Whether it needs an import library of Python.
    pub(crate) import_library: bool,
    /// Whether PyO3 would create one itself, from what its release knows of Python, and is given ours instead.
    pub(crate) replaces_import_library: bool,
    /// For `-i`.
    pub(crate) interpreter: String,
    /// Notes that do not prevent the build.
    pub notes: Vec<String>,
    /// Why it cannot be built, and the fix.
    pub blocked: Option<Blocked>,
}

/// The origin of one Rust target's standard library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TripleStd {
    /// The Rust target.
    pub(crate) triple: String,
    /// Where its standard library comes from.
    pub from: StdFrom,
}

impl Job {
    /// The floor of abi3, if the crate does not fix it.
    pub(crate) fn floor_from_outside(&self) -> Option<Floor> {
        let is_floor = |feature: &String| feature.contains("/abi3-py");
        let is_outside = self.family == Abi::Stable(Family::Abi3) && self.added_features.iter().any(is_floor);
        is_outside.then(|| Floor::from(self.floor))
    }
}

impl Job {
    /// The same job, with the standard libraries that were to be fetched and were `built` from source.
    pub(crate) fn with_std_built(&self, built: &[String]) -> Self {
        let mut job = self.clone();
        for std in job.std.iter_mut().filter(|std| built.contains(&std.triple)) {
            std.from = StdFrom::Source;
        }
        job
    }
}

impl Plan {
    /// The jobs that can be built.
    pub fn ready(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().filter(|job| job.blocked.is_none())
    }
}

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
    let toolchain = toolchain.ok();
    notes.extend(native.notes.iter().cloned());
    notes.extend(pyodide::note_on_c(&targets, native.compiles_c.as_deref()));
    Ok(Plan {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        project: ProjectFacts {
            name: project.name.clone(),
            version: project.version.clone(),
            module: project.module.clone(),
            requires_python: project.requires_python.as_ref().map(ToString::to_string),
            bindings: bindings(&project.bindings),
        },
        tools: ToolFacts {
            maturin: machine.maturin.as_ref().map(|tool| tool.version.clone()),
            zig: machine.zig.as_ref().map(|tool| tool.version.clone()),
            toolchain: toolchain.map(|toolchain| toolchain.name.clone()),
            rustc: toolchain.and_then(|toolchain| toolchain.verbose_version.lines().next().map(str::to_owned)),
        },
        frame_pointers: config.frame_pointers || selection.frame_pointers,
        symbols: config.symbols || selection.symbols,
        lock: None,
        native,
        problems,
        notes,
        jobs,
    })
}

/// The binding crate and its version, or the requirement for one, or where it comes from.
fn bindings(bindings: &Bindings) -> String {
    let text = bindings.version_text.as_str();
    let origin = if matches!(text, "" | "*") { "without Cargo.lock: version unknown" } else { text };
    let name = if bindings.key == bindings.package { String::new() } else { format!(", named {}", bindings.key) };
    format!("{} {origin}{name}", bindings.package)
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

/// One wheel to build.
fn job(target: &Target, route: &Route, toolchain: Result<&&Toolchain, &Error>, machine: &Machine) -> Job {
    let std = target
        .triples
        .iter()
        .map(|triple| TripleStd {
            triple: triple.clone(),
            from: toolchain.map_or(StdFrom::Nowhere, |toolchain| std_now(toolchain, triple, &machine.std_cache)),
        })
        .collect();
    let linker = match (&machine.zig, target.links_with_zig()) {
        (_, false) => "msvc (maturin's xwin)".to_owned(),
        (Some(zig), true) => format!("zig {}", zig.version),
        (None, true) => "zig".to_owned(),
    };
    let mut job = Job {
        id: format!("{target}-{}", route.abi),
        target: target.clone(),
        family: route.abi,
        floor: route.floor,
        tag: format!("{}-{}", route.python_abi_tag(), target.platform_tags().join(".")),
        std,
        linker,
        features: route.features.clone(),
        added_features: route.added.clone(),
        import_library: false,
        replaces_import_library: false,
        interpreter: pyodide::interpreter(target, route),
        notes: Vec::new(),
        blocked: None,
    };
    job.blocked = pyodide::hindrance(target, route, toolchain.ok().map(|toolchain| &**toolchain))
        .or_else(|| hindrance(&job, toolchain, machine));
    if target.pyodide().is_some() {
        job.notes.push(
            "Pyodide has no threads: code that starts one gets an error, and the tests run without them".to_owned(),
        );
    }
    if target.links_with_zig() && machine.zig.as_ref().is_some_and(|zig| !TESTED_ZIG.contains(&zig.release())) {
        job.notes.push("this zig version is untested: pip install 'ziglang==0.17.0'".to_owned());
    }
    if let Some(floor) = job.floor_from_outside() {
        job.notes.push(format!(
            "abi3 with the floor {floor} is enabled from outside ({}); the crate has no feature for it",
            job.added_features.join(", ")
        ));
    } else if let Some(feature) = job.added_features.iter().find(|feature| feature.ends_with("/extension-module")) {
        job.notes
            .push(format!("{feature} is enabled from outside: without it this PyO3 version links against libpython"));
    }
    job
}

/// The first reason why this job cannot be built.
fn hindrance(job: &Job, toolchain: Result<&&Toolchain, &Error>, machine: &Machine) -> Option<Blocked> {
    let blocked = |why: String, next_step: String| Some(Blocked { why, next_step });
    let install = || "pip install 'monowheel[build]'".to_owned();
    match &machine.maturin {
        None => return blocked("maturin is not installed".into(), install()),
        Some(maturin) if maturin.release() < OLDEST_MATURIN => {
            let (major, minor) = OLDEST_MATURIN;
            return blocked(format!("maturin {} is too old ({major}.{minor} is needed)", maturin.version), install());
        }
        Some(_) => {}
    }
    if job.target.links_with_zig() && machine.zig.is_none() {
        return blocked("zig (the linker) is not installed".into(), install());
    }
    if job.target.pyodide().is_some() && machine.python.is_none() {
        return blocked("no Python found: for Pyodide, zig is called through it".into(), "install python3".into());
    }
    if !job.target.links_with_zig() && machine.windows_sdk.is_none() {
        return blocked(
            "the Windows SDK, which msvc needs, is not installed".into(),
            "cargo install cargo-xwin && cargo xwin cache xwin (asks you to accept Microsoft's license), or leave out --windows msvc".into(),
        );
    }
    let toolchain = match toolchain {
        Ok(toolchain) => toolchain,
        Err(error) => {
            return blocked(error.what().to_owned(), error.next_step().unwrap_or(choice::INSTALL_RUST).to_owned());
        }
    };
    let missing = job.std.iter().find(|std| std.from == StdFrom::Nowhere)?;
    blocked(
        format!(
            "Rust {} ({}) has neither a standard library for {} nor its source",
            toolchain.release(),
            toolchain.name,
            missing.triple
        ),
        source_command(toolchain, &missing.triple),
    )
}

/// The command that installs a standard library or its source for a toolchain without rustup.
pub fn source_command(toolchain: &Toolchain, triple: &str) -> String {
    if toolchain.name == "system" {
        "apt-get install rust-web-src (Debian; the package that matches your rustc), or use rustup".to_owned()
    } else {
        format!("rustup target add --toolchain {} {triple}", toolchain.name)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

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
