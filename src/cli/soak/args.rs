//! Arguments of `soak`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::isolation::IsolationArgs;

/// What to call, in which conditions, for how long.
#[derive(Args, Debug)]
pub(crate) struct SoakArgs {
    /// Wheels of one release, or their directory
    #[arg(value_name = "WHEEL|DIR", default_value = "dist")]
    pub(crate) wheels: Vec<PathBuf>,
    /// Only on this interpreter, and fail if it is missing; may be given more than once
    ///
    /// A version or a path: 3.13, 3.15t, /usr/bin/python3.
    #[arg(long = "python", value_name = "VERSION|PATH")]
    pub(crate) pythons: Vec<String>,
    /// Only in this condition; may be given more than once [default: all]
    #[arg(long = "mode", value_enum, value_name = "MODE")]
    pub(crate) modes: Vec<ModeName>,
    /// Only call this function, class or method; may be given more than once
    #[arg(long, value_name = "NAME")]
    pub(crate) only: Vec<String>,
    /// Seconds for all of it
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    pub(crate) seconds: u64,
    /// Another number makes other calls
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Continue from this file, if it exists, and write it
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Directory for the scripts that repeat what was found
    #[arg(short, long, value_name = "DIR", default_value = "soak")]
    pub(crate) output: PathBuf,
    /// Seconds without progress after which a call counts as hanging
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(7..=3600))]
    pub(crate) hang: u64,
    /// Directory of wheels that the release needs; may be given more than once
    #[arg(long, value_name = "DIR")]
    pub(crate) find_links: Vec<PathBuf>,
    /// Do not install dependencies from an index
    #[arg(long)]
    pub(crate) offline: bool,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

/// A condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeName {
    /// One call after the other.
    Plain,
    /// With -X dev.
    Dev,
    /// In four threads.
    Threads,
    /// In interpreters that end.
    Subinterpreters,
    /// While the interpreter ends.
    Shutdown,
    /// After a fork.
    Fork,
    /// With an allocation that fails.
    Nomemory,
    /// While signals arrive.
    Signals,
    /// What remains after each call.
    Leaks,
}
