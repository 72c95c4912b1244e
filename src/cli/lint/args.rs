//! Arguments of `lint`.

use std::path::PathBuf;

use clap::Args;
use monowheel_audit::report::GroupBy;
use monowheel_audit::source::upgrades::{NEWEST, version};

use crate::cli::args::findings::ReportArgs;
use crate::cli::args::one_of;

/// What to lint, and how to report it.
#[derive(Args, Debug)]
pub(crate) struct LintArgs {
    /// PyO3 projects, crates or workspaces (directories or manifests), or Rust source files; `-` reads a file from stdin
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) report: ReportArgs,
    /// Read [tool.monowheel.lint] from this pyproject.toml [default: the first PATH's, else ./pyproject.toml]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Group the findings in the text report by file or by rule [default: one by one, worst first]
    #[arg(long, value_name = "GROUP", value_parser = one_of(GroupBy::ALL, GroupBy::word))]
    pub(crate) group_by: Option<GroupBy>,
    /// Check only these rules, separated by commas; can be repeated
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(crate) select: Vec<String>,
    /// Report what the crate needs for this version of PyO3, such as 0.30; with --fix, also apply the safe changes
    #[arg(long, value_name = "VERSION", value_parser = upgrade)]
    pub(crate) upgrade: Option<(u64, u64)>,
    /// Name of the file that `-` reads, for the findings; it need not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) stdin_filename: Option<PathBuf>,
    /// Exit with 3, instead of a warning, if a file cannot be parsed as Rust
    #[arg(long)]
    pub(crate) complete: bool,
    /// Apply the safe fixes, then report what remains
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix, run `cargo check` before and after, and undo the changes if a crate does not compile with them
    #[arg(long, requires = "fix")]
    pub(crate) check: bool,
    /// Show the changes that --fix would make without making them
    #[arg(long)]
    pub(crate) diff: bool,
}

fn upgrade(text: &str) -> Result<(u64, u64), String> {
    let (major, minor) = NEWEST;
    match version(text) {
        Some(asked) if ((0, 21)..=NEWEST).contains(&asked) => Ok(asked),
        Some(_) => Err(format!("the changes of PyO3 0.21 to {major}.{minor} are known")),
        None => Err(format!("not a version of PyO3: write it as {major}.{minor}")),
    }
}
