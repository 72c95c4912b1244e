//! Builds one source twice, the second time in a different environment, and compares the results.
//!
//! ```text
//! project ─┬─ here ─────── monowheel build ── dist ─┐
//!          └─ elsewhere ── monowheel build ── dist ─┴─ compare ── identical, or the first causes
//!              └ circumstances: directory, HOME, CARGO_HOME, umask, time zone, language, clock, cores, state
//! ```
//!
//! Each build is a separate process, as a user would start it: the environment is that of a process.

mod clock;
mod elsewhere;
mod tree;

use std::path::PathBuf;

use clock::Clock;
pub use elsewhere::Circumstance;
use elsewhere::Elsewhere;
use monowheel_error::{ExitCode, Result};
use monowheel_system::exec::{CancelToken, IsolationReport, Isolator};
use monowheel_system::python;
use serde::Serialize;

use crate::compare::{self, HeldFolder, Report};
use crate::own_process::{OwnProcess, isolation};

/// The version of the JSON schema.
pub const SCHEMA: &str = "monowheel.reproduce/1";
/// What to do about a build that failed.
const NEXT: &str = "see its output above; `--keep DIR` keeps both builds and their logs";

/// What to build twice, and how.
#[derive(Clone, Debug)]
pub struct Request {
    /// A project's directory, an sdist, or a requirement, as `monowheel build` takes it.
    pub project: String,
    /// Further arguments for both builds: `--target`, `--abi`, ….
    pub words: Vec<String>,
    /// The Python that runs monowheel.
    pub python: PathBuf,
    /// Whether the second build uses no cache: neither standard libraries nor zig's.
    pub cold: bool,
    /// An empty directory for both builds.
    pub folder: PathBuf,
    /// The isolation of the source's code, in both builds.
    pub isolator: Isolator,
}

/// Both builds, compared.
#[derive(Clone, Debug, Serialize)]
pub struct Reproduction {
    /// [`SCHEMA`].
    pub(crate) schema: &'static str,
    /// The version of monowheel.
    pub(crate) monowheel: &'static str,
    /// How the source's code was run.
    pub isolation: IsolationReport,
    /// The differences of the second build's environment.
    pub circumstances: Vec<Circumstance>,
    /// The comparison of the distributions.
    pub comparison: Report,
}

impl Reproduction {
    /// 0 when all is identical, 1 when anything differs, 3 when something could not be compared.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        self.comparison.exit_code()
    }
}

/// Builds twice and compares; `told` receives the builds' own progress, line by line.
///
/// # Errors
/// When a build is incomplete, a directory cannot be written, or after Ctrl-C.
pub fn reproduce(request: &Request, stop: &CancelToken, told: &mut dyn FnMut(&str)) -> Result<Reproduction> {
    let here = request.folder.join("here");
    let elsewhere = Elsewhere::prepare(request, stop)?;
    let there = elsewhere.dist();
    told("here:");
    let call = python::module(&request.python, "monowheel").args(["build", &request.project, "--out"]);
    let build = OwnProcess { folder: &request.folder, next: NEXT, stop };
    build.run("here", &call.arg(&here).args(request.words()), &here, told)?;
    // Before the second build begins, whose code may know where the first one's wheels are.
    let first = HeldFolder::of(&here, stop)?;
    told("elsewhere:");
    let clock = Clock::for_set(&here, stop);
    build.run("elsewhere", &elsewhere.call(request, &clock), &there, told)?;
    let second = HeldFolder::of(&there, stop)?;
    let comparison = compare::held(&first, &second, stop)?;
    first.check("the second build ran")?;
    second.check("it was compared")?;
    Ok(Reproduction {
        schema: SCHEMA,
        monowheel: monowheel_error::VERSION,
        isolation: request.isolator.report(),
        circumstances: elsewhere.circumstances(&clock),
        comparison,
    })
}

impl Request {
    /// The arguments of both builds. Whether they isolate is decided once, and not by each build.
    fn words(&self) -> impl Iterator<Item = String> {
        self.words.iter().cloned().chain(isolation(&self.isolator)).collect::<Vec<_>>().into_iter()
    }
}
