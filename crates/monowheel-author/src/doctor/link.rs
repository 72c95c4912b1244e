//! Compiles and links a small cdylib for one Rust target, as a build would.

use std::path::Path;
use std::time::{Duration, Instant};

use monowheel_build::maturin::{linker, lowest_deployment_target, toolchain_env};
use monowheel_build::toolchain::Machine;
use monowheel_build::toolchain::remap::Remap;
use monowheel_build::toolchain::rust::Toolchain;
use monowheel_build::toolchain::shims::Shims;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::target::{System, Target};
use monowheel_system::exec::{Call, CancelToken};

/// The source to compile.
pub(super) const SOURCE: &str = include_str!("assets/tiny.rs");
/// Time limit: the first link for a target makes zig compile that platform's C library.
const LIMIT: Duration = Duration::from_secs(300);

/// Links the cdylib in `folder`, a directory only for this call; returns the duration in seconds.
///
/// `own_std`: whether the standard library was built by monowheel.
///
/// # Errors
/// [`ErrorKind::Tool`] with the last lines of rustc when it does not compile or link; when the folder cannot be
/// written; after `stop`.
pub(super) fn link(
    target: &Target,
    triple: &str,
    toolchain: &Toolchain,
    own_std: bool,
    machine: &Machine,
    folder: &Path,
    stop: &CancelToken,
) -> Result<f64> {
    let (Some(maturin), Some(zig)) = (&machine.maturin, &machine.zig) else {
        return Err(Error::new(ErrorKind::Toolchain, "no linker"));
    };
    let sysroot = own_std.then(|| machine.std_cache.sysroot(toolchain));
    let shims = Shims::write(&folder.join("bin"), toolchain, sysroot.as_deref(), &Remap::default())?;
    let script = match linker(&shims, target, triple, folder, &maturin.path, machine.python.as_deref())? {
        Some(script) => script,
        None => shims.zig_linker(folder, triple, &zig_name(target, triple), &maturin.path)?,
    };
    let (source, out) = (folder.join("tiny.rs"), folder.join("tiny.out"));
    fs_err::write(&source, SOURCE)?;
    let mut option = std::ffi::OsString::from("linker=");
    option.push(&script);
    let mut call = toolchain_env(Call::new(&shims.rustc), &shims)
        .args(["--edition", "2021", "--crate-type", "cdylib", "--crate-name", "tiny", "--target", triple, "-C"])
        .arg(option)
        .env("CARGO_ZIGBUILD_ZIG_COMMAND", &zig.path)
        .env("CARGO_ZIGBUILD_ZIG_VERSION", &zig.version)
        .env("CARGO_ZIGBUILD_CACHE_DIR", folder.join("zigbuild"));
    if target.system == System::Musllinux {
        // As in maturin: a statically linked library cannot be a shared library.
        call = call.args(["-C", "target-feature=-crt-static"]);
    }
    let start = Instant::now();
    call.arg(&source).arg("-o").arg(&out).dir(folder).stdout(LIMIT, stop)?;
    let seconds = start.elapsed().as_secs_f64();
    if fs_err::metadata(&out).is_ok_and(|file| file.len() > 0) {
        return Ok(seconds);
    }
    Err(Error::new(ErrorKind::Tool, "rustc exited successfully but produced no library"))
}

/// zig's name of a Rust target, with the version of its system.
fn zig_name(target: &Target, triple: &str) -> String {
    let arch = match triple.split('-').next().unwrap_or_default() {
        "i686" => "x86",
        "armv7" => "arm",
        "riscv64gc" => "riscv64",
        arch => arch,
    };
    let end = if triple.ends_with("eabihf") { "eabihf" } else { "" };
    match (target.system, target.level) {
        (System::Manylinux, Some((major, minor))) => format!("{arch}-linux-gnu{end}.{major}.{minor}"),
        (System::Macosx, _) => format!("{arch}-macos.{}-none", lowest_deployment_target(triple)),
        (System::Win, _) => format!("{arch}-windows-gnu"),
        _ => format!("{arch}-linux-musl{end}"),
    }
}

#[cfg(test)]
mod tests {
    use monowheel_project::target::WindowsAbi;

    use super::*;

    #[test]
    fn zig_knows_every_target_by_its_name() -> Result<()> {
        let named = |name: &str| -> Result<String> {
            let target = Target::parse(name, WindowsAbi::Gnullvm)?;
            Ok(zig_name(&target, &target.triples[0]))
        };
        assert_eq!(named("manylinux_2_28_x86_64")?, "x86_64-linux-gnu.2.28");
        assert_eq!(named("manylinux_armv7l")?, "arm-linux-gnueabihf.2.17");
        assert_eq!(named("musllinux_armv7l")?, "arm-linux-musleabihf");
        assert_eq!(named("musllinux_1_2_riscv64")?, "riscv64-linux-musl");
        assert_eq!(named("manylinux_i686")?, "x86-linux-gnu.2.17");
        assert_eq!(named("macosx_arm64")?, "aarch64-macos.11.0-none");
        Ok(())
    }
}
