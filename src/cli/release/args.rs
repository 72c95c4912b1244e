//! Arguments of `release`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use monowheel_release::release::Bump;

use crate::cli::args::index::IndexArgs;

/// From a version to its tag.
#[derive(Args, Debug)]
pub(crate) struct ReleaseArgs {
    #[command(subcommand)]
    pub(crate) command: ReleaseCommand,
}

/// The steps of a release.
#[derive(Debug, Subcommand)]
pub(crate) enum ReleaseCommand {
    /// Check everything that a release needs, and change nothing
    Check(CheckArgs),
    /// Edit Cargo.toml, Cargo.lock, pyproject.toml and CHANGELOG.md for the next version; the diff is shown first
    Prepare(PrepareArgs),
    /// Create the tag if every check passes, with the distributions' SHA256SUMS as its message; push nothing
    Tag(TagArgs),
}

/// What to check.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// Project directory
    #[arg(default_value = ".", value_name = "PROJECT")]
    pub(crate) project: PathBuf,
    /// Directory of the distributions [default: `dist` in the project]
    #[arg(long, value_name = "DIR")]
    pub(crate) dist: Option<PathBuf>,
    /// Also check this git remote for the tag [default without a name: origin, or the only one]
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "")]
    pub(crate) remote: Option<String>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}

/// Which version.
#[derive(Args, Debug)]
pub(crate) struct PrepareArgs {
    /// The version, as in Cargo.toml: 1.0.0, 1.0.0-rc.1
    #[arg(value_name = "X.Y.Z", required_unless_present = "bump", conflicts_with = "bump")]
    pub(crate) version: Option<String>,
    /// Increment this part of the version instead
    #[arg(long, value_enum, value_name = "PART")]
    pub(crate) bump: Option<BumpName>,
    /// Project directory
    #[arg(long, default_value = ".", value_name = "DIR")]
    pub(crate) project: PathBuf,
    /// Date in the changelog [default: SOURCE_DATE_EPOCH, else today (UTC)]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: Option<String>,
    /// Write without asking
    #[arg(short, long, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Show the diff without writing anything
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// What to tag.
#[derive(Args, Debug)]
pub(crate) struct TagArgs {
    #[command(flatten)]
    pub(crate) check: CheckArgs,
    /// Sign the tag with git's own key (user.signingkey)
    #[arg(long)]
    pub(crate) sign: bool,
}

/// The parts of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum BumpName {
    /// 1.2.3 to 2.0.0
    Major,
    /// 1.2.3 to 1.3.0
    Minor,
    /// 1.2.3 to 1.2.4; 1.2.3-rc.1 to 1.2.3
    Patch,
    /// 1.2.3-rc.1 to 1.2.3-rc.2
    Pre,
}

impl From<BumpName> for Bump {
    fn from(name: BumpName) -> Self {
        match name {
            BumpName::Major => Self::Major,
            BumpName::Minor => Self::Minor,
            BumpName::Patch => Self::Patch,
            BumpName::Pre => Self::Pre,
        }
    }
}
