//! The commands: their names, their `--help` lines, and the functions that run them.

use std::path::PathBuf;

use clap::Subcommand;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::screen::Screen;
use crate::cli::{
    api, audit, building, cache, ci, compare, completions, debug, doctor, fleet, floor, init, lab, link, lint, lsp,
    man, new, pin, plan, publish, pythons, release, reproduce, rules, schema, size, soak, symbols, test, verify,
};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Create a project that builds, passes its tests and audits clean
    New(new::args::NewArgs),
    /// Add what a crate or Python project is missing, after a diff
    Init(new::args::InitArgs),
    /// Show what a build would do for each target and ABI
    Plan(plan::args::PlanArgs),
    /// Build the sdist, then every wheel from it, into dist/
    Build(building::args::BuildArgs),
    /// Check wheels: tags, symbols, metadata, signatures, coverage
    Audit(Box<audit::args::AuditArgs>),
    /// Find PyO3 mistakes that compile: deadlocks, leaks, wrong names
    Lint(Box<lint::args::LintArgs>),
    /// Install wheels on each interpreter and run the project's tests
    Test(Box<test::args::TestArgs>),
    /// Compare two wheels, sdists or directories, down to symbols
    Compare(compare::args::CompareArgs),
    /// Show where the bytes of a wheel go, and what made it larger
    Size(Box<size::args::SizeArgs>),
    /// Turn the addresses of a crash into functions, files and lines
    Symbols(Box<symbols::args::SymbolsArgs>),
    /// Write stubs of the Python API; find what a release breaks
    Api(api::args::ApiArgs),
    /// Find the oldest CPython that one abi3 wheel can support
    Floor(floor::args::FloorArgs),
    /// Find leaks and deadlocks of a program in both of its languages
    Debug(Box<debug::args::DebugArgs>),
    /// Call everything in a wheel, in threads, at exit, out of memory
    Soak(soak::args::SoakArgs),
    /// Build twice, in different environments, and compare each byte
    Reproduce(reproduce::args::ReproduceArgs),
    /// Rebuild a published wheel from its source, and compare
    Verify(Box<verify::args::VerifyArgs>),
    /// Audit, build, test or verify on many machines; query the results
    Fleet(fleet::args::FleetArgs),
    /// Prepare the next version, check it, and tag it
    Release(release::args::ReleaseArgs),
    /// Upload a release by trusted publishing, or rehearse that here
    Publish(Box<publish::args::PublishArgs>),
    /// Lock the wheels of a release by hash, or check such a lock
    Pin(Box<pin::args::PinArgs>),
    /// Write CI workflows that build, test and publish the project
    Ci(ci::args::CiArgs),
    /// Check this machine, and print a fix for anything missing
    Doctor(doctor::args::DoctorArgs),
    /// List the interpreters here: native, under qemu, under wine
    Pythons(pythons::args::PythonsArgs),
    /// Get interpreters: newer, free-threaded, aarch64, musl, Windows
    Lab(lab::args::LabArgs),
    /// Show the documentation of a rule of audit or lint
    Explain(rules::args::ExplainArgs),
    /// Link for macOS; called by a build
    #[command(hide = true)]
    Link(link::args::LinkArgs),
    /// Print a script that completes commands in a shell
    Completions(completions::args::CompletionsArgs),
    /// List the rules of audit and lint
    Rules(rules::args::RulesArgs),
    /// Show or empty the cache of downloads and build directories
    Cache(cache::args::CacheArgs),
    /// Lint in an editor: a language server on stdin and stdout
    Lsp,
    /// Write the manual pages
    Man(man::args::ManArgs),
    /// Print the JSON Schema of [tool.monowheel], for editors
    Schema,
}

impl Command {
    /// The command's name, where its report goes to the summary of a CI job as well. `audit` has a form for it.
    pub(super) const fn summarized(&self) -> Option<&'static str> {
        match self {
            Self::Build(_) => Some("build"),
            Self::Test(_) => Some("test"),
            Self::Publish(_) => Some("publish"),
            _ => None,
        }
    }

    /// Runs the command. `python` is the interpreter in whose environment pip and the tools are looked up.
    pub(super) fn run(
        self,
        global: &Global,
        python: Option<PathBuf>,
        stop: &CancelToken,
        screen: &mut Screen,
    ) -> Result<ExitCode> {
        match self {
            Self::Api(args) => api::run(&args, global, python, stop, screen),
            Self::Plan(args) => plan::run(&args, global, python, stop, screen),
            Self::Build(args) => building::run(&args, global, python, stop, screen),
            Self::Audit(args) => audit::run(&args, global, python, stop, screen),
            Self::Pythons(args) => pythons::run(&args, global, stop, screen),
            Self::Test(args) => test::run(&args, global, stop, screen),
            Self::Link(args) => link::run(&args, stop, screen),
            Self::Reproduce(args) => reproduce::run(&args, global, known(python)?, stop, screen),
            Self::Verify(args) => verify::run(&args, global, known(python)?, stop, screen),
            Self::Compare(args) => compare::run(&args, global, stop, screen),
            Self::Completions(args) => completions::run(&args, screen),
            Self::Ci(args) => ci::run(&args, global, stop, screen),
            Self::Init(args) => init::run(&args, global, stop, screen),
            Self::New(args) => new::run(&args, global, stop, screen),
            Self::Doctor(args) => doctor::run(&args, global, python, stop, screen),
            Self::Release(args) => release::run(&args, global, python, stop, screen),
            Self::Publish(args) => publish::run(&args, global, known(python)?, stop, screen),
            Self::Pin(args) => pin::run(&args, global, stop, screen),
            Self::Explain(args) => rules::explain::run(&args, global, screen),
            Self::Lint(args) => lint::run(&args, global, stop, screen),
            Self::Lab(args) => lab::run(&args, global, python, stop, screen),
            Self::Rules(args) => rules::run(&args, global, screen),
            Self::Cache(args) => cache::run(&args, global, stop, screen),
            Self::Lsp => lsp::run(stop),
            Self::Man(args) => man::run(&args, screen),
            Self::Schema => schema::run(screen),
            Self::Size(args) => size::run(&args, global, python, stop, screen),
            Self::Symbols(args) => symbols::run(&args, global, python, stop, screen),
            Self::Debug(args) => debug::run(&args, global, python, stop, screen),
            Self::Soak(args) => soak::run(&args, global, python, stop, screen),
            Self::Fleet(args) => fleet::run(&args, global, screen),
            Self::Floor(args) => floor::run(&args, global, python, stop, screen),
        }
    }
}

/// For commands that start monowheel again.
pub(super) fn known(python: Option<PathBuf>) -> Result<PathBuf> {
    python.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "could not determine the Python that runs monowheel")
            .next("run `python -m monowheel` with a Python that has monowheel installed")
    })
}
