//! Arguments of `floor`.

use std::num::NonZeroUsize;

use clap::Args;
use monowheel_project::abi::Floor;

use crate::cli::args::index::IndexArgs;
use crate::cli::args::isolation::IsolationArgs;
use crate::cli::args::toolchain::ToolchainArgs;

/// Which project, and how much is compiled.
#[derive(Args, Debug)]
pub(crate) struct FloorArgs {
    /// A directory, an sdist (.tar.gz), or a release on an index such as nh3==0.3.7
    #[arg(default_value = ".")]
    pub(crate) project: String,
    /// Compile for every floor, not only for those that decide which is the lowest
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) toolchain: ToolchainArgs,
    #[command(flatten)]
    pub(crate) price: PriceArgs,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

/// What a floor costs in speed.
#[derive(Args, Debug)]
#[command(next_help_heading = "Price")]
pub(crate) struct PriceArgs {
    /// Also measure what the floors cost in speed: build a wheel for each and for the interpreter alone, and time calls
    #[arg(long)]
    pub(crate) price: bool,
    /// Measure this expression; may be given more than once [default: functions that take what their stubs declare]
    #[arg(long = "call", value_name = "EXPRESSION", requires = "price")]
    pub(crate) calls: Vec<String>,
    /// Run these statements before; the extension modules are imported already
    #[arg(long, value_name = "CODE", requires = "calls")]
    pub(crate) setup: Option<String>,
    /// Measure this command of the project instead, such as 'python bench.py'; it imports the wheel by PYTHONPATH
    #[arg(long, value_name = "COMMAND", requires = "price", conflicts_with = "calls")]
    pub(crate) bench: Option<String>,
    /// Measure on this interpreter: a version or a path; may be given more than once [default: the one of monowheel]
    #[arg(long = "python", value_name = "VERSION|PATH", requires = "price")]
    pub(crate) pythons: Vec<String>,
    /// Measure this floor only; may be given more than once
    #[arg(long = "floor", value_name = "VERSION", requires = "price")]
    pub(crate) floors: Vec<Floor>,
    /// Number of processes for each wheel
    #[arg(long, value_name = "N", default_value = "15", requires = "price")]
    pub(crate) rounds: NonZeroUsize,
    /// Also count instructions and calls of Python's C API, with valgrind; other load does not change these
    #[arg(long, requires = "price", conflicts_with = "bench")]
    pub(crate) count: bool,
}
