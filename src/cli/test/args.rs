//! The words of `test`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::args::isolation::IsolationArgs;

/// What to try, and on which interpreters.
#[derive(Args, Debug)]
pub(crate) struct TestArgs {
    /// Wheels, or folders of wheels
    #[arg(value_name = "WHEEL|DIR", default_value = "dist")]
    pub(crate) wheels: Vec<PathBuf>,
    /// Only on this interpreter, which has to be here: 3.13, 3.15t, 3.13-win-amd64, 3.13-musllinux, or a
    /// path; repeat it for more
    #[arg(long = "python", value_name = "VERSION|PATH", help_heading = "Interpreters")]
    pub(crate) pythons: Vec<String>,
    /// Leave out what an emulator would run
    #[arg(long, help_heading = "Interpreters")]
    pub(crate) native: bool,
    /// Every interpreter, also several of one version and platform
    #[arg(long, help_heading = "Interpreters")]
    pub(crate) all: bool,
    /// The project's tests, instead of [tool.monowheel.test] command: "pytest {project}/tests"
    #[arg(long, value_name = "WORDS", help_heading = "The project's tests")]
    pub(crate) command: Option<String>,
    /// What the command needs, as pip takes it; repeat it for more
    #[arg(long, value_name = "REQUIREMENT", help_heading = "The project's tests")]
    pub(crate) requires: Vec<String>,
    /// Use this pyproject.toml for [tool.monowheel.test], instead of ./pyproject.toml
    #[arg(long, value_name = "FILE", help_heading = "The project's tests")]
    pub(crate) config: Option<PathBuf>,
    /// A folder with wheels that these wheels or their tests need; repeat it for more
    #[arg(long, value_name = "DIR", help_heading = "The project's tests")]
    pub(crate) find_links: Vec<PathBuf>,
    /// Ask no index for what these wheels or their tests need
    #[arg(long, help_heading = "The project's tests")]
    pub(crate) offline: bool,
    /// How many interpreters run at the same time; the number of cores by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) jobs: Option<u16>,
    /// The form of the report; `--json` is `--format json`
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ProofFormat>,
    /// Write the report to this file; the verdict is printed all the same
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

/// The forms of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProofFormat {
    /// For people.
    Text,
    /// For programs: schema monowheel.test/1.
    Json,
    /// One page for a browser.
    Html,
}
