//! This machine's wheel with a sanitizer, for `monowheel soak`: by maturin and this machine's linker.
//!
//! Not a wheel of a release: it needs the sanitizer's runtime, which no platform tag promises, so neither zig nor the
//! audit has a part in it.
//!
//! | sanitizer | runtime | standard library |
//! | --- | --- | --- |
//! | address | a compiler's, loaded before Python | the installed one: what it does in generic code is compiled into the crate and checked |
//! | thread | the interpreter's own (`monowheel lab get cpython-3.15t-tsan`) | built with it: it has the locks that make accesses safe |
//!
//! C code is compiled without.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::exec::{CancelToken, last_lines, search_path};
use monowheel_system::python;

use crate::toolchain::Machine;
use crate::toolchain::choice::Std;
use crate::toolchain::rust::Toolchain;

/// No runtime is linked: rustc has none for libraries, and some distributions' rustc has none at all.
const NO_RUNTIME: &str = "-Zexternal-clangrt";
/// Lines of the log in an error.
const LINES: usize = 12;

/// A sanitizer of rustc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sanitizer {
    /// `AddressSanitizer`.
    Address,
    /// `ThreadSanitizer`.
    Thread,
}

impl Sanitizer {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "AddressSanitizer",
            Self::Thread => "ThreadSanitizer",
        }
    }

    /// A function of the runtime, which everything that is compiled with it imports.
    #[must_use]
    pub const fn import(self) -> &'static str {
        match self {
            Self::Address => "__asan_init",
            Self::Thread => "__tsan_init",
        }
    }

    /// What its reports need: the runtime finds names in the symbols, monowheel those of inlined functions in DWARF.
    const fn debug(self) -> &'static str {
        match self {
            Self::Address => "line-tables-only",
            Self::Thread => "limited",
        }
    }

    /// The option of rustc.
    const fn option(self) -> &'static str {
        match self {
            Self::Address => "-Zsanitizer=address",
            Self::Thread => "-Zsanitizer=thread",
        }
    }
}

/// What to build.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The sanitizer.
    pub sanitizer: Sanitizer,
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
/// [`ErrorKind::Toolchain`] without maturin or Rust, or its sources where the standard library is built too, and on other
/// systems; [`ErrorKind::Tool`] when it does not build; after Ctrl-C.
pub fn build(
    request: &Request<'_>,
    machine: &Machine,
    stop: &CancelToken,
    told: &mut dyn FnMut(&str),
) -> Result<Vec<PathBuf>> {
    let sanitizer = request.sanitizer;
    let toolchain = toolchain(machine, sanitizer)?;
    let Some(python) = machine.python.as_deref().filter(|_| machine.maturin.is_some()) else {
        return Err(Error::new(ErrorKind::Toolchain, "maturin is not installed").next("pip install maturin"));
    };
    let wheels = request.out.join("wheels");
    if wheels.exists() {
        fs_err::remove_dir_all(&wheels)?;
    }
    fs_err::create_dir_all(&wheels)?;
    let mut options = vec![sanitizer.option().to_owned(), NO_RUNTIME.to_owned()];
    if sanitizer == Sanitizer::Thread {
        let sysroot = standard_library(toolchain, machine, &request.out.join("std.log"), stop, told)?;
        options.push(format!("--sysroot={}", sysroot.display()));
    }
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
        .env("CARGO_ENCODED_RUSTFLAGS", options.join("\u{1f}"))
        .env("CARGO_TARGET_DIR", request.out.join("target"))
        .env("CARGO_PROFILE_RELEASE_DEBUG", sanitizer.debug())
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
        let what = format!("the wheel could not be built with {}\n{}", sanitizer.name(), last_lines(&said, LINES));
        return Err(Error::new(ErrorKind::Tool, what)
            .at(log_path.display())
            .next("make `maturin build` succeed first"));
    }
    let files = fs_err::read_dir(&wheels)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    Ok(files.into_iter().filter(|path| path.extension().is_some_and(|end| end == "whl")).collect())
}

/// The sysroot with the host's standard library compiled with `ThreadSanitizer`, built now if it is missing.
fn standard_library(
    toolchain: &Toolchain,
    machine: &Machine,
    log: &Path,
    stop: &CancelToken,
    told: &mut dyn FnMut(&str),
) -> Result<PathBuf> {
    const OPTIONS: &[&str] = &[Sanitizer::Thread.option(), NO_RUNTIME];
    let cache = machine.std_cache.compiled_with(OPTIONS);
    let mut toolchain = toolchain.clone();
    // Not the installed one.
    let host = toolchain.host().to_owned();
    toolchain.std.insert(host.clone(), Std::Source);
    if !cache.has(&toolchain, &host) {
        told("building the standard library with ThreadSanitizer");
    }
    cache.fill(&toolchain, &[&host], log, stop, told)?;
    Ok(cache.sysroot(&toolchain))
}

/// The default toolchain, or another one if only that has the sources of the standard library that are needed.
fn toolchain(machine: &Machine, sanitizer: Sanitizer) -> Result<&Toolchain> {
    let needs_source = sanitizer == Sanitizer::Thread;
    let mut toolchains: Vec<&Toolchain> = machine.toolchains.iter().collect();
    toolchains.sort_by_key(|toolchain| !toolchain.is_default);
    let Some(found) = toolchains.iter().find(|toolchain| toolchain.has_source || !needs_source) else {
        let (what, next) = if toolchains.is_empty() {
            ("no Rust toolchain found (rustc and cargo)", "https://rustup.rs installs one")
        } else {
            (
                "ThreadSanitizer needs a standard library that is compiled with it, and its sources are not installed",
                "run rustup component add rust-src; on Debian: apt-get install rust-src",
            )
        };
        return Err(Error::new(ErrorKind::Toolchain, what).next(next));
    };
    if !found.host().ends_with("-linux-gnu") {
        let what = format!("{} is for Linux with glibc, not for {}", sanitizer.name(), found.host());
        return Err(Error::new(ErrorKind::Toolchain, what).next("leave out --sanitizer"));
    }
    Ok(found)
}
