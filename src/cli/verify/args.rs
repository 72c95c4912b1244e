//! The words of `verify`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::index::IndexArgs;
use crate::cli::args::isolation::IsolationArgs;

/// What to verify, and from which source.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// Releases on an index, wheels, or folders of wheels
    #[arg(value_name = "NAME==VERSION|WHEEL|DIR", required = true)]
    pub(crate) subjects: Vec<PathBuf>,
    /// Only the wheels for this platform, as `build` names them; repeat it for more
    #[arg(short, long, value_name = "NAME")]
    pub(crate) target: Vec<String>,
    /// The sdist; the index's, or the one beside the wheel, by default
    #[arg(long, value_name = "FILE", conflicts_with = "source", help_heading = "Source")]
    pub(crate) sdist: Option<PathBuf>,
    /// A git repository (URL or path) at a tag, a branch or a commit; a project below its top is named
    /// by `#subdirectory=DIR` at the end
    #[arg(long, value_name = "REPO[@REF]", help_heading = "Source")]
    pub(crate) source: Option<String>,
    /// Go on where tools here are not those that the wheel names
    #[arg(long)]
    pub(crate) other_tools: bool,
    /// Follow a wheel that names flags for the compilers, which can run programs
    #[arg(long)]
    pub(crate) allow_flags: bool,
    /// Keep what was fetched and built, and the logs, in this folder, which must be empty or new
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
