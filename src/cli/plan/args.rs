//! Arguments of `plan`, shared by `build` and `reproduce`.

use clap::{Args, ValueEnum};
use monowheel_build::plan::Selection;
use monowheel_project::abi::{Abi, AbiChoice, Floor};
use monowheel_project::target::{Target, WindowsAbi};

use crate::cli::args::index::IndexArgs;
use crate::cli::args::lock::LockArgs;
use crate::cli::args::toolchain::ToolchainArgs;

/// Which project and which wheels.
#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// A directory, an sdist (.tar.gz), or a release on an index such as nh3==0.3.7
    ///
    /// The sdist of a release is downloaded; 'nh3==0.3.7 --hash=sha256:HEX' accepts only the file with that hash.
    #[arg(default_value = ".")]
    pub(crate) project: String,
    /// Build for this platform only; may be given more than once
    #[arg(short, long, value_name = "NAME", long_help = targets_help())]
    target: Vec<String>,
    /// Build for this ABI only, such as abi3, cp314t or auto; may be given more than once
    #[arg(long, value_name = "ABI", long_help = abis_help())]
    abi: Vec<AbiChoice>,
    /// Oldest CPython of abi3 wheels, such as 3.10, if the crate does not set one
    #[arg(long, value_name = "VERSION", long_help = FLOOR_HELP)]
    floor: Option<Floor>,
    /// How to link Windows extensions
    #[arg(long, value_enum, value_name = "HOW")]
    windows: Option<WindowsName>,
    /// Keep frame pointers in all compiled code, Rust and C, for profilers (PEP 831)
    #[arg(long)]
    frame_pointers: bool,
    /// Keep line tables in dist/symbols, for `monowheel symbols`; the wheels are the same without them
    #[arg(long)]
    symbols: bool,
    /// Build only this machine's wheel, which nobody will install; for `size --try`
    #[arg(long, hide = true, conflicts_with = "target")]
    trial: bool,
    #[command(flatten)]
    toolchain: ToolchainArgs,
    #[command(flatten)]
    lock: LockArgs,
    #[command(flatten)]
    pub(crate) index: IndexArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum WindowsName {
    /// With zig, for Rust's *-windows-gnullvm targets
    Gnullvm,
    /// With maturin and the Windows SDK, for Rust's *-windows-msvc targets
    Msvc,
}

impl PlanArgs {
    /// The selection as arguments again, for a command that starts another.
    pub(crate) fn words(&self) -> Vec<String> {
        fn name(value: &impl ValueEnum) -> String {
            value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
        }
        let options = (self.target.iter().map(|target| ("--target", target.clone())))
            .chain(self.abi.iter().map(|abi| ("--abi", abi.to_string())))
            .chain(self.floor.iter().map(|floor| ("--floor", floor.to_string())))
            .chain(self.windows.iter().map(|how| ("--windows", name(how))))
            .chain(self.toolchain.named().map(|toolchain| ("--toolchain", toolchain)));
        options
            .flat_map(|(option, value)| [option.to_owned(), value])
            .chain(self.frame_pointers.then(|| "--frame-pointers".to_owned()))
            .chain(self.symbols.then(|| "--symbols".to_owned()))
            .chain(self.lock.words())
            .collect()
    }

    /// What the options select; an option that was not given selects nothing.
    pub(crate) fn selection(&self) -> Selection {
        let given = |list: &[String]| (!list.is_empty()).then(|| list.to_vec());
        Selection {
            targets: given(&self.target),
            abis: (!self.abi.is_empty()).then(|| self.abi.clone()),
            floor: self.floor,
            windows: self.windows.map(|how| match how {
                WindowsName::Gnullvm => WindowsAbi::Gnullvm,
                WindowsName::Msvc => WindowsAbi::Msvc,
            }),
            toolchain: self.toolchain.named(),
            lock: self.lock.mode(),
            frame_pointers: self.frame_pointers,
            symbols: self.symbols,
            for_trial: self.trial,
        }
    }
}

const FLOOR_HELP: &str = "\
Oldest CPython of abi3 wheels, such as 3.10, if the crate does not set one.

For a crate without an abi3 feature, monowheel enables PyO3's own, which works if the crate uses only the stable ABI. \
`floor` in [tool.monowheel] sets it for every build.";

fn abis_help() -> String {
    let versions: Vec<String> = Abi::names().into_iter().filter(|name| name.starts_with("cp")).collect();
    format!(
        "Build for this ABI only; may be given more than once.\n\n\
         abi3    one wheel for every CPython with the GIL, from the crate's floor on\n\
         abi3t   one wheel for CPython 3.15 and later, including free-threaded builds\n\
         cp3NN   a wheel for one version ({}); cp3NNt for its free-threaded build\n\
         A-B     a range of versions: cp310-cp315\n\
         auto    abi3, abi3t and cp314t as far as the crate supports them; without abi3, a wheel for every CPython\n\n\
         Default: abi3, and abi3t if the crate has it.",
        versions.join(", ")
    )
}

fn targets_help() -> String {
    let defaults: Vec<String> = Target::defaults(WindowsAbi::Gnullvm).iter().map(ToString::to_string).collect();
    let others: Vec<String> = Target::names().into_iter().filter(|name| !defaults.contains(name)).collect();
    format!(
        "Build for this platform only; may be given more than once.\n\nDefault: {}.\nAlso: {}.\nOther levels: manylinux_2_28_x86_64, macosx_11_0_x86_64, …",
        defaults.join(", "),
        others.join(", ")
    )
}
