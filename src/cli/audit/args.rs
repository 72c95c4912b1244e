//! The words of `audit`.

use std::path::PathBuf;

use clap::Args;
use monowheel_audit::audit;
use monowheel_wheel::abi::PythonVersion;

use crate::cli::args::findings::ReportArgs;
use crate::cli::args::index::IndexArgs;

/// What to audit, and how to tell.
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// Wheels, directories of wheels, shared libraries (.so, .pyd, .dylib, .dll), or releases on an index [default: dist]
    #[arg(value_name = "PATH|NAME==VERSION")]
    pub(crate) subjects: Vec<PathBuf>,
    /// Audit every release that a requirements.txt or pylock.toml pins; repeat it for more
    #[arg(short, long = "requirement", value_name = "FILE")]
    pub(crate) requirements: Vec<PathBuf>,
    /// Audit every extension module of the Python environment that monowheel runs in
    #[arg(long)]
    pub(crate) installed: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// The oldest Python that libraries outside a wheel are meant for, such as 3.8
    #[arg(long, value_name = "VERSION", value_parser = audit::floor_of)]
    pub(crate) floor: Option<PythonVersion>,
    /// Use this pyproject.toml for [tool.monowheel.audit], instead of ./pyproject.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How many files to look at at the same time; the number of cores by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Write fixed copies of the wheels to --out, and report what is left in these
    #[arg(long, requires = "out", conflicts_with_all = ["installed", "requirements"], help_heading = "Fixes")]
    pub(crate) fix: bool,
    /// Also make the fixes that may hide that a wheel was changed
    #[arg(long, requires = "fix", help_heading = "Fixes")]
    pub(crate) unsafe_fixes: bool,
    /// Where fixed wheels go; the others stay where they are
    #[arg(long, value_name = "DIR", requires = "fix", help_heading = "Fixes")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    /// Fetch each wheel whole and check its hash, instead of only the parts that the rules look at
    #[arg(long, help_heading = "From an index")]
    pub(crate) whole: bool,
}
