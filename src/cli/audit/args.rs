//! Arguments of `audit`.

use std::path::PathBuf;

use clap::Args;
use monowheel_audit::audit;
use monowheel_wheel::abi::PythonVersion;

use crate::cli::args::findings::ReportArgs;
use crate::cli::args::index::IndexArgs;

/// What to audit, and how to report it.
#[derive(Args, Debug)]
pub(crate) struct AuditArgs {
    /// Wheels, directories of wheels, shared libraries (.so, .pyd, .dylib, .dll), or releases on an index [default:
    /// dist]
    #[arg(value_name = "PATH|NAME==VERSION")]
    pub(crate) subjects: Vec<PathBuf>,
    /// Audit every release that a requirements.txt or pylock.toml pins; may be given more than once
    #[arg(short, long = "requirement", value_name = "FILE")]
    pub(crate) requirements: Vec<PathBuf>,
    /// Audit every extension module of the Python environment that monowheel runs in
    #[arg(long)]
    pub(crate) installed: bool,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Oldest Python that libraries outside a wheel support, such as 3.8
    #[arg(long, value_name = "VERSION", value_parser = audit::floor_of)]
    pub(crate) floor: Option<PythonVersion>,
    /// Read [tool.monowheel.audit] from this pyproject.toml [default: ./pyproject.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Number of files to check in parallel [default: number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Write fixed copies of the wheels to --out, and report what remains
    #[arg(long, requires = "out", conflicts_with_all = ["installed", "requirements"], help_heading = "Fixes")]
    pub(crate) fix: bool,
    /// Also apply fixes that may hide that a wheel was modified
    #[arg(long, requires = "fix", help_heading = "Fixes")]
    pub(crate) unsafe_fixes: bool,
    /// Output directory for fixed wheels; the originals stay unchanged
    #[arg(long, value_name = "DIR", requires = "fix", help_heading = "Fixes")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    /// Download complete wheels and check their hashes, instead of only the parts that the rules read
    #[arg(long, help_heading = "From an index")]
    pub(crate) whole: bool,
}
