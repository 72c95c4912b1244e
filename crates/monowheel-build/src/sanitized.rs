//! This machine's wheel with `AddressSanitizer`, for `monowheel soak`: by maturin and this machine's linker.
//!
//! Not a wheel of a release: it needs the sanitizer's runtime, which no platform tag promises, so neither zig nor the
//! audit has a part in it. The standard library is the installed one, without the sanitizer: what it does in generic code
//! is compiled into the crate and checked, the rest is not. Nor is C code.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, last_lines, search_path};
use monowheel_system::python;

use crate::toolchain::Machine;
use crate::toolchain::rust::Toolchain;

/// The runtime is not linked: rustc has none for libraries, and some distributions' rustc has none at all.
const FLAGS: &str = "-Zsanitizer=address\u{1f}-Zexternal-clangrt";
/// Lines of the log in an error.
const LINES: usize = 12;

/// What to build.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The directory of the project, which is the user's own: its build scripts run as in `cargo build`.
    pub project: &'a Path,
    /// The interpreters that will run it: a crate without abi3 has a wheel for each.
    pub pythons: &'a [PathBuf],
    /// The directory for the wheels and the Cargo target directory.
    pub out: &'a Path,
}

/// Builds the wheels; `told` receives the lines of the build.
///
/// # Errors
/// [`ErrorKind::Toolchain`] without maturin or Rust, or on a system whose runtime cannot be loaded first;
/// [`ErrorKind::Tool`] when it does not build; after Ctrl-C.
pub fn build(
    request: &Request<'_>,
    machine: &Machine,
    stop: &CancelToken,
    told: &mut dyn FnMut(&str),
) -> Result<Vec<PathBuf>> {
    let toolchain = toolchain(machine)?;
    let Some(python) = machine.python.as_deref().filter(|_| machine.maturin.is_some()) else {
        return Err(Error::new(ErrorKind::Toolchain, "maturin is not installed").next("pip install maturin"));
    };
    let wheels = request.out.join("wheels");
    if wheels.exists() {
        fs_err::remove_dir_all(&wheels)?;
    }
    fs_err::create_dir_all(&wheels)?;
    let beside = toolchain.cargo.parent().map(Path::to_path_buf);
    let path = std::env::join_paths(beside.into_iter().chain(search_path())).unwrap_or_default();
    let call = python::module(python, "maturin")
        .args(["build", "--release", "--compatibility", "linux", "--target", toolchain.host(), "--interpreter"])
        .args(request.pythons)
        .arg("--out")
        .arg(&wheels)
        .dir(request.project)
        .env("PATH", path)
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTC_BOOTSTRAP", "1")
        // For the target alone: build scripts and macros are without it.
        .env("CARGO_ENCODED_RUSTFLAGS", FLAGS)
        .env("CARGO_TARGET_DIR", request.out.join("target"))
        .env("CARGO_PROFILE_RELEASE_DEBUG", "line-tables-only")
        .env("CARGO_PROFILE_RELEASE_STRIP", "none");
    let log_path = request.out.join("build.log");
    let mut log = fs_err::File::create(&log_path)?;
    let mut said = String::new();
    let status = call.logged(&mut log, stop, &mut |line| {
        said.push_str(line);
        said.push('\n');
        told(line);
    })?;
    stop.check()?;
    if !status.success() {
        let what = format!("the wheel could not be built with AddressSanitizer\n{}", last_lines(&said, LINES));
        return Err(Error::new(ErrorKind::Tool, what)
            .at(log_path.display())
            .next("make `maturin build` succeed first"));
    }
    let files = fs_err::read_dir(&wheels)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    Ok(files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "whl")).collect())
}

/// The default toolchain, if its programs can have the runtime loaded first.
fn toolchain(machine: &Machine) -> Result<&Toolchain> {
    let toolchains = &machine.toolchains;
    let Some(found) = toolchains.iter().find(|toolchain| toolchain.is_default).or_else(|| toolchains.first()) else {
        return Err(Error::new(ErrorKind::Toolchain, "no Rust toolchain found (rustc and cargo)")
            .next("https://rustup.rs installs one"));
    };
    if !found.host().ends_with("-linux-gnu") {
        let what = format!("AddressSanitizer is for Linux with glibc, not for {}", found.host());
        return Err(Error::new(ErrorKind::Toolchain, what).next("leave out --sanitizer"));
    }
    Ok(found)
}
