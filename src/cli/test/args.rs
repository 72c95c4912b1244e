//! Arguments of `test`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::isolation::IsolationArgs;

/// What to test, and on which interpreters.
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// Wheels, or directories of wheels
    #[arg(value_name = "WHEEL|DIR", default_value = "dist")]
    pub(crate) wheels: Vec<PathBuf>,
    /// Only on this interpreter, and fail if it is missing; may be given more than once
    ///
    /// A version, a version with a platform, or a path: 3.13, 3.15t, 3.13-win-amd64, 3.13-musllinux.
    #[arg(long = "python", value_name = "VERSION|PATH", help_heading = "Interpreters")]
    pub(crate) pythons: Vec<String>,
    /// Skip interpreters that need an emulator
    #[arg(long, help_heading = "Interpreters")]
    pub(crate) native: bool,
    /// Use every interpreter, even several of one version and platform
    #[arg(long, help_heading = "Interpreters")]
    pub(crate) all: bool,
    /// Test command, such as "pytest {project}/tests" [default: `command` of [tool.monowheel.test]]
    #[arg(long, value_name = "COMMAND", help_heading = "The project's tests")]
    pub(crate) command: Option<String>,
    /// Requirement of the test command, as for pip; may be given more than once
    #[arg(long, value_name = "REQUIREMENT", help_heading = "The project's tests")]
    pub(crate) requires: Vec<String>,
    /// Read [tool.monowheel.test] from this pyproject.toml [default: ./pyproject.toml]
    #[arg(long, value_name = "FILE", help_heading = "The project's tests")]
    pub(crate) config: Option<PathBuf>,
    /// Directory of wheels that the tested wheels or their tests need; may be given more than once
    #[arg(long, value_name = "DIR", help_heading = "The project's tests")]
    pub(crate) find_links: Vec<PathBuf>,
    /// Do not install dependencies of the wheels or their tests from an index
    #[arg(long, help_heading = "The project's tests")]
    pub(crate) offline: bool,
    /// Number of interpreters to run in parallel [default: number of cores]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// Format of the report; `--json` is `--format json`
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ProofFormat>,
    /// Write the report to this file; the summary is still printed
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

/// The formats of a test report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProofFormat {
    /// For people.
    Text,
    /// For programs: schema monowheel.test/1.
    Json,
    /// An HTML page.
    Html,
}
