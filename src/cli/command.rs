//! The commands: what each is called, the line that `--help` has of it, and who carries it out.

use std::path::PathBuf;

use clap::Subcommand;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_system::exec::CancelToken;

use crate::cli::args::Global;
use crate::cli::screen::Screen;
use crate::cli::{
    audit, building, cache, ci, compare, completions, doctor, init, lab, link, lint, lsp, man, new, pin, plan, publish,
    pythons, release, reproduce, rules, schema, test, verify,
};

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a new project from a template: it builds, passes its tests and audits clean
    New(new::args::NewArgs),
    /// Add what an existing Rust crate or Python project lacks, after a look at the diff
    Init(new::args::InitArgs),
    /// Show what a build would do, for each target and ABI family, without doing any of it
    Plan(plan::args::PlanArgs),
    /// Build the sdist, then every wheel from it, into dist/
    Build(building::args::BuildArgs),
    /// Find every lie that a wheel can tell: tags, symbols, metadata, signatures, and which Pythons get it
    Audit(Box<audit::args::AuditArgs>),
    /// Find what goes wrong with PyO3 and compiles: in the sources and manifests of a project
    Lint(Box<lint::args::LintArgs>),
    /// Install each wheel as pip would on every interpreter here, import it, and run the project's tests
    Test(Box<test::args::TestArgs>),
    /// Say what differs between two wheels or sdists, or two folders of them, down to the symbol
    Compare(compare::args::CompareArgs),
    /// Build twice, the second time under other circumstances, and say whether every byte is the same
    Reproduce(reproduce::args::ReproduceArgs),
    /// Make a published wheel again from its source, with the tools it names, and compare
    Verify(Box<verify::args::VerifyArgs>),
    /// Prepare the next version, check that all fits together, and tag it with the hashes of the set
    Release(release::args::ReleaseArgs),
    /// Upload the set to an index by trusted publishing, and look that it serves exactly that; or rehearse it here
    Publish(Box<publish::args::PublishArgs>),
    /// Pin the wheels that installers choose of a release, by hash, for pip and uv; or check such a file
    Pin(Box<pin::args::PinArgs>),
    /// Write the workflows that build, test and publish the set, or say whether they have drifted
    Ci(ci::args::CiArgs),
    /// Check this machine against what the project needs, each check with the command that mends it
    Doctor(doctor::args::DoctorArgs),
    /// List the interpreters of this machine: native, under qemu, under wine
    Pythons(pythons::args::PythonsArgs),
    /// Get interpreters to run wheels in: newer, free-threaded, aarch64, musl, Windows
    Lab(lab::args::LabArgs),
    /// Tell all about one rule of audit or lint
    Explain(rules::args::ExplainArgs),
    /// Link for macOS; called by a build
    #[command(hide = true)]
    Link(link::args::LinkArgs),
    /// Print a script that completes commands and options in a shell
    Completions(completions::args::CompletionsArgs),
    /// List the rules of audit and lint
    Rules(rules::args::RulesArgs),
    /// Show or empty the cache of downloads, standard libraries and build directories
    Cache(cache::args::CacheArgs),
    /// Lint in an editor: a language server on stdin and stdout
    Lsp,
    /// Write the manual pages
    Man(man::args::ManArgs),
    /// Print the JSON Schema of [tool.monowheel], for editors and validators
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

    /// Carries the command out. `python` is the interpreter in whose environment pip and the tools are looked up.
    pub(super) fn run(
        self,
        global: &Global,
        python: Option<PathBuf>,
        stop: &CancelToken,
        screen: &mut Screen,
    ) -> Result<ExitCode> {
        match self {
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
            Self::Release(args) => release::run(&args, global, stop, screen),
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
        }
    }
}

/// For what starts monowheel itself again.
fn known(python: Option<PathBuf>) -> Result<PathBuf> {
    python.ok_or_else(|| {
        Error::new(ErrorKind::Usage, "which Python runs monowheel is not known")
            .next("run it with a Python that has it: python -m monowheel …")
    })
}
