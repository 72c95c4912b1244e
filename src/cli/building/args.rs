//! The words of `build`.

use std::path::PathBuf;

use clap::Args;
use monowheel_build::input::Input;

use crate::cli::args::isolation::IsolationArgs;
use crate::cli::plan::args::PlanArgs;

/// The arguments of `build`.
#[derive(Args, Debug)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) plan: PlanArgs,
    /// The output folder; `dist` in the project's folder, or here for an sdist or a requirement
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How many wheels to build at the same time; the number of cores, at most 4, by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Build everything anew: use nothing that earlier builds of this project left
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Stop at the first wheel that fails
    #[arg(long, conflicts_with = "keep_going")]
    pub(crate) fail_fast: bool,
    /// Build every wheel, also after a compile error in the crate's own code that is the same for every target
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Show the plan and maturin's arguments, and build nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

impl BuildArgs {
    /// The output folder.
    pub(crate) fn out(&self, input: &Input) -> PathBuf {
        match (&self.out, input) {
            (Some(out), _) => out.clone(),
            (None, Input::Folder(root)) => root.join("dist"),
            (None, _) => PathBuf::from("dist"),
        }
    }

    /// The number of lanes.
    pub(crate) fn jobs(&self) -> Option<usize> {
        self.jobs.map(usize::from)
    }
}
