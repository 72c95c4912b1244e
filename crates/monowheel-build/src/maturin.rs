//! One call of maturin: its arguments and its environment.

mod environment;
mod linker;

use std::path::{Path, PathBuf};

use monowheel_error::Result;
use monowheel_project::target::System;
use monowheel_system::exec::{Call, CancelToken};

pub(crate) use self::environment::{EPOCH, epoch, is_ours};
pub use self::environment::{passed_on, toolchain_env};
pub(crate) use self::linker::linkers_of;
pub use self::linker::{linker, lowest_deployment_target};
use self::linker::{linker_variable, of_level, raised_deployment_target, zig_host};
use crate::host_units;
use crate::isolated::Isolated;
use crate::native::linked::has_openssl;
use crate::native::obtain::Library;
use crate::native::offered::Offered;
use crate::plan::Job;
use crate::sdist::{Fetcher, Locked};
use crate::toolchain::Machine;
use crate::toolchain::emscripten;
use crate::toolchain::import_library::ImportLibrary;
use crate::toolchain::linkers::{HOST_TARGET, PYTHON_LIBRARY};
use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::shims::{HOST_UNITS_MARK, PYO3_CONFIGS, PYO3_LIBRARY, Shims};
use crate::toolchain::tools::Tool;
use crate::toolchain::unwinder::MADE_IN;

/// Part of the keys of cached wheels and of Cargo target directories: increase it when a call below, or one of its
/// linkers, changes the output.
pub(crate) const REVISION: &str = "7: no own processor";

/// The variable with which maturin 1.16 tags a wheel for Pyodide without asking Emscripten for its version.
const PLATFORM_VERSION: &str = "MATURIN_PYEMSCRIPTEN_PLATFORM_VERSION";

/// Shared by all calls of one build.
#[derive(Clone, Debug)]
pub(crate) struct Bench {
    /// maturin itself.
    pub(crate) maturin: Tool,
    /// zig, if it links something.
    pub(crate) zig: Option<Tool>,
    /// The compiler cache: sccache.
    pub(crate) wrapper: Option<PathBuf>,
    /// cargo and rustc.
    pub(crate) shims: Shims,
    /// The names of this machine's directories in a wheel.
    pub(crate) names: Remap,
    /// The project's directory inside the unpacked sdist.
    pub(crate) source: PathBuf,
    /// All of the unpacked sdist.
    pub(crate) unpacked: PathBuf,
    /// `[tool.maturin] profile`, else `release`.
    pub(crate) profile: String,
    /// `[tool.maturin] config`.
    pub(crate) config: Vec<String>,
    /// The Python that runs monowheel, if known.
    pub(crate) python: Option<PathBuf>,
    /// The options for the lock file.
    pub(crate) locked: Locked,
    /// What the source's code can reach.
    pub(crate) isolated: Isolated,
    /// C tools and libraries that are offered to build scripts.
    pub(crate) offered: Offered,
    /// The C libraries among them that monowheel built.
    pub(crate) libraries: Vec<Library>,
}

impl Bench {
    /// maturin in a clean environment, with the chosen toolchain.
    #[must_use]
    pub(crate) fn call(maturin: &Tool, shims: &Shims) -> Call {
        toolchain_env(Call::new(&maturin.path), shims).env("CARGO_TERM_COLOR", "never").env("NO_COLOR", "1")
    }

    /// cargo in the same environment.
    #[must_use]
    pub(crate) fn cargo(shims: &Shims) -> Call {
        toolchain_env(Call::new(&shims.cargo), shims).env("CARGO_TERM_COLOR", "never")
    }

    /// The cargos that can fetch dependencies: that of `toolchain`, which the shims run, and then those of the others.
    #[must_use]
    pub(crate) fn fetchers(shims: &Shims, toolchain: &Toolchain, machine: &Machine) -> Vec<Fetcher> {
        let own = Fetcher { toolchain: toolchain.name.clone(), cargo: Self::cargo(shims) };
        let all = machine.toolchains.iter().chain(&machine.others);
        let others = all.filter(|other| other.name != toolchain.name).map(|other| Fetcher {
            toolchain: other.name.clone(),
            cargo: toolchain_env(Call::new(&other.cargo), shims).env("CARGO_TERM_COLOR", "never"),
        });
        std::iter::once(own).chain(others).collect()
    }

    /// The call that builds one wheel into `out`, with `lane` as its Cargo target directory.
    ///
    /// # Errors
    /// When the linker of a Windows target cannot be written.
    pub(crate) fn wheel(&self, job: &Job, whole_lane: &Path, out: &Path) -> Result<Call> {
        let raised = raised_deployment_target(&job.target);
        let (lane, linkers) = (&self.target_dir(job, whole_lane), &linkers_of(whole_lane));
        let pyo3_configs = &whole_lane.with_file_name("pyo3");
        fs_err::create_dir_all(pyo3_configs)?;
        let mut call = Self::call(&self.maturin, &self.shims)
            .args(arguments(job, &self.profile))
            .args(["--offline"])
            .args((self.locked == Locked::AsPublished).then_some("--locked"))
            .arg("--out")
            .arg(out)
            .dir(&self.source)
            .env("CARGO_TARGET_DIR", lane)
            .env("SOURCE_DATE_EPOCH", epoch())
            // Its wrapper scripts are rewritten in place: two lanes must not share them.
            .env("CARGO_ZIGBUILD_CACHE_DIR", lane.join("zigbuild"))
            .env(PYO3_CONFIGS, pyo3_configs)
            .env(HOST_UNITS_MARK, host_units::mark_in(lane));
        if let Some(wrapper) = &self.wrapper {
            call = call.env("RUSTC_WRAPPER", wrapper);
        }
        if let Some(zig) = &self.zig {
            call = call.env("CARGO_ZIGBUILD_ZIG_COMMAND", &zig.path).env("CARGO_ZIGBUILD_ZIG_VERSION", &zig.version);
            call = self.with_one_host(call, job, linkers)?;
        }
        if job.target.system == System::Win && !job.target.links_with_zig() && !cfg!(windows) {
            call = call.env("MATURIN_USE_XWIN", "1");
        }
        if job.import_library {
            call = with_python_library(call, job, whole_lane);
        }
        if let Some(level) = &raised {
            call = call.env("MACOSX_DEPLOYMENT_TARGET", level);
        }
        if self.isolated.is_on() {
            call = call.env("ZIG_GLOBAL_CACHE_DIR", lane.join("zig")).env(MADE_IN, lane.join("made"));
        }
        for triple in job.target.triples.iter().filter(|_| job.target.links_with_zig()) {
            call = self.with_linker(call, job, triple, linkers)?;
        }
        let call = self.offered.call(call, &self.shims.folder);
        let headers = emscripten::headers().filter(|_| job.target.pyodide().is_some());
        let reads: Vec<&Path> =
            std::iter::once(linkers.as_path()).chain(self.offered.reads()).chain(headers.as_deref()).collect();
        self.isolated.call(call, &reads, &[&self.unpacked, whole_lane, pyo3_configs, out])
    }

    /// Names our linker for a Rust target, if maturin's own is not used, and for Pyodide the compilers too.
    fn with_linker(&self, call: Call, job: &Job, triple: &str, linkers: &Path) -> Result<Call> {
        let python = self.python.as_deref();
        if let (Some(abi), Some(zig), Some(python)) = (job.target.pyodide(), &self.zig, python) {
            fs_err::create_dir_all(linkers)?;
            let linker = self.shims.emscripten_linker(linkers, triple, &zig.path, python)?;
            let headers = emscripten::headers();
            let compilers = self.shims.emscripten_compilers(linkers, triple, &zig.path, headers.as_deref())?;
            let call = call.env(linker_variable(triple), linker).env(PLATFORM_VERSION, abi.name());
            // The user's own take precedence, as for every target.
            let ours = compilers.into_iter().filter(|(name, _)| std::env::var_os(name).is_none());
            return Ok(ours.fold(call, |call, (name, path)| call.env(name, path)));
        }
        let linkers = of_level(linkers, raised_deployment_target(&job.target).as_deref());
        let linker = linker(&self.shims, &job.target, triple, &linkers, &self.maturin.path, python)?;
        Ok(match linker {
            Some(linker) => call.env(linker_variable(triple), linker),
            None => call,
        })
    }

    /// The Cargo target directory of a job in a lane: cargo does not track the deployment target, so each raised one
    /// has a separate directory.
    pub(crate) fn target_dir(&self, job: &Job, lane: &Path) -> PathBuf {
        of_level(lane, raised_deployment_target(&job.target).as_deref())
    }

    /// The C libraries that the build of a job in a lane linked, each once.
    ///
    /// # Errors
    /// When the Cargo target directory cannot be read.
    pub(crate) fn linked(&self, job: &Job, lane: &Path) -> Result<Vec<&Library>> {
        let target_dir = self.target_dir(job, lane);
        let mut linked: Vec<&Library> = Vec::new();
        for library in self.libraries.iter().filter(|library| job.target.triples.contains(&library.triple)) {
            let is_new = linked.iter().all(|known| known.linked != library.linked);
            if is_new && has_openssl(&target_dir, &library.triple, &library.files)? {
                linked.push(library);
            }
        }
        Ok(linked)
    }

    /// Writes the import library of Python that `job` links with, where it needs one.
    ///
    /// # Errors
    /// When it cannot be created.
    pub(crate) fn import_library(&self, job: &Job, lane: &Path, stop: &CancelToken) -> Result<()> {
        let (true, Some(zig)) = (job.import_library, &self.zig) else { return Ok(()) };
        let library = ImportLibrary::of(job.family, job.floor);
        library.write(zig, arch_of(job), &python_libraries(lane, job, &library), stop)
    }

    /// The linker of build scripts and procedural macros, written into `linkers`, with the variable that names it: this
    /// machine's `cc`, or zig where there is none. `None` if the user set one, and on other systems.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn host_linker(&self, linkers: &Path) -> Result<Option<(String, PathBuf)>> {
        let variable = linker_variable(&self.shims.host);
        let zig = zig_host(&self.shims.host).filter(|_| self.zig.is_some() && std::env::var_os(&variable).is_none());
        let Some(zig) = zig else { return Ok(None) };
        fs_err::create_dir_all(linkers)?;
        Ok(Some((variable, self.shims.host_linker(linkers, &self.maturin.path, zig)?)))
    }

    /// Lets all targets of a lane share the same build scripts and procedural macros.
    ///
    /// cargo makes the name of this machine's linker part of their identity, whatever target it builds for
    /// (cargo 1.96, `fingerprint::calculate_normal`), and cargo-zigbuild 0.24 changes that name, and the target it is
    /// for, if the target is this machine's own: all of them would be compiled again.
    fn with_one_host(&self, call: Call, job: &Job, linkers: &Path) -> Result<Call> {
        let Some((variable, linker)) = self.host_linker(linkers)? else { return Ok(call) };
        let call = call.env(variable, linker);
        let zig = zig_host(&self.shims.host).unwrap_or_default();
        Ok(match job.target.level {
            Some((major, minor)) if job.target.triples == [self.shims.host.as_str()] => call
                .args(["--config", "target-applies-to-host=true"])
                // maturin reads the project's own only if its command line has none.
                .args(self.config.iter().flat_map(|entry| ["--config", entry]))
                .env(HOST_TARGET, format!("{zig}.{major}.{minor}")),
            _ => call,
        })
    }
}

/// Passes the directory of the import library to the linker, and for abi3 to maturin, which takes it for a Windows
/// Python's: it refuses to build abi3 for Windows with neither that nor PyO3's feature `generate-import-lib`.
fn with_python_library(call: Call, job: &Job, lane: &Path) -> Call {
    let folder = python_libraries(lane, job, &ImportLibrary::of(job.family, job.floor));
    let call = call.env(PYTHON_LIBRARY, &folder);
    // Only if needed: with the directory in it, PyO3's configuration differs from that of other targets.
    let call = if job.replaces_import_library { call.env(PYO3_LIBRARY, &folder) } else { call };
    if job.family.family().is_some() { call.env("PYO3_CROSS_LIB_DIR", folder) } else { call }
}

/// A directory for each DLL: abi3 from 3.9 on and cp39 both link `python39`, and mean different ones.
fn python_libraries(lane: &Path, job: &Job, library: &ImportLibrary) -> PathBuf {
    linkers_of(lane).join(format!("{}-{}", library.dll(), arch_of(job)))
}

/// The architecture of a job's only Rust target.
fn arch_of(job: &Job) -> &str {
    job.target.triples.first().and_then(|triple| triple.split('-').next()).unwrap_or_default()
}

/// maturin's arguments for one wheel, without this machine's paths.
#[must_use]
pub fn arguments(job: &Job, profile: &str) -> Vec<String> {
    let mut args: Vec<String> =
        ["build", "--profile", profile, "--target", job.target.maturin_target(), "-i", &job.interpreter]
            .map(str::to_owned)
            .to_vec();
    // For Pyodide, zig is only the linker: maturin calls no Emscripten, and has no zig for it.
    if job.target.links_with_zig() && job.target.system != System::Pyemscripten {
        args.push("--zig".to_owned());
    }
    if let (System::Manylinux | System::Musllinux, Some((major, minor))) = (job.target.system, job.target.level) {
        let system = if job.target.system == System::Manylinux { "manylinux" } else { "musllinux" };
        args.extend(["--compatibility".to_owned(), format!("{system}_{major}_{minor}")]);
    }
    if !job.features.is_empty() {
        args.extend(["--features".to_owned(), job.features.join(",")]);
    }
    args
}
