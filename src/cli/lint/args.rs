//! Arguments of `lint`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::findings::ReportArgs;

/// What to lint, and how to report it.
#[derive(Args, Debug)]
pub(crate) struct LintArgs {
    /// PyO3 projects, crates or workspaces (directories or manifests), or Rust source files
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Read [tool.monowheel.lint] from this pyproject.toml [default: the first PATH's, else ./pyproject.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Check only these rules, separated by commas; can be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Exit with 3, instead of a warning, if a file cannot be parsed as Rust
    #[arg(long)]
    pub(crate) complete: bool,
    /// Apply the safe fixes, then report what remains
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show the changes that --fix would make without making them
    #[arg(long)]
    pub(crate) diff: bool,
}
