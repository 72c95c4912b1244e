//! The words of `compare`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What to compare, and how to tell.
#[derive(Args, Debug)]
pub(crate) struct CompareArgs {
    /// A wheel, an sdist (.tar.gz), or a folder of them
    #[arg(value_name = "A")]
    pub(crate) a: PathBuf,
    /// Another one; of two folders the files of the same name are compared
    #[arg(value_name = "B")]
    pub(crate) b: PathBuf,
    /// Print what diffoscope says of the files that differ too, where it is installed
    #[arg(long)]
    pub(crate) long: bool,
    /// The form of the report; `--json` is `--format json`
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<CompareFormat>,
    /// Write the report to this file; the verdict is printed all the same
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The forms of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CompareFormat {
    /// For people.
    Text,
    /// For programs: schema monowheel.compare/1.
    Json,
}
