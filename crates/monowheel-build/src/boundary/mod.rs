//! The types at the boundary between Python and Rust: what they accept, what they return, and what that costs, by running
//! them.
//!
//! ```text
//! types.tsv ── the sources of a crate ── cargo build ─┬─ a type does not compile: this PyO3 or floor does not have it; again without
//!                                                     └─ module ── exercise.py: values.tsv, then rounds of calls ── JSON
//! ```
//!
//! The crate is monowheel's own. Nothing of a project is compiled or run.

mod compile;
mod crates;
mod exercise;
mod source;
mod types;

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_system::cache;
use monowheel_system::exec::{CancelToken, Isolator};
use monowheel_system::hash::sha256;
use serde::Serialize;

use crate::event::{Event, Watch};
use crate::toolchain::Machine;
use crate::toolchain::choice::{Choice, choose};
use crate::workspace::Workspace;
pub use compile::Missing;
pub use exercise::{Value, values};
pub use types::{Direction, ProbeType, chosen, crate_of};

/// What to measure.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The version of `PyO3`: complete (`0.29.3`), or a requirement of Cargo.
    pub pyo3: String,
    /// The floor of abi3 as a minor version of Python 3; none for the interpreter alone.
    pub floor: Option<u8>,
    /// The interpreter.
    pub python: &'a Path,
    /// The interpreter as it was named: an environment may have the modules that values need.
    pub named: PathBuf,
    /// Its version, which a module without abi3 is for.
    pub python_version: String,
    /// The types.
    pub types: Vec<&'static ProbeType>,
    /// The number of rounds; 0 measures no time.
    pub rounds: usize,
    /// The Rust toolchain, if one was named.
    pub toolchain: Option<String>,
    /// What isolates the build scripts of `PyO3` and the calls.
    pub isolator: &'a Isolator,
}

/// What was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// The version of `PyO3`.
    pub pyo3: String,
    /// The version of rustc.
    pub rustc: String,
    /// Types that this `PyO3` with this floor does not convert.
    pub missing: Vec<Missing>,
    /// The report of `exercise.py`, as JSON.
    pub report: String,
}

/// Compiles the crate, unless it was compiled before, and calls its functions.
///
/// # Errors
/// [`monowheel_error::ErrorKind::Usage`] for a version or floor that does not exist; without a Rust toolchain, or when cargo or
/// the interpreter fails; after Ctrl-C.
pub fn measure(request: &Request<'_>, machine: &Machine, stop: &CancelToken, watch: &dyn Watch) -> Result<Measured> {
    compile::check(&request.pyo3)?;
    let choice = Choice {
        triples: &[],
        wanted: request.toolchain.as_deref(),
        rust_version: None,
        among: None,
        cache: &machine.std_cache,
    };
    let toolchain = choose(&machine.toolchains, &choice)?;
    let workspace = Workspace::open(&folder(request, &toolchain.verbose_version)?, stop, |holder| {
        watch.saw(&Event::Note(format!("another run compiles the same ({holder}); waiting for it to finish")));
    })?;
    let built = compile::Compile { request, machine, toolchain, workspace: &workspace, stop, watch }.run()?;
    let doing = if request.rounds > 0 { "calling, and measuring the time" } else { "calling" };
    watch.saw(&Event::Step(doing));
    let report = exercise::run(request, &built.missing, &workspace, stop);
    watch.saw(&Event::StepDone);
    Ok(Measured { pyo3: built.pyo3, rustc: toolchain.release().to_owned(), missing: built.missing, report: report? })
}

/// The directory for one `PyO3`, floor and compiler: what is compiled for it is used again.
fn folder(request: &Request<'_>, compiler: &str) -> Result<PathBuf> {
    let abi = match request.floor {
        Some(minor) => format!("abi3-py3{minor}"),
        None => format!("{} {}", request.python_version, request.python.display()),
    };
    let crates: String = crates::of(&request.types).iter().map(|one| format!(" {}", one.name)).collect();
    let key = format!("{}{crates} {abi} {compiler} {:?}", request.pyo3, monowheel_system::cargo::home());
    Ok(cache::root()?.join("work").join(format!("boundary-{}", &sha256(key.as_bytes())[..12])))
}
