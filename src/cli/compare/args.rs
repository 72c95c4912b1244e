//! Arguments of `compare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What to compare, and how to report it.
#[derive(Args, Debug)]
pub(crate) struct CompareArgs {
    /// A wheel, an sdist (.tar.gz), or a directory of them
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// The other one; in two directories, files of the same name are compared
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,
    /// Also print diffoscope's output for the files that differ, if it is installed
    #[arg(long)]
    pub(crate) long: bool,
    /// Format of the report; `--json` is `--format json`
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<CompareFormat>,
    /// Write the report to this file; the summary is still printed
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The formats of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people.
    Text,
    /// For programs: schema monowheel.compare/1.
    Json,
}
