//! Where the linkers of a build are, and the macOS version they link for.

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_project::target::{System, Target};

use crate::toolchain::shims::Shims;

/// The directory for the linkers of all lanes: beside them, because the code being built may write into a lane, but not
/// here. cargo makes the name of this machine's linker part of the identity of the host units, which the lanes share.
pub(crate) fn linkers_of(lane: &Path) -> PathBuf {
    lane.with_file_name("linkers")
}

/// The part of a directory name for a raised deployment target.
pub(super) fn of_level(folder: &Path, raised: Option<&str>) -> PathBuf {
    raised.map_or_else(|| folder.to_path_buf(), |level| folder.join(format!("macos-{level}")))
}

/// Our linker for a Rust target, written into `folder`; none if maturin's own is used. `python` runs
/// monowheel.
///
/// # Errors
/// When it cannot be written.
pub fn linker(
    shims: &Shims,
    target: &Target,
    triple: &str,
    folder: &Path,
    maturin: &Path,
    python: Option<&Path>,
) -> Result<Option<PathBuf>> {
    match (target.system, python) {
        (System::Win, _) => {
            fs_err::create_dir_all(folder)?;
            shims.windows_linker(folder, triple, maturin).map(Some)
        }
        (System::Macosx, Some(python)) => {
            fs_err::create_dir_all(folder)?;
            let raised = raised_deployment_target(target);
            let level = raised.as_deref().unwrap_or(lowest_deployment_target(triple));
            shims.macos_linker(folder, triple, level, maturin, python).map(Some)
        }
        _ => Ok(None),
    }
}

/// zig's name for this machine's own target, if that is a glibc platform.
pub(super) fn zig_host(host: &str) -> Option<&'static str> {
    match host {
        "x86_64-unknown-linux-gnu" => Some("x86_64-linux-gnu"),
        "aarch64-unknown-linux-gnu" => Some("aarch64-linux-gnu"),
        _ => None,
    }
}

/// The variable that tells cargo the linker of a Rust target.
pub(super) fn linker_variable(triple: &str) -> String {
    format!("CARGO_TARGET_{}_LINKER", triple.to_uppercase().replace(['-', '.'], "_"))
}

/// `MACOSX_DEPLOYMENT_TARGET`, if the target's name requires more than Rust's own minimum.
pub(super) fn raised_deployment_target(target: &Target) -> Option<String> {
    let (major, minor) = target.level.filter(|_| target.system == System::Macosx)?;
    let lowest = if target.arch == "arm64" { (11, 0) } else { (10, 12) };
    ((major, minor) > lowest).then(|| format!("{major}.{minor}"))
}

/// Rust's own minimum, if nothing higher is required.
pub fn lowest_deployment_target(triple: &str) -> &'static str {
    if triple.starts_with("aarch64") { "11.0" } else { "10.12" }
}
