//! Arguments of `floor`.

use clap::Args;

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
    pub(crate) index: IndexArgs,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}
