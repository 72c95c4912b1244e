//! The words of `lint`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::args::audit::ignore;
use crate::finding::Severity;
use crate::report::{Format, Ignore};

/// What to lint, and how to tell.
#[derive(Args, Debug)]
pub(crate) struct LintArgs {
    /// Folders of PyO3 projects, crates or workspaces, their manifests, or files of Rust
    #[arg(value_name = "PATH", default_value = ".")]
    pub(crate) paths: Vec<PathBuf>,
    /// The form of the report; `--json` is `--format json`
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// Write the report to this file; the verdict is printed all the same
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The mildest finding that makes the exit code 1; `error` unless the configuration says otherwise
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Severity>,
    /// Do not count the findings of RULE, for a REASON that the report shows; repeat it for more
    #[arg(long, value_name = "RULE=REASON", value_parser = ignore)]
    pub(crate) ignore: Vec<Ignore>,
    /// The pyproject.toml whose [tool.monowheel.lint] holds; that of the first PATH by default
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
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
