//! One call of maturin: what it needs, and what prevents it.

use monowheel_error::Error;
use monowheel_project::abi::Abi;
use monowheel_project::family::Route;
use monowheel_project::target::Target;

use super::facts::{Job, TripleStd};
use super::pyodide;
use crate::blocked::Blocked;
use crate::toolchain::Machine;
use crate::toolchain::choice::{self, StdFrom, std_now};
use crate::toolchain::rust::Toolchain;
use crate::toolchain::tools::{OLDEST_MATURIN, TESTED_ZIG};

/// The family that maturin refuses by its name: *Free-threaded Python interpreter is only supported on 3.14 and later*.
const EXPERIMENTAL: Abi = Abi::Version { minor: 13, free_threaded: true };

/// One wheel to build.
pub(super) fn job(target: &Target, route: &Route, toolchain: Result<&&Toolchain, &Error>, machine: &Machine) -> Job {
    let std = target
        .triples
        .iter()
        .map(|triple| TripleStd {
            triple: triple.clone(),
            from: toolchain.map_or(StdFrom::Nowhere, |toolchain| std_now(toolchain, triple, &machine.std_cache)),
        })
        .collect();
    let linker = match (&machine.zig, target.links_with_zig()) {
        (_, false) => "msvc (maturin's xwin)".to_owned(),
        (Some(zig), true) => format!("zig {}", zig.version),
        (None, true) => "zig".to_owned(),
    };
    let mut job = Job {
        id: format!("{target}-{}", route.abi),
        target: target.clone(),
        family: route.abi,
        floor: route.floor,
        tag: format!("{}-{}", route.python_abi_tag(), target.platform_tags().join(".")),
        std,
        linker,
        features: route.features.clone(),
        added_features: route.added.clone(),
        import_library: false,
        replaces_import_library: false,
        interpreter: pyodide::interpreter(target, route),
        notes: Vec::new(),
        blocked: None,
    };
    job.blocked = pyodide::hindrance(target, route, toolchain.ok().map(|toolchain| &**toolchain))
        .or_else(|| hindrance(&job, toolchain, machine));
    if target.pyodide().is_some() {
        job.notes.push(
            "Pyodide has no threads: code that starts one gets an error, and the tests run without them".to_owned(),
        );
    }
    if target.links_with_zig() && machine.zig.as_ref().is_some_and(|zig| !TESTED_ZIG.contains(&zig.release())) {
        job.notes.push("this zig version is untested: pip install 'ziglang==0.17.0'".to_owned());
    }
    if let Some(floor) = job.floor_from_outside() {
        job.notes.push(format!(
            "abi3 with the floor {floor} is enabled from outside ({}); the crate has no feature for it",
            job.added_features.join(", ")
        ));
    } else if let Some(feature) = job.added_features.iter().find(|feature| feature.ends_with("/extension-module")) {
        job.notes
            .push(format!("{feature} is enabled from outside: without it this PyO3 version links against libpython"));
    }
    job
}

/// The first reason why this job cannot be built.
fn hindrance(job: &Job, toolchain: Result<&&Toolchain, &Error>, machine: &Machine) -> Option<Blocked> {
    let blocked = |why: String, next_step: String| Some(Blocked { why, next_step });
    let install = || "pip install 'monowheel[build]'".to_owned();
    match &machine.maturin {
        None => return blocked("maturin is not installed".into(), install()),
        Some(maturin) if maturin.release() < OLDEST_MATURIN => {
            let (major, minor) = OLDEST_MATURIN;
            return blocked(format!("maturin {} is too old ({major}.{minor} is needed)", maturin.version), install());
        }
        Some(_) => {}
    }
    if job.family == EXPERIMENTAL {
        return blocked(
            "maturin has not built for the free-threaded CPython 3.13, which was experimental, since 1.14".into(),
            "leave cp313t out: 3.14 is the first version whose free-threaded build is supported".into(),
        );
    }
    if job.target.links_with_zig() && machine.zig.is_none() {
        return blocked("zig (the linker) is not installed".into(), install());
    }
    if job.target.pyodide().is_some() && machine.python.is_none() {
        return blocked("no Python found: for Pyodide, zig is called through it".into(), "install python3".into());
    }
    if !job.target.links_with_zig() && machine.windows_sdk.is_none() {
        return blocked(
            "the Windows SDK, which msvc needs, is not installed".into(),
            "cargo install cargo-xwin && cargo xwin cache xwin (asks you to accept Microsoft's license), or leave out --windows msvc".into(),
        );
    }
    let toolchain = match toolchain {
        Ok(toolchain) => toolchain,
        Err(error) => {
            return blocked(error.what().to_owned(), error.next_step().unwrap_or(choice::INSTALL_RUST).to_owned());
        }
    };
    let missing = job.std.iter().find(|std| std.from == StdFrom::Nowhere)?;
    blocked(
        format!(
            "Rust {} ({}) has neither a standard library for {} nor its source",
            toolchain.release(),
            toolchain.name,
            missing.triple
        ),
        source_command(toolchain, &missing.triple),
    )
}

/// The command that installs a standard library or its source for a toolchain without rustup.
pub fn source_command(toolchain: &Toolchain, triple: &str) -> String {
    if toolchain.name == "system" {
        "apt-get install rust-web-src (Debian; the package that matches your rustc), or use rustup".to_owned()
    } else {
        format!("rustup target add --toolchain {} {triple}", toolchain.name)
    }
}
