//! The words of the command line. What they mean is decided elsewhere.

mod audit;
mod ci;
mod compare;
mod doctor;
mod index;
mod lab;
mod link;
mod lint;
mod new;
mod pin;
mod prove;
mod publish;
mod release;
mod report;
mod reproduce;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::build::family::Family;
use crate::build::input::Input;
use crate::build::plan::Selection;
use crate::build::target::{Target, WindowsAbi};

pub(super) use audit::{AuditArgs, ExplainArgs, RulesArgs};
pub(super) use ci::CiArgs;
pub(super) use compare::{CompareArgs, CompareFormat};
pub(super) use doctor::DoctorArgs;
pub(super) use lab::{ChosenArgs, LabArgs, LabCommand};
pub(super) use link::LinkArgs;
pub(super) use lint::LintArgs;
pub(super) use new::{InitArgs, NewArgs};
pub(super) use pin::{PinArgs, PinFormat};
pub(super) use prove::{ProofFormat, PythonsArgs, TestArgs};
pub(super) use publish::{PublishArgs, WhoseName};
pub(super) use release::{CheckArgs, PrepareArgs, ReleaseArgs, ReleaseCommand, TagArgs};
pub(super) use reproduce::ReproduceArgs;
pub(super) use verify::VerifyArgs;

/// One abi3 wheel per platform, from one machine.
///
/// Exit codes: 0 clean, 1 a finding (a wheel that is not what was planned), 2 the command line, the
/// configuration or the project has to change, 3 it could not be completed.
#[derive(Debug, Parser)]
#[command(name = "monowheel", version, max_term_width = 100)]
pub(super) struct Cli {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Args, Debug)]
pub(super) struct Global {
    /// Print the result as JSON on stdout, with a versioned `schema`; progress stays on stderr
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// Print only the result and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Print all there is: every line of the tools, every name of a finding
    #[arg(short, long, global = true)]
    pub(super) verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a new project from a template: it builds, passes its tests and audits clean
    New(NewArgs),
    /// Add what an existing Rust crate or Python project lacks, after a look at the diff
    Init(InitArgs),
    /// Show what a build would do, for each target and ABI family, without doing any of it
    Plan(PlanArgs),
    /// Build the sdist, then every wheel from it, into dist/
    Build(BuildArgs),
    /// Find every lie that a wheel can tell: tags, symbols, metadata, signatures, and which Pythons get it
    Audit(Box<AuditArgs>),
    /// Find what goes wrong with PyO3 and compiles: in the sources and manifests of a project
    Lint(Box<LintArgs>),
    /// Install each wheel as pip would on every interpreter here, import it, and run the project's tests
    Test(Box<TestArgs>),
    /// Say what differs between two wheels or sdists, or two folders of them, down to the symbol
    Compare(CompareArgs),
    /// Build twice, the second time under other circumstances, and say whether every byte is the same
    Reproduce(ReproduceArgs),
    /// Make a published wheel again from its source, with the tools it names, and compare
    Verify(Box<VerifyArgs>),
    /// Prepare the next version, check that all fits together, and tag it with the hashes of the set
    Release(ReleaseArgs),
    /// Upload the set to an index by trusted publishing, and look that it serves exactly that; or rehearse it here
    Publish(Box<PublishArgs>),
    /// Pin the wheels that installers choose of a release, by hash, for pip and uv; or check such a file
    Pin(Box<PinArgs>),
    /// Write the workflows that build, test and publish the set, or say whether they have drifted
    Ci(CiArgs),
    /// Check this machine against what the project needs, each check with the command that mends it
    Doctor(DoctorArgs),
    /// List the interpreters of this machine: native, under qemu, under wine
    Pythons(PythonsArgs),
    /// Get interpreters to run wheels in: newer, free-threaded, aarch64, musl, Windows
    Lab(LabArgs),
    /// Tell all about one rule of audit or lint
    Explain(ExplainArgs),
    /// Link for macOS; called by a build
    #[command(hide = true)]
    Link(LinkArgs),
    /// List the rules of audit and lint
    Rules(RulesArgs),
}

/// Which project and which wheels.
#[derive(Args, Debug)]
pub(super) struct PlanArgs {
    /// A folder, an sdist (.tar.gz), or a requirement such as nh3==0.3.7
    #[arg(default_value = ".")]
    pub(super) project: String,
    /// Build for this platform only; repeat it for more
    #[arg(short, long, value_name = "NAME", long_help = targets_help())]
    target: Vec<String>,
    /// Build this ABI family only; repeat it for more
    #[arg(long, value_enum, value_name = "FAMILY")]
    abi: Vec<AbiName>,
    /// How Windows extensions are linked
    #[arg(long, value_enum, value_name = "HOW")]
    windows: Option<WindowsName>,
    /// Use this Rust toolchain (rustup's name, or `system`) instead of the one that serves most targets
    #[arg(long, value_name = "NAME")]
    toolchain: Option<String>,
}

/// The arguments of `build`.
#[derive(Args, Debug)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    pub(super) plan: PlanArgs,
    /// The output folder; `dist` in the project's folder, or here for an sdist or a requirement
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// How many wheels to build at the same time; the number of cores, at most 4, by default
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    jobs: Option<u16>,
    /// Build everything anew: use nothing that earlier builds of this project left
    #[arg(long)]
    pub(super) fresh: bool,
    /// Stop at the first wheel that fails
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// Show the plan and maturin's arguments, and build nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AbiName {
    /// cp38-abi3 (or the crate's floor): every CPython with the GIL from there on
    Abi3,
    /// cp315-abi3.abi3t: 3.15 and later, free-threaded builds too
    Abi3t,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WindowsName {
    /// By zig, for Rust's *-windows-gnullvm targets
    Gnullvm,
    /// By maturin with the Windows SDK, for Rust's *-windows-msvc targets
    Msvc,
}

impl PlanArgs {
    /// The selection as words again, for a command that starts another.
    pub(super) fn words(&self) -> Vec<String> {
        fn name(value: &impl ValueEnum) -> String {
            value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
        }
        let options = (self.target.iter().map(|target| ("--target", target.clone())))
            .chain(self.abi.iter().map(|abi| ("--abi", name(abi))))
            .chain(self.windows.iter().map(|how| ("--windows", name(how))))
            .chain(self.toolchain.iter().map(|toolchain| ("--toolchain", toolchain.clone())));
        options.flat_map(|(option, value)| [option.to_owned(), value]).collect()
    }

    /// What the words select; an option that was not given selects nothing.
    pub(super) fn selection(&self) -> Selection {
        let given = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        let abis: Vec<Family> = self
            .abi
            .iter()
            .map(|abi| match abi {
                AbiName::Abi3 => Family::Abi3,
                AbiName::Abi3t => Family::Abi3t,
            })
            .collect();
        Selection {
            targets: given(&self.target),
            abis: (!abis.is_empty()).then_some(abis),
            windows: self.windows.map(|how| match how {
                WindowsName::Gnullvm => WindowsAbi::Gnullvm,
                WindowsName::Msvc => WindowsAbi::Msvc,
            }),
            toolchain: self.toolchain.clone(),
        }
    }
}

impl BuildArgs {
    /// The output folder.
    pub(super) fn out(&self, input: &Input) -> PathBuf {
        match (&self.out, input) {
            (Some(out), _) => out.clone(),
            (None, Input::Folder(root)) => root.join("dist"),
            (None, _) => PathBuf::from("dist"),
        }
    }

    /// The number of lanes.
    pub(super) fn jobs(&self) -> Option<usize> {
        self.jobs.map(usize::from)
    }
}

fn targets_help() -> String {
    let defaults: Vec<String> = Target::defaults(WindowsAbi::Gnullvm).iter().map(ToString::to_string).collect();
    let others: Vec<String> = Target::names().into_iter().filter(|name| !defaults.contains(name)).collect();
    format!(
        "Build for this platform only; repeat it for more.\n\nDefault: {}.\nAlso: {}.\nOther levels: manylinux_2_28_x86_64, macosx_11_0_x86_64, …",
        defaults.join(", "),
        others.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parser_is_sound() {
        use clap::CommandFactory as _;
        Cli::command().debug_assert();
    }
}
