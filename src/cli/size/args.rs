//! The options of `size`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::cli::args::index::IndexArgs;
use crate::cli::args::isolation::IsolationArgs;

/// What to measure, and what to compare it with.
#[derive(Args, Debug)]
pub(crate) struct SizeArgs {
    /// A wheel, a directory of wheels, a shared library, or a release on an index [default: dist]
    ///
    /// With --try a project: a directory, an sdist or a release [default: .]
    #[arg(value_name = "DIST|WHEEL")]
    subject: Option<PathBuf>,
    /// Show the difference to another wheel, or to the wheel for the same platform in a directory or a release
    #[arg(long, value_name = "WHEEL|DIR|NAME==VERSION")]
    pub(crate) against: Option<PathBuf>,
    /// Build the project's wheel for this machine with other settings of the Cargo profile, and show what each saves
    ///
    /// The project is not changed: the settings are in the environment of each build. Speed is not measured.
    #[arg(long = "try", conflicts_with_all = ["against", "top", "config"])]
    pub(crate) levers: bool,
    /// Number of rows to show at each level; --verbose shows all
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) top: u16,
    /// Format of the report; `--json` is `--format json`
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<SizeFormat>,
    /// Write the report to this file
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Use this pyproject.toml for [tool.monowheel.size], instead of ./pyproject.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

impl SizeArgs {
    /// What to measure.
    pub(crate) fn subject(&self) -> &Path {
        self.subject.as_deref().unwrap_or(Path::new("dist"))
    }

    /// What to build.
    pub(crate) fn project(&self) -> &str {
        self.subject.as_deref().and_then(Path::to_str).unwrap_or(".")
    }
}

/// The formats of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SizeFormat {
    /// A tree for a terminal.
    Text,
    /// For programs: schema monowheel.size/1.
    Json,
    /// A page with a treemap that needs nothing else; not for --try.
    Html,
}
