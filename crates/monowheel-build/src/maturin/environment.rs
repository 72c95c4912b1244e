//! The environment of a build: what it takes from this process, and the time that it assumes.

use std::collections::BTreeMap;

use monowheel_system::exec::{Call, search_path};

use crate::compiler_env::{reaches_a_compiler, variables};
use crate::toolchain::shims::Shims;

/// Variables of this process that would change what maturin, `PyO3` or cargo build for a target
/// (read in maturin 1.16, cargo-zigbuild 0.24 and `PyO3` 0.29). The build sets those it needs.
const OURS: [&str; 26] = [
    "ARCHFLAGS",
    "CARGO",
    "CARGO_BUILD_BUILD_DIR",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_MAKEFLAGS",
    "CARGO_TARGET_DIR",
    "CONDA_PREFIX",
    "MACOSX_DEPLOYMENT_TARGET",
    "MAKEFLAGS",
    "MFLAGS",
    "PYTHONHOME",
    "PYTHONPATH",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTDOC",
    "RUSTUP_TOOLCHAIN",
    "TARGET_SYSROOT",
    "VIRTUAL_ENV",
    "_PYTHON_HOST_PLATFORM",
    "_PYTHON_SYSCONFIGDATA_NAME",
    "pythonLocation",
    "CARGO_MANIFEST_DIR",
    "CARGO_PKG_NAME",
    "CARGO_MANIFEST_PATH",
    "RUST_LOG",
];
const OUR_PREFIXES: [&str; 4] = ["CARGO_ZIGBUILD_", "MATURIN_", "PYO3_", "PYTHON_SYS_"];

/// The time that a build assumes, unless `SOURCE_DATE_EPOCH` sets another: 1980-01-01, the first that a
/// zip archive can state. Everything that reads it (maturin, zig's linker for Windows, build scripts) then writes the
/// same today and tomorrow.
pub(crate) const EPOCH: &str = "315532800";

/// The time of a build, in seconds since 1970.
#[must_use]
pub(crate) fn epoch() -> String {
    std::env::var("SOURCE_DATE_EPOCH").unwrap_or_else(|_| EPOCH.to_owned())
}

/// Whether only the build sets a variable: it is removed from the caller's environment.
#[must_use]
pub(crate) fn is_ours(name: &str) -> bool {
    OURS.contains(&name) || OUR_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// The variables of this process's environment that a build passes on to compilers and build scripts, without secrets.
#[must_use]
pub fn passed_on() -> BTreeMap<String, String> {
    variables().filter(|(name, _)| reaches_a_compiler(name) && !is_ours(name)).collect()
}

/// A call in a clean environment, with the toolchain of the shims.
pub fn toolchain_env(call: Call, shims: &Shims) -> Call {
    let path = std::iter::once(shims.folder.clone()).chain(search_path());
    let path = std::env::join_paths(path).unwrap_or_else(|_| std::env::var_os("PATH").unwrap_or_default());
    let call = std::env::vars_os()
        .filter_map(|(name, _)| name.into_string().ok())
        .filter(|name| is_ours(name))
        .fold(call, Call::without_env);
    call.env("PATH", path).env("RUSTC", &shims.rustc).env("CARGO", &shims.cargo)
}
