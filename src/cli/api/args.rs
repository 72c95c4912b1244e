//! The options of `api`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use monowheel_project::abi::Floor;

use crate::cli::args::index::IndexArgs;
use crate::cli::args::isolation::IsolationArgs;
use crate::cli::args::toolchain::ToolchainArgs;

/// What to do with the Python API.
#[derive(Args, Debug)]
pub(crate) struct ApiArgs {
    #[command(subcommand)]
    pub(crate) action: Action,
}

/// The actions.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// Write type stubs (PEP 561) from the Rust source
    ///
    /// Nothing is compiled and nothing of the project runs. What the source does not show, such as the items of a macro,
    /// is listed. A stub that you wrote is never replaced; of one that this command wrote, the parts between
    /// `# monowheel: keep` and `# monowheel: end` stay.
    Stubs(StubsArgs),
    /// Show what changed in the Python API from one release to another, and whom it breaks
    ///
    /// OLD and NEW are each a wheel, a directory of wheels, a release on an index (NAME==VERSION), an sdist, the directory
    /// of a project, or a commit of the git checkout here (v1.2.0, HEAD). Of wheels, the stubs and the text signatures in
    /// the compiled modules are read, and of all of them the tags; of sources, the Rust code. Nothing of them runs, unless
    /// you ask for it with --run.
    ///
    /// Ends with 1 if the new version number is too small for what changed.
    Diff(Box<DiffArgs>),
    /// Show how much of a Rust API Python has: exposed, excluded, missing; documented; tested
    ///
    /// The public items of the crate, or of the dependency that `of` in [tool.monowheel.parity] names, are matched by name
    /// with the Python surface of the project and with the names in its tests. Nothing is compiled and nothing runs, except
    /// `cargo metadata` to find a dependency.
    ///
    /// Ends with 1 below --fail-under, and if [tool.monowheel.parity] names what is not there.
    Parity(ParityArgs),
    /// Show what each Rust type accepts from Python and returns, and what that costs, by running it
    ///
    /// A crate of monowheel's own with functions of all types is compiled for this machine, with the version of PyO3 and the
    /// floor of the project, and called with values at the edges and in rounds that are timed. It is kept in the cache.
    /// With a project, the conversions in its signatures are ranked by their cost, with cheaper ways. Its sources are only
    /// read: nothing of it is compiled or runs.
    Types(Box<TypesArgs>),
}

/// Which types, and with what.
#[derive(Args, Debug)]
pub(crate) struct TypesArgs {
    /// A directory with Cargo.toml or pyproject.toml [default: the current directory, if it is a PyO3 project]
    #[arg(value_name = "PROJECT")]
    pub(crate) project: Option<PathBuf>,
    /// Version of PyO3: 0.29.3, or the newest 0.29 [default: the project's, else the newest]
    #[arg(long, value_name = "VERSION")]
    pub(crate) pyo3: Option<String>,
    /// Floor of abi3, such as 3.10 [default: the project's, else no abi3]
    #[arg(long, value_name = "VERSION")]
    pub(crate) floor: Option<Floor>,
    /// Compile for the interpreter alone, without abi3
    #[arg(long, conflicts_with = "floor")]
    pub(crate) no_abi3: bool,
    /// Run on this interpreter: a version or a path [default: the one of monowheel]
    #[arg(long, value_name = "VERSION|PATH")]
    pub(crate) python: Option<String>,
    /// Only this Rust type, with the answer to each value; may be given more than once
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) types: Vec<String>,
    /// Also the types of this crate: chrono, num-bigint, numpy, rust_decimal or uuid; may be given more than once
    #[arg(long = "with", value_name = "CRATE")]
    pub(crate) with: Vec<String>,
    /// Measure no time
    #[arg(long, conflicts_with = "quick")]
    pub(crate) no_cost: bool,
    /// Measure in 5 rounds instead of 21, for a first look
    #[arg(long)]
    pub(crate) quick: bool,
    /// Print the tables in Markdown instead of the report
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    #[command(flatten)]
    pub(crate) toolchain: ToolchainArgs,
    #[command(flatten)]
    pub(crate) isolation: IsolationArgs,
}

/// A project, and what shows that it is tested.
#[derive(Args, Debug)]
pub(crate) struct ParityArgs {
    /// A directory with Cargo.toml or pyproject.toml
    #[arg(value_name = "PROJECT", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Coverage report: the JSON of llvm-cov (Rust) or of coverage.py (Python); may be given more than once
    #[arg(long, value_name = "FILE")]
    pub(crate) coverage: Vec<PathBuf>,
    /// Read the crate that `of` names from the JSON of rustdoc, which has the items of macros too
    #[arg(long, value_name = "FILE")]
    pub(crate) rustdoc: Option<PathBuf>,
    /// Tests of Python, a file or a directory; may be given more than once [default: `tests` of [tool.monowheel.parity], else the directory tests]
    #[arg(long, value_name = "PATH")]
    pub(crate) tests: Vec<PathBuf>,
    /// Print the complete table in Markdown instead of the report
    #[arg(long, conflicts_with = "json")]
    pub(crate) markdown: bool,
    /// Write a badge: an image if FILE ends with .svg, else the JSON that shields.io shows as one
    #[arg(long, value_name = "FILE")]
    pub(crate) badge: Option<PathBuf>,
    /// End with 1 if Python has less than this percentage of the items [default: `fail-under` of [tool.monowheel.parity]]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(crate) fail_under: Option<u8>,
    /// Take [tool.monowheel.parity] from this pyproject.toml [default: that of PROJECT, or of the current directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Two releases.
#[derive(Args, Debug)]
pub(crate) struct DiffArgs {
    /// The release before
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The release after [default: the project in the current directory]
    #[arg(value_name = "NEW", default_value = ".", hide_default_value = true)]
    pub(crate) new: String,
    /// Print a draft for the changelog (Markdown) instead of the report
    #[arg(long, conflicts_with = "json")]
    pub(crate) changelog: bool,
    /// Import both wheels in this interpreter as well, and compare the running modules
    ///
    /// It shows what no stub states: subclasses, hashes, pickling, weak references. Both run as you; give only wheels that
    /// you trust.
    #[arg(long, value_name = "PYTHON")]
    pub(crate) run: Option<PathBuf>,
    /// Take what is allowed from [tool.monowheel.api] of this pyproject.toml [default: that of NEW, or of the current directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}

/// A project, and where its stubs go.
#[derive(Args, Debug)]
pub(crate) struct StubsArgs {
    /// A directory with Cargo.toml or pyproject.toml
    #[arg(value_name = "PROJECT", default_value = ".")]
    pub(crate) project: PathBuf,
    /// Write the stubs to this directory, instead of the one of the Python package
    #[arg(short, long, value_name = "DIR")]
    pub(crate) output: Option<PathBuf>,
    /// Write nothing; exit with 1 if a stub would change, or if one that you wrote contradicts the source
    #[arg(long)]
    pub(crate) check: bool,
    /// Import the extension module in this interpreter, and compare it with the source as well
    #[arg(long, value_name = "PYTHON", requires = "check")]
    pub(crate) run: Option<PathBuf>,
}
