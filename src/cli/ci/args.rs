//! The words of `ci`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use monowheel_release::ci::Provider;

use crate::cli::args::index::IndexArgs;

/// The workflows of a project.
#[derive(Args, Debug)]
pub(crate) struct CiArgs {
    #[command(subcommand)]
    pub(crate) command: CiCommand,
}

/// Whose CI.
#[derive(Debug, Subcommand)]
pub(crate) enum CiCommand {
    /// .github/workflows/: ci.yml (push, pull request), wheels.yml (called by both others), release.yml (tag); and the
    /// locks that they install, in .github/monowheel/
    Github(Box<WorkflowArgs>),
    /// .gitlab-ci.yml: the same on GitLab, with containers to test in; and its locks, in .gitlab/monowheel/
    Gitlab(Box<WorkflowArgs>),
}

impl CiCommand {
    /// Whose CI, and what to do.
    pub(crate) fn parts(&self) -> (Provider, &WorkflowArgs) {
        match self {
            Self::Github(args) => (Provider::Github, args),
            Self::Gitlab(args) => (Provider::Gitlab, args),
        }
    }
}

/// What to do with the files.
#[derive(Args, Debug)]
pub(crate) struct WorkflowArgs {
    /// The project's folder; the files belong to the top of its repository
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) project: PathBuf,
    /// Write nothing and ask no index: show what would change, with exit code 1 when something would
    #[arg(long)]
    pub(crate) check: bool,
    /// Overwrite files that monowheel did not write
    #[arg(long, conflicts_with = "check")]
    pub(crate) force: bool,
    /// Ask no index: hashes that the locks do not have yet stay out of them, and CI refuses to install from those
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}
