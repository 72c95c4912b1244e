//! Arguments of `build`.

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
    /// Output directory [default: `dist` in the project, or `./dist` for an sdist or a requirement]
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Number of wheels to build in parallel [default: number of cores, at most 4]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Rebuild everything: use no results of earlier builds of this project
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Stop at the first wheel that fails
    #[arg(long, conflicts_with = "keep_going")]
    pub(crate) fail_fast: bool,
    /// Build every wheel, even after a compile error in the crate's own code that every target shares
    #[arg(long)]
    pub(crate) keep_going: bool,
    /// Build the sdist, and no wheels
    #[arg(long, conflicts_with_all = ["fail_fast", "keep_going", "jobs"])]
    pub(crate) sdist_only: bool,
    /// Take the wheels that a fleet built, as this file describes them, instead of building any
    #[arg(long, value_name = "FILE", hide = true, conflicts_with = "sdist_only")]
    pub(crate) parts: Option<PathBuf>,
    /// Show the plan and maturin's arguments without building anything
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

impl BuildArgs {
    /// The output directory.
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
