//! Arguments of `lab`.

use clap::{Args, Subcommand};

/// Interpreters that this machine does not have, to run wheels in.
#[derive(Args, Debug)]
pub(crate) struct LabArgs {
    #[command(subcommand)]
    pub(crate) command: LabCommand,
}

/// What to do with the lab.
#[derive(Debug, Subcommand)]
pub(crate) enum LabCommand {
    /// List the interpreters: available, installed, and not possible on this machine
    List,
    /// Install missing interpreters, run each once, and print their paths
    Get(GetArgs),
    /// Remove interpreters
    Remove(ChosenArgs),
}

/// Which interpreters to install, and from what.
#[derive(Args, Debug)]
pub(crate) struct GetArgs {
    #[command(flatten)]
    pub(crate) chosen: ChosenArgs,
    /// Accept Debian package lists whose signature has expired, as on a frozen mirror
    #[arg(long)]
    pub(crate) allow_outdated_index: bool,
}

/// Which interpreters.
#[derive(Args, Debug)]
pub(crate) struct ChosenArgs {
    /// Interpreters by name, such as cpython-3.15t; `monowheel lab list` shows all
    #[arg(value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// Every interpreter for tests that this machine can run; `remove` removes all, and shared files
    #[arg(long, conflicts_with = "ids")]
    pub(crate) all: bool,
}
