//! The options of `api`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to do with the Python API.
#[derive(Args, Debug)]
pub(crate) struct ApiArgs {
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// The actions.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Write type stubs (PEP 561) from the Rust source
    ///
    /// Nothing is compiled and nothing of the project runs. What the source does not show, such as the items of a macro,
    /// is listed. A stub that you wrote is never replaced; of one that this command wrote, the parts between
    /// `# monowheel: keep` and `# monowheel: end` stay.
    Stubs(StubsArgs),
}

/// A project, and where its stubs go.
#[derive(Args, Debug)]
pub(crate) struct StubsArgs {
    /// A directory with Cargo.toml or pyproject.toml
    #[arg(value_name = "PROJECT", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Write the stubs to this directory, instead of the one of the Python package
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Write nothing; exit with 1 if a stub would change, or if one that you wrote contradicts the source
    #[arg(long)]
    pub(crate) check: bool,
    /// Import the extension module in this interpreter, and compare it with the source as well
    #[arg(long, value_name = "PYTHON", requires = "check")]
    pub(crate) run: Option<PathBuf>,
}
