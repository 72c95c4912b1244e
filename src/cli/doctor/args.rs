//! The words of `doctor`.

use std::path::PathBuf;

use clap::Args;
use monowheel_build::plan::Selection;

/// Which project, and what is done about what is wrong.
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// The project's folder
    #[arg(default_value = ".", value_name = "PROJECT")]
    pub(crate) project: PathBuf,
    /// Look at this platform only, as `build` names it; repeat it for more
    #[arg(short, long, value_name = "NAME")]
    target: Vec<String>,
    /// Look at this Rust toolchain (rustup's name, or `system`) instead of the one that a build takes
    #[arg(long, value_name = "NAME")]
    toolchain: Option<String>,
    /// Show the commands that fix what was found, ask, run them, and look again
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix: run them without asking
    #[arg(short, long, requires = "fix", conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Show the commands, and run none
    #[arg(long)]
    pub(crate) dry_run: bool,
}

impl DoctorArgs {
    /// What the words select; an option that was not given selects nothing.
    pub(crate) fn selection(&self) -> Selection {
        Selection {
            targets: (!self.target.is_empty()).then(|| self.target.clone()),
            toolchain: self.toolchain.clone(),
            ..Selection::default()
        }
    }
}
