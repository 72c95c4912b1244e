//! The prerequisites of the first wheel: standard libraries and dependencies.

#[cfg(all(test, unix))]
mod tests;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_system::cargo;
use monowheel_system::exec::on_path;
use monowheel_system::exec::{Call, CancelToken};

use crate::event::{Event, Watch};
use crate::plan::Job;
use crate::sdist::{self, Fetcher};
use crate::toolchain::Machine;
use crate::toolchain::choice::StdFrom;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::shims::Shims;
use crate::toolchain::std_cache;
use crate::workspace::Workspace;

/// The variables that tell cargo a wrapper for rustc.
const WRAPPERS: [&str; 2] = ["RUSTC_WRAPPER", "CARGO_BUILD_RUSTC_WRAPPER"];
/// How long sccache may take to start its server.
const LIMIT: Duration = Duration::from_secs(20);
/// How long rustup may take to fetch standard libraries.
const FETCH: Duration = Duration::from_secs(600);

/// Obtains the prerequisites of one build, and reports progress.
pub(super) struct Prerequisites<'a> {
    /// Whether the build uses a sysroot of monowheel's own instead of the toolchain's.
    pub(super) has_own_sysroot: bool,
    pub(super) workspace: &'a Workspace,
    pub(super) stop: &'a CancelToken,
    pub(super) watch: &'a dyn Watch,
}

/// A Rust target whose standard library, or a C library for it, could not be obtained, and why.
pub(super) type MissingStd = (String, Error);

/// The result of obtaining the standard libraries.
pub(super) struct Completed {
    /// Those that could not be obtained.
    pub(super) missing: Vec<MissingStd>,
    /// Those that rustup could not fetch: they were built from source.
    pub(super) built: Vec<String>,
}

impl Prerequisites<'_> {
    /// Obtains the missing standard libraries. One that cannot be obtained does not end the build:
    /// it fails the wheels that need it, and is returned for them.
    pub(super) fn complete_std(&self, jobs: &[&Job], toolchain: &Toolchain, machine: &Machine) -> Result<Completed> {
        let wanted = |from: StdFrom| -> Vec<&str> {
            let triples: BTreeSet<&str> = jobs
                .iter()
                .flat_map(|job| &job.std)
                .filter(|std| std.from == from)
                .map(|std| std.triple.as_str())
                .collect();
            triples.into_iter().collect()
        };
        let (mut missing, mut built) = (Vec::new(), Vec::new());
        let added = wanted(StdFrom::Rustup);
        if !added.is_empty() {
            self.watch.saw(&Event::Step("standard library from rustup"));
            let failed = self.rustup_add(toolchain, &added, machine.std_cache.rustup()).err();
            self.watch.saw(&Event::StepDone);
            if let Some(error) = failed {
                self.stop.check()?;
                // rustup may have added some of them.
                let installed = toolchain.looked_at_again().installed;
                let still: Vec<&str> = added.into_iter().filter(|triple| !installed.contains(*triple)).collect();
                let is_locked = still.iter().any(|triple| toolchain.std.contains_key(*triple));
                if toolchain.has_source && self.has_own_sysroot && !is_locked {
                    self.watch.saw(&Event::Note(format!("{}: built from source instead", error.what())));
                    built = still;
                } else {
                    missing.extend(still.iter().map(|triple| ((*triple).to_owned(), error.clone())));
                }
            }
        }
        if self.has_own_sysroot {
            let sources = wanted(StdFrom::Source).into_iter().chain(built.iter().copied()).collect();
            missing.extend(self.own_std(toolchain, machine, sources, &wanted(StdFrom::Cache))?);
        }
        let built = built.into_iter().map(str::to_owned).collect();
        Ok(Completed { missing, built })
    }

    /// Builds the standard libraries `built`, and rebuilds the damaged ones in the cache.
    fn own_std<'a>(
        &self,
        toolchain: &Toolchain,
        machine: &Machine,
        mut built: Vec<&'a str>,
        kept: &[&'a str],
    ) -> Result<Vec<MissingStd>> {
        for (triple, fault) in machine.std_cache.damaged(toolchain, kept) {
            self.watch.saw(&Event::Note(format!(
                "the cached standard library of {triple} is damaged ({fault}): building it again"
            )));
            built.push(triple);
        }
        if !built.is_empty() {
            self.watch.saw(&Event::Step("standard library from source, once per toolchain"));
        }
        // Even if nothing is to be built: the sysroot must contain the toolchain's current libraries.
        let toolchain = &toolchain.looked_at_again();
        let log = self.workspace.log("std");
        let on_line = &mut |line: &str| {
            // The wait for another build is not part of a step in which nothing is built.
            let is_wait = line.starts_with(std_cache::WAITING) && built.is_empty();
            self.watch.saw(&if is_wait { Event::Note(line.to_owned()) } else { Event::StepLine(line) });
        };
        let filled = machine.std_cache.fill(toolchain, &built, &log, self.stop, on_line);
        if !built.is_empty() {
            self.watch.saw(&Event::StepDone);
        }
        let Err(error) = filled else { return Ok(Vec::new()) };
        self.stop.check()?;
        let missing: Vec<MissingStd> = machine
            .std_cache
            .damaged(toolchain, &built)
            .iter()
            .map(|(triple, _)| ((*triple).to_owned(), error.clone()))
            .collect();
        if missing.is_empty() { Err(error) } else { Ok(missing) }
    }

    fn rustup_add(&self, toolchain: &Toolchain, triples: &[&str], rustup: Option<PathBuf>) -> Result<()> {
        let command = format!("rustup target add --toolchain {} {}", toolchain.name, triples.join(" "));
        let rustup =
            rustup.ok_or_else(|| Error::new(ErrorKind::Toolchain, "rustup is not on PATH").next(command.clone()))?;
        let log = self.workspace.log("rustup");
        let call = Call::new(rustup).args(["target", "add", "--toolchain", &toolchain.name]).args(triples);
        let mut file = fs_err::File::create(&log)?;
        let on_line = &mut |line: &str| self.watch.saw(&Event::StepLine(line));
        let ended = call.logged_within(Some(FETCH), &mut file, self.stop, on_line);
        if ended.is_ok_and(|status| status.success()) {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Toolchain, "rustup could not add the standard library (no network?)").at(log.display()).next(format!(
            "{command}\nor install its source, so that monowheel can build it: rustup component add rust-src, or on Debian: \
             apt-get install rustc-web cargo-web rust-web-src"
        )))
    }

    /// Fetches the dependencies, so that the builds can run offline. For third-party code that is isolated afterwards,
    /// cargo does not read the source's own configuration, so that none of it runs here.
    pub(crate) fn fetch(&self, fetchers: &[Fetcher], source: &Path, is_isolated: bool) -> Result<sdist::Locked> {
        self.watch.saw(&Event::Step("dependencies"));
        // Read from the sdist: maturin names the packed manifest there.
        let manifest = Project::read_third_party(source)?.bindings.manifest;
        let log = self.workspace.log("fetch");
        let dir = if is_isolated { Path::new("/") } else { source };
        let on_line = &mut |line: &str| self.watch.saw(&Event::StepLine(line));
        let needs = sdist::Needs { project: source, manifest: &manifest, dir, log: &log, stop: self.stop };
        let sdist::Fetched { locked, note } = sdist::fetch(fetchers, &needs, on_line)?;
        self.watch.saw(&Event::StepDone);
        if let Some(note) = note {
            self.watch.saw(&Event::Note(note));
        }
        if locked == sdist::Locked::Resolved {
            self.watch.saw(&Event::Note(
                "the sdist has no Cargo.lock: cargo resolved the newest versions; commit one for repeatable builds"
                    .to_owned(),
            ));
        }
        Ok(locked)
    }

    /// sccache, if it is installed and no wrapper is set: `RUSTC_WRAPPER=` (empty) builds without one.
    pub(super) fn wrapper(&self, shims: &Shims, source: &Path) -> Option<PathBuf> {
        let is_named = |name: &&str| std::env::var_os(*name).is_some();
        let is_configured =
            |path: &PathBuf| fs_err::read_to_string(path).is_ok_and(|text| text.contains("rustc-wrapper"));
        if WRAPPERS.iter().any(is_named) || cargo::configs(source).iter().any(is_configured) {
            return None;
        }
        let sccache = on_path("sccache")?;
        match Call::new(&sccache).arg(&shims.rustc).arg("-vV").stdout(LIMIT, self.stop) {
            Ok(_) => Some(sccache),
            Err(error) => {
                self.watch.saw(&Event::Note(format!("built without sccache, which does not run: {error}")));
                None
            }
        }
    }
}
