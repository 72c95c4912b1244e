//! Standard libraries with a rustup and a cargo that only pretend.

use std::sync::{Mutex, PoisonError};

use super::*;
use crate::kept::Sources;
use crate::plan::TripleStd;
use crate::plan::tests::job;
use crate::toolchain::rust::tests::toolchain;
use crate::toolchain::rustup::Rustup;
use crate::toolchain::std_cache::StdCache;

const MUSL: &str = "x86_64-unknown-linux-musl";
const ARM: &str = "aarch64-unknown-linux-gnu";

/// Adds the requested targets, except for those that its server does not have.
const RUSTUP: &str = r#"#!/bin/sh
root="$(dirname "$0")"
echo "$@" >> "$root/asked"
shift 4
for triple in "$@"; do
  if [ -e "$root/closed-$triple" ]; then echo "error: could not download file" >&2; exit 1; fi
  mkdir -p "$root/toolchain/lib/rustlib/$triple/lib"
  echo "of rustup" > "$root/toolchain/lib/rustlib/$triple/lib/libcore-1.rlib"
done
"#;

const CARGO: &str = r#"#!/bin/sh
while [ $# -gt 0 ]; do
  if [ "$1" = --target ]; then
    mkdir -p "$CARGO_TARGET_DIR/$2/release/deps"
    echo "of source" > "$CARGO_TARGET_DIR/$2/release/deps/libcore-1.rlib"
    echo "" > "$CARGO_TARGET_DIR/$2/release/deps/libmonowheel_std-1.rlib"
  fi
  shift
done
"#;

#[derive(Default)]
struct Said(Mutex<Vec<String>>);

impl Watch for Said {
    fn saw(&self, event: &Event<'_>) {
        let said = match event {
            Event::Note(note) => note.clone(),
            Event::Step(step) => (*step).to_owned(),
            _ => return,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(said);
    }
}

struct Bench {
    dir: tempfile::TempDir,
    toolchain: Toolchain,
    machine: Machine,
    workspace: Workspace,
}

impl Bench {
    fn new() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        for (name, script) in [("rustup", RUSTUP), ("cargo", CARGO)] {
            let path = dir.path().join(name);
            fs_err::write(&path, script)?;
            fs_err::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
        }
        let mut toolchain = toolchain("stable-x", "1.97.0", &[], true, true);
        toolchain.cargo = dir.path().join("cargo");
        toolchain.sysroot = dir.path().join("toolchain");
        let std_cache =
            StdCache::at(dir.path().join("std")).with_rustup(Rustup::that_answers_at(dir.path().join("rustup")));
        let machine = Machine {
            python: None,
            maturin: None,
            zig: None,
            toolchains: Vec::new(),
            std_cache,
            native: Sources::at(PathBuf::from("/nowhere"), true),
            sdkroot: None,
            windows_sdk: None,
            cores: 1,
            others: Vec::new(),
        };
        let workspace = Workspace::open(&dir.path().join("work"), &CancelToken::default(), |_| {})?;
        Ok(Self { dir, toolchain, machine, workspace })
    }

    /// The result for two wheels whose standard libraries rustup should add, and the messages.
    fn complete(&self) -> Result<(Completed, Vec<String>)> {
        let mut jobs = [job("musllinux_1_2_x86_64", "abi3")?, job("manylinux_2_17_aarch64", "abi3")?];
        for (job, triple) in jobs.iter_mut().zip([MUSL, ARM]) {
            job.std = vec![TripleStd { triple: triple.to_owned(), from: StdFrom::Rustup }];
        }
        let (stop, said) = (CancelToken::default(), Said::default());
        let needs = Prerequisites { has_own_sysroot: true, workspace: &self.workspace, stop: &stop, watch: &said };
        let jobs: Vec<&Job> = jobs.iter().collect();
        let completed = needs.complete_std(&jobs, &self.toolchain, &self.machine)?;
        Ok((completed, said.0.into_inner().unwrap_or_else(PoisonError::into_inner)))
    }

    /// The origin of the library that a build finds.
    fn library(&self, triple: &str) -> Result<String> {
        let sysroot = self.machine.std_cache.sysroot(&self.toolchain);
        Ok(fs_err::read_to_string(sysroot.join("lib/rustlib").join(triple).join("lib/libcore-1.rlib"))?)
    }
}

#[test]
fn what_rustup_can_fetch_is_not_built_from_source() -> Result<()> {
    let bench = Bench::new()?;
    let (completed, said) = bench.complete()?;
    assert!(completed.missing.is_empty() && completed.built.is_empty());
    assert_eq!(said, ["standard library from rustup"]);
    assert_eq!([bench.library(MUSL)?, bench.library(ARM)?], ["of rustup\n", "of rustup\n"]);
    let asked = fs_err::read_to_string(bench.dir.path().join("asked"))?;
    assert_eq!(asked, format!("target add --toolchain stable-x {ARM} {MUSL}\n"));
    Ok(())
}

#[test]
fn what_rustup_cannot_fetch_after_all_is_built_and_the_wheel_says_so() -> Result<()> {
    let bench = Bench::new()?;
    fs_err::write(bench.dir.path().join(format!("closed-{MUSL}")), "")?;
    let (completed, said) = bench.complete()?;
    assert!(completed.missing.is_empty());
    assert_eq!(completed.built, [MUSL]);
    let steps = ["standard library from rustup", "standard library from source, once per toolchain"];
    assert_eq!([said[0].as_str(), said[2].as_str()], steps, "{said:?}");
    assert!(said[1].contains("built from source instead"), "{said:?}");
    assert_eq!([bench.library(MUSL)?, bench.library(ARM)?], ["of source\n", "of rustup\n"]);
    let mut musl = job("musllinux_1_2_x86_64", "abi3")?;
    musl.std = vec![TripleStd { triple: MUSL.to_owned(), from: StdFrom::Rustup }];
    assert_eq!(musl.with_std_built(&completed.built).std[0].from, StdFrom::Source);
    Ok(())
}

#[test]
fn without_sources_what_rustup_cannot_fetch_is_missing() -> Result<()> {
    let mut bench = Bench::new()?;
    bench.toolchain.has_source = false;
    fs_err::write(bench.dir.path().join(format!("closed-{ARM}")), "")?;
    let (completed, _) = bench.complete()?;
    let missing: Vec<&str> = completed.missing.iter().map(|(triple, _)| triple.as_str()).collect();
    assert_eq!(missing, [ARM, MUSL]);
    assert!(completed.missing[0].1.to_string().contains("rustup target add --toolchain stable-x"));
    Ok(())
}
