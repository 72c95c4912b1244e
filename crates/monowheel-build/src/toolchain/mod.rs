//! The tools of this machine: its Rust toolchains, maturin and zig, and what is missing.
//!
//! [`Machine::probe`] probes everything once, in parallel; it returns plain data, from
//! which a plan is made without accessing the machine again.

pub mod choice;
pub(crate) mod emscripten;
pub(crate) mod import_library;
pub(crate) mod linkers;
mod musl_headers;
pub(crate) mod own_cpu;
mod python_headers;
pub mod remap;
pub mod rust;
pub(crate) mod rustup;
pub mod shims;
pub mod std_cache;
pub mod tools;
pub(crate) mod unwinder;
mod windows_headers;

use std::path::PathBuf;

use monowheel_error::Result;
use monowheel_system::exec::{self, CancelToken};
use monowheel_system::threads;

use crate::kept::Sources;
use rust::Toolchain;
use std_cache::StdCache;
use tools::Tool;

/// The tools that a build finds on this machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The Python that runs monowheel, or the one of PATH: pip and ziglang are looked up in it.
    pub python: Option<PathBuf>,
    /// maturin.
    pub maturin: Option<Tool>,
    /// zig.
    pub zig: Option<Tool>,
    /// Every Rust toolchain found.
    pub toolchains: Vec<Toolchain>,
    /// Those that a lock file excludes: their cargos may still fetch what that of the build cannot.
    pub others: Vec<Toolchain>,
    /// Standard libraries that monowheel built from source.
    pub std_cache: StdCache,
    /// Programs of build scripts and C libraries in monowheel's cache.
    pub native: Sources,
    /// An Apple SDK, from `SDKROOT`.
    pub sdkroot: Option<PathBuf>,
    /// The Windows SDK for `--windows msvc`, from cargo-xwin's cache; on Windows the system's own.
    pub windows_sdk: Option<PathBuf>,
    /// Logical processors.
    pub cores: usize,
}

impl Machine {
    /// Probes this machine. A tool that is missing or broken is left out.
    ///
    /// # Errors
    /// Only when the user's cache directory cannot be named or Ctrl-C was pressed.
    pub fn probe(python: Option<PathBuf>, stop: &CancelToken) -> Result<Self> {
        let std_cache = StdCache::open()?;
        let python = python.or_else(|| exec::on_path("python3"));
        let found = std::thread::scope(|scope| -> Result<_> {
            let maturin = threads::scoped(scope, || tools::maturin(python.as_deref(), stop))?;
            let zig = threads::scoped(scope, || tools::zig(python.as_deref(), stop))?;
            let toolchains = rust::discover(stop)?;
            Ok((maturin.join().ok().flatten(), zig.join().ok().flatten(), toolchains))
        });
        stop.check()?;
        let (maturin, zig, toolchains) = found?;
        Ok(Self {
            python,
            maturin,
            zig,
            toolchains,
            std_cache,
            native: Sources::open()?,
            sdkroot: std::env::var_os("SDKROOT").filter(|path| !path.is_empty()).map(PathBuf::from),
            windows_sdk: tools::windows_sdk(),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            others: Vec::new(),
        })
    }
}
