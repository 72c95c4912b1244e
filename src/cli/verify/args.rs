//! Arguments of `verify`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::index::IndexArgs;
use crate::cli::args::isolation::IsolationArgs;

/// What to verify, and from which source.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// Releases on an index, wheels, or directories of wheels
    #[arg(value_name = "NAME==VERSION|WHEEL|DIR", required = true)]
    pub(crate) subjects: Vec<PathBuf>,
    /// Only the wheels for this platform, named as in `build`; may be given more than once
    #[arg(short, long, value_name = "NAME")]
    pub(crate) target: Vec<String>,
    /// The sdist to build from [default: the index's, or the one next to the wheel]
    #[arg(long, value_name = "FILE", conflicts_with = "source", help_heading = "Source")]
    pub(crate) sdist: Option<PathBuf>,
    /// Build from a git repository (URL or path) at a tag, branch or commit
    ///
    /// For a project below the root of the repository, append `#subdirectory=DIR`.
    #[arg(long, value_name = "REPO[@REF]", help_heading = "Source")]
    pub(crate) source: Option<String>,
    /// Continue if this machine's tools are not those that the wheel records
    #[arg(long)]
    pub(crate) other_tools: bool,
    /// Use the compiler flags that the wheel records, although such flags can run programs
    #[arg(long)]
    pub(crate) allow_flags: bool,
    /// Keep downloads, builds and logs in this directory, which must be empty or new
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Write the report as JSON (schema monowheel.verify/1) to this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}
