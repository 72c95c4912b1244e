//! What a plan says: its schema, and what was asked for.

use monowheel_manifest::bindings::Bindings;
use monowheel_project::abi::{Abi, AbiChoice, Floor};
use monowheel_project::family::{Family, PythonVersion};
use monowheel_project::project::Project;
use monowheel_project::target::{Target, WindowsAbi};
use serde::{Deserialize, Serialize};

use crate::blocked::Blocked;
use crate::lockfile;
use crate::native::Native;
use crate::toolchain::Machine;
use crate::toolchain::choice::StdFrom;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::tools::Tool;

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

impl ProjectFacts {
    pub(super) fn of(project: &Project) -> Self {
        Self {
            name: project.name.clone(),
            version: project.version.clone(),
            module: project.module.clone(),
            requires_python: project.requires_python.as_ref().map(ToString::to_string),
            bindings: bindings(&project.bindings),
        }
    }
}

impl ToolFacts {
    pub(super) fn of(machine: &Machine, toolchain: Option<&Toolchain>) -> Self {
        let version = |tool: &Option<Tool>| tool.as_ref().map(|tool| tool.version.clone());
        Self {
            maturin: version(&machine.maturin),
            zig: version(&machine.zig),
            toolchain: toolchain.map(|toolchain| toolchain.name.clone()),
            rustc: toolchain.and_then(|toolchain| toolchain.verbose_version.lines().next().map(str::to_owned)),
        }
    }
}

/// The binding crate and its version, or the requirement for one, or where it comes from.
fn bindings(bindings: &Bindings) -> String {
    let text = bindings.version_text.as_str();
    let origin = if matches!(text, "" | "*") { "without Cargo.lock: version unknown" } else { text };
    let name = if bindings.key == bindings.package { String::new() } else { format!(", named {}", bindings.key) };
    format!("{} {origin}{name}", bindings.package)
}
