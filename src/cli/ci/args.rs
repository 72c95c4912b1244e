//! Arguments of `ci`.

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

/// The CI provider.
#[derive(Debug, Subcommand)]
pub(crate) enum CiCommand {
    /// Write GitHub Actions workflows: ci.yml, wheels.yml and release.yml
    ///
    /// In .github/workflows/: ci.yml (push, pull request), wheels.yml (called by both others) and release.yml (tag).
    /// The lock files that they install from are in .github/monowheel/.
    Github(Box<WorkflowArgs>),
    /// Write .gitlab-ci.yml: the same on GitLab, with tests in containers
    ///
    /// The lock files that it installs from are in .gitlab/monowheel/.
    Gitlab(Box<WorkflowArgs>),
}

impl CiCommand {
    /// The CI provider, and what to do.
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
    /// Project directory; the files go to the root of its repository
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) project: PathBuf,
    /// Write nothing and query no index: show what would change, and exit with 1 if anything would
    #[arg(long)]
    pub(crate) check: bool,
    /// Overwrite files that monowheel did not write
    #[arg(long, conflicts_with = "check")]
    pub(crate) force: bool,
    /// Query no index: missing hashes stay missing, and CI refuses to install from such a lock file
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}
