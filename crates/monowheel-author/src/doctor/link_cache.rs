//! The targets that linked in an earlier run, valid while the compiler, the linker and the standard library do not
//! change: linking for all of them takes several seconds.

use std::path::PathBuf;

use monowheel_build::toolchain::Machine;
use monowheel_build::toolchain::rust::Toolchain;
use monowheel_project::target::Target;
use monowheel_system::cache::{self, Answers};
use monowheel_system::hash::sha256;

use crate::doctor::link::SOURCE;

/// The file in the user's cache.
const FILE: &str = "links.json";
/// The maximum number of results: those of a few projects and toolchains.
pub(super) const MOST: usize = 400;

/// The seconds that each took: of earlier runs where those are wanted.
pub(super) fn read(is_wanted: bool) -> Answers<f64> {
    let links = Answers::read(FILE, SOURCE);
    if is_wanted { links } else { links.afresh() }
}

/// What the result depends on; none if one of its files cannot be examined.
pub(super) fn key(
    target: &Target,
    triple: &str,
    toolchain: &Toolchain,
    own_std: bool,
    machine: &Machine,
) -> Option<String> {
    let (maturin, zig) = (machine.maturin.as_ref()?, machine.zig.as_ref()?);
    let sysroot = if own_std { machine.std_cache.sysroot(toolchain) } else { toolchain.sysroot.clone() };
    let library = sysroot.join("lib/rustlib").join(triple).join("lib");
    let mut files: Vec<PathBuf> = fs_err::read_dir(library).ok()?.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.extend([&toolchain.rustc, &maturin.path, &zig.path].map(Clone::clone));
    let files = files.iter().map(|path| cache::state_of(path)).collect::<Option<Vec<String>>>()?.join("\n");
    let tools = format!("{}\n{}\n{}\n{files}", toolchain.verbose_version, maturin.version, zig.version);
    Some(format!("{target} {triple} {}", sha256(tools.as_bytes())))
}
