//! The words of `lint`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::findings::ReportArgs;

/// What to lint, and how to tell.
#[derive(Args, Debug)]
pub(crate) struct LintArgs {
    /// Folders of PyO3 projects, crates or workspaces, their manifests, or files of Rust
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Use this pyproject.toml for [tool.monowheel.lint], instead of the first PATH's, or else ./pyproject.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Ask these rules alone, by their names with commas between them; repeat it for more
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// End with 3 when a file could not be read as Rust, instead of a warning about it
    #[arg(long)]
    pub(crate) complete: bool,
    /// Make the changes that are safe without looking, then tell what is left
    #[arg(long)]
    pub(crate) fix: bool,
    /// Show the changes that --fix would make, and make none
    #[arg(long)]
    pub(crate) diff: bool,
}
