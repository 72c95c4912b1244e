//! Arguments of `doctor`.

use std::path::PathBuf;

use clap::Args;
use monowheel_build::plan::Selection;

/// Which project to check, and whether to fix what is wrong.
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// Project directory
    #[arg(default_value = ".", value_name = "PROJECT")]
    pub(crate) project: PathBuf,
    /// Check this platform only, named as in `build`; may be given more than once
    #[arg(short, long, value_name = "NAME")]
    target: Vec<String>,
    /// Check this Rust toolchain (rustup's name, or `system`) instead of the one that a build would use
    #[arg(long, value_name = "NAME")]
    toolchain: Option<String>,
    /// Link for every target again, also where an earlier run did with the same tools
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Show the commands that fix the problems, ask, run them, and check again
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix: run the commands without asking
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Show the commands without running them
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl DoctorArgs {
    /// What the options select; an option that was not given selects nothing.
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            targets: (!self.target.is_empty()).then(|| self.target.clone()),
            toolchain: self.toolchain.clone(),
            ..Selection::default()
        }
    }
}
