//! The words of `lab`.

use clap::{Args, Subcommand};

/// Get interpreters that this machine lacks, to run wheels in.
#[derive(Args, Debug)]
pub(crate) struct LabArgs {
    #[command(subcommand)]
    pub(crate) command: LabCommand,
}

/// What to do with the lab.
#[derive(Debug, Subcommand)]
pub(crate) enum LabCommand {
    /// Show what there is to get, what is there, and what cannot be had on this machine
    List,
    /// Make interpreters that are not there yet, and run each; print where they are
    Get(GetArgs),
    /// Remove interpreters
    Remove(ChosenArgs),
}

/// Which interpreters, and what is taken for them.
#[derive(Args, Debug)]
pub(crate) struct GetArgs {
    #[command(flatten)]
    pub(crate) chosen: ChosenArgs,
    /// Take Debian's package lists although their signature is out of date, as that of a mirror that stands still is
    #[arg(long)]
    pub(crate) allow_outdated_index: bool,
}

/// Which interpreters.
#[derive(Args, Debug)]
pub(crate) struct ChosenArgs {
    /// Interpreters by name, such as cpython-3.15t; `monowheel lab list` shows all
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Every interpreter that this machine can have; with `remove`, what they share as well
    #[arg(long, conflicts_with = "ids")]
    pub(crate) all: bool,
}
