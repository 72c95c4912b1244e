//! Arguments of `reproduce`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::isolation::IsolationArgs;
use crate::cli::plan::args::PlanArgs;

/// What to build twice.
#[derive(Args, Debug)]
pub(crate) struct ReproduceArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// Also rebuild the standard libraries and zig's own libraries the second time
    #[arg(long)]
    pub(crate) cold: bool,
    /// Keep both builds and their logs in this directory, which must be empty or new
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// Write the report as JSON (schema monowheel.reproduce/1) to this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}
