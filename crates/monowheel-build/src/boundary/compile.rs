//! Compiles the crate for this machine, without the types that `PyO3` does not have.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::Lock;
use monowheel_system::atomic_write;
use monowheel_system::exec::{CancelToken, last_lines};
use monowheel_system::hash::sha256;
use monowheel_wheel::abi::dotted;
use serde::{Deserialize, Serialize};

use super::crates::{self, ProbeCrate};
use super::source::{self, NAME};
use super::types::{Direction, Part, ProbeType};
use super::{Request, exercise};
use crate::event::{Event, Watch};
use crate::floor::messages;
use crate::isolated::Isolated;
use crate::maturin::Bench;
use crate::sdist::{self, Fetcher, Needs};
use crate::toolchain::Machine;
use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::shims::Shims;
use crate::workspace::Workspace;

/// A type that this `PyO3` does not convert in one direction with this floor.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Missing {
    /// Its name.
    #[serde(rename = "type")]
    pub ty: String,
    /// The direction.
    pub way: Direction,
    /// rustc's message.
    pub why: String,
    /// The lowest floor that has it, if rustc shows the condition.
    pub needs_floor: Option<String>,
}

/// What was compiled.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Built {
    /// The hash of its sources.
    sources: String,
    /// The version of `PyO3`.
    pub(super) pyo3: String,
    pub(super) missing: Vec<Missing>,
}

/// One compilation.
pub(super) struct Compile<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) machine: &'a Machine,
    pub(super) toolchain: &'a Toolchain,
    pub(super) workspace: &'a Workspace,
    pub(super) stop: &'a CancelToken,
    pub(super) watch: &'a dyn Watch,
}

impl Compile<'_> {
    /// Compiles what has not been compiled before.
    pub(super) fn run(&self) -> Result<Built> {
        let hash = sha256(format!("{:?}", self.files(&self.parts())).as_bytes());
        let (shims, isolated) = self.tools()?;
        // A requirement means the newest version of today.
        let is_loose = requirement(&self.request.pyo3) == self.request.pyo3;
        if is_loose {
            self.fetch(&shims, true)?;
        }
        let (record, module) = (self.workspace.path("built.json"), exercise::module(self.workspace));
        let known = fs_err::read_to_string(&record).ok().and_then(|text| serde_json::from_str::<Built>(&text).ok());
        if let Some(built) = known.filter(|built| built.sources == hash && module.is_file()) {
            if !is_loose || built.pyo3 == self.locked()? {
                return Ok(built);
            }
        }
        if !is_loose {
            self.fetch(&shims, false)?;
        }
        self.watch.saw(&Event::Step("compiling the types"));
        let missing = self.without_missing(&shims, &isolated);
        self.watch.saw(&Event::StepDone);
        let built = Built { sources: hash, pyo3: self.locked()?, missing: missing? };
        fs_err::create_dir_all(module.parent().unwrap_or(&module))?;
        fs_err::copy(self.target_dir().join("release").join(library()), &module)?;
        atomic_write::write(&record, serde_json::to_string(&built).unwrap_or_default())?;
        Ok(built)
    }

    /// All that is asked for.
    fn parts(&self) -> Vec<Part> {
        self.request.types.iter().copied().flat_map(ProbeType::parts).collect()
    }

    fn files(&self, parts: &[Part]) -> Vec<(String, String)> {
        let feature = self.request.floor.map(|minor| format!("abi3-py3{minor}"));
        source::files(parts, &self.crates(), &requirement(&self.request.pyo3), feature.as_deref())
    }

    /// The crates of all types that are asked for.
    fn crates(&self) -> Vec<&'static ProbeCrate> {
        crates::of(&self.request.types)
    }

    fn folder(&self) -> PathBuf {
        self.workspace.path("source")
    }

    fn target_dir(&self) -> PathBuf {
        self.workspace.path("target")
    }

    fn tools(&self) -> Result<(Shims, Isolated)> {
        // Directories keep their names: rustc reads PyO3's sources for its messages.
        let shims = Shims::write(&self.workspace.path("shims"), self.toolchain, None, &Remap::default())?;
        let (root, isolator) = (self.workspace.path(""), self.request.isolator);
        let isolated = Isolated::new(isolator, self.machine, self.toolchain, None, &root, &self.folder())?;
        Ok((shims, isolated))
    }

    /// Fetches `PyO3`, `again` without the versions of the last time.
    fn fetch(&self, shims: &Shims, again: bool) -> Result<()> {
        let folder = self.folder();
        source::write(&folder, &self.files(&self.parts()))?;
        let lock = folder.join("Cargo.lock");
        if again && lock.exists() {
            fs_err::remove_file(&lock)?;
        }
        self.watch.saw(&Event::Step("PyO3"));
        let fetched = self.fetched(shims, &folder);
        self.watch.saw(&Event::StepDone);
        fetched
    }

    /// Without a network, takes what cargo has.
    fn fetched(&self, shims: &Shims, folder: &Path) -> Result<()> {
        let (manifest, log) = (folder.join("Cargo.toml"), self.workspace.log("fetch"));
        // Only the user's own configuration of cargo is read.
        let needs = Needs { project: folder, manifest: &manifest, dir: folder, log: &log, stop: self.stop };
        let on_line = &mut |line: &str| self.watch.saw(&Event::StepLine(line));
        let online = Bench::fetchers(shims, self.toolchain, self.machine);
        let Err(error) = sdist::fetch(&online, &needs, on_line) else { return Ok(()) };
        self.stop.check()?;
        if is_about_the_version(error.what()) {
            return Err(self.no_such_version(&error));
        }
        let cargo = Bench::cargo(shims).env("CARGO_NET_OFFLINE", "true");
        let offline = Fetcher { toolchain: self.toolchain.name.clone(), cargo };
        sdist::fetch(&[offline], &needs, on_line).map(drop).map_err(|_| error)
    }

    /// The error for a version, or a floor of it, that does not exist.
    fn no_such_version(&self, error: &Error) -> Error {
        let pyo3 = &self.request.pyo3;
        let is_named =
            |one: &&ProbeCrate| error.what().contains(&format!("`{}`", one.name)) && error.what().contains("feature");
        if let Some(missing) = self.crates().into_iter().find(is_named) {
            let what = format!("PyO3 {pyo3} has no types of {}\n{}", missing.name, last_lines(error.what(), 4));
            return Error::new(ErrorKind::Usage, what)
                .next("name a newer version with --pyo3, or leave that crate out");
        }
        let what = match self.request.floor {
            Some(floor) if error.what().contains("feature") => format!("PyO3 {pyo3} has no floor 3.{floor}"),
            _ => format!("there is no PyO3 {pyo3} that can be used"),
        };
        Error::new(ErrorKind::Usage, format!("{what}\n{}", last_lines(error.what(), 4)))
            .next("name another version with --pyo3, or another floor with --floor")
    }

    /// Compiles, again without each type that does not compile.
    fn without_missing(&self, shims: &Shims, isolated: &Isolated) -> Result<Vec<Missing>> {
        let (mut parts, mut missing) = (self.parts(), Vec::new());
        loop {
            source::write(&self.folder(), &self.files(&parts))?;
            let (is_done, errors, said) = self.cargo(shims, isolated)?;
            if is_done {
                return Ok(missing);
            }
            let before = parts.len();
            for error in &errors {
                // Of several errors about one, the first.
                let Some(gone) = source::part(&error.file, &parts) else { continue };
                parts.retain(|part| *part != gone);
                let needs_floor = error.needs.map(|minor| dotted((3, minor)));
                let (ty, way, why) = (gone.0.ty.to_owned(), gone.1, error.message.clone());
                missing.push(Missing { ty, way, why, needs_floor });
            }
            if parts.len() == before {
                return Err(self.not_compiled(&errors, &said));
            }
        }
    }

    /// Calls cargo once: whether it succeeded, the errors, and what else it printed.
    fn cargo(&self, shims: &Shims, isolated: &Isolated) -> Result<(bool, Vec<crate::floor::Error>, String)> {
        let (folder, target_dir) = (self.folder(), self.target_dir());
        let call = Bench::cargo(shims)
            .args(["build", "--release", "--lib", "--offline", "--locked", "--message-format=json"])
            .dir(&folder)
            .env("CARGO_TARGET_DIR", &target_dir)
            .env("PYO3_BUILD_EXTENSION_MODULE", "1");
        let call = match self.request.floor {
            Some(_) => call.env("PYO3_NO_PYTHON", "1"),
            None => call.env("PYO3_PYTHON", self.request.python),
        };
        // A library on macOS gets Python's symbols from the program that loads it.
        let call = match cfg!(target_os = "macos") {
            true => call.env("RUSTFLAGS", "-Clink-arg=-undefined -Clink-arg=dynamic_lookup"),
            false => call,
        };
        let prefix = crate::isolated::prefix(self.request.python);
        let reads: Vec<&Path> = prefix.iter().map(PathBuf::as_path).collect();
        let call = isolated.call(call, &reads, &[&folder, &target_dir])?;
        let mut log = fs_err::File::create(self.workspace.log("build"))?;
        let (mut errors, mut said) = (Vec::new(), String::new());
        let status = call.logged(&mut log, self.stop, &mut |line| {
            if line.starts_with('{') {
                errors.extend(messages::error(line, self.request.floor.unwrap_or_default()));
            } else {
                self.watch.saw(&Event::StepLine(line));
                said.push_str(line);
                said.push('\n');
            }
        })?;
        Ok((status.success(), errors, said))
    }

    /// The error for a failure that is not one of a type.
    fn not_compiled(&self, errors: &[crate::floor::Error], said: &str) -> Error {
        let why =
            errors.first().map_or_else(|| last_lines(said, 8), |error| format!("{}: {}", error.file, error.message));
        Error::new(ErrorKind::Tool, format!("PyO3 {} does not compile here\n{why}", self.request.pyo3))
            .at(self.workspace.log("build").display())
            .next(
                "read that log; a PyO3 that does not know this Python needs another --python or --floor, and a Rust too old \
                 or too new for it another --toolchain",
            )
    }

    /// The version that cargo chose.
    fn locked(&self) -> Result<String> {
        let versions = Lock::read(&self.folder().join("Cargo.lock"))?.versions("pyo3");
        Ok(versions.into_iter().next().unwrap_or_else(|| self.request.pyo3.clone()))
    }
}

/// Refuses what is not a version or a requirement: it comes from a project's manifest or lock file, and is written into the
/// manifest of the crate, where it must not add anything else.
pub(super) fn check(pyo3: &str) -> Result<()> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || ".-+*^~<>=, ".contains(c);
    let is_begin = |c: char| !c.is_ascii_alphabetic() && is_part(c);
    match pyo3.starts_with(is_begin) && pyo3.chars().all(is_part) {
        true => Ok(()),
        false => Err(Error::new(ErrorKind::Usage, format!("{pyo3:?} is not a version of PyO3"))
            .next("name one with --pyo3, such as 0.29.3 or 0.29")),
    }
}

/// A complete version means that one; else it is a requirement.
fn requirement(pyo3: &str) -> String {
    let is_complete = pyo3.split('.').count() == 3 && pyo3.starts_with(|c: char| c.is_ascii_digit());
    if is_complete { format!("={pyo3}") } else { pyo3.to_owned() }
}

/// Whether cargo found the index, but not the version or the feature.
fn is_about_the_version(said: &str) -> bool {
    ["failed to select a version", "does not have that feature", "does not have these features", "no matching package"]
        .iter()
        .any(|words| said.contains(words))
}

fn library() -> String {
    format!("{}{NAME}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_version_means_only_that_one() {
        assert_eq!(requirement("0.29.3"), "=0.29.3");
        for loose in ["0.29", "^0.29.1", ">=0.29, <0.31"] {
            assert_eq!(requirement(loose), loose);
        }
    }

    #[test]
    fn a_version_in_a_lock_file_adds_no_dependency() {
        for right in ["0.29.3", "0.29", "^0.29.1", ">=0.29, <0.31", "*", "0.30.0-beta.1+x"] {
            assert!(check(right).is_ok(), "{right}");
        }
        for wrong in ["", "newest", "0.29\", git = \"https://example.org/x", "0.29\n[patch]", "0.29\\"] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_version_that_does_not_exist_is_told_from_a_network_that_does_not() {
        // As cargo 1.95 prints them.
        let version = "error: failed to select a version for the requirement `pyo3 = \"=0.29.99\"`";
        let network = "error: failed to download from `https://index.crates.io/config.json`";
        assert!(is_about_the_version(version) && !is_about_the_version(network));
    }
}
