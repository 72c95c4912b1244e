//! The resources of a build: the tools that the plan chose, the output directory and the locked work directory.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::path::PathBuf;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::IndexOptions;
use monowheel_project::pyproject::PyProject;
use monowheel_system::hash::sha256;
use monowheel_system::{cache, cargo};
use monowheel_wheel::binary::paths::build_prefixes;

use super::Context;
use super::source::Source;
use crate::dist::Dist;
use crate::event::Event;
use crate::isolated::Isolated;
use crate::lane_dirs::LaneDirs;
use crate::maturin::{self, Bench};
use crate::native::Native;
use crate::native::obtain::{self, Workbench};
use crate::native::offered::Offered;
use crate::plan::{Job, Plan};
use crate::prepare::open_workspace;
use crate::prerequisites::{MissingStd, Prerequisites};
use crate::toolchain::choice::StdFrom;
use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::shims::Shims;
use crate::toolchain::std_cache;
use crate::toolchain::tools::Tool;
use crate::workspace::{Place, Workspace};

/// The tools that the plan chose on this machine.
pub(super) struct Tools<'a> {
    pub(super) maturin: Tool,
    pub(super) toolchain: &'a Toolchain,
    /// The key of the Cargo target directories; see [`target_dirs_key`].
    key: String,
}

impl<'a> Tools<'a> {
    /// # Errors
    /// When no job of the plan can be built: that is one error, not one failure for each wheel.
    pub(super) fn choose(plan: &Plan, context: &Context<'a>) -> Result<Self> {
        let machine = context.machine;
        let name = plan.tools.toolchain.as_ref();
        let toolchain = name.and_then(|name| machine.toolchains.iter().find(|toolchain| toolchain.name == *name));
        let (Some(maturin), Some(toolchain), Some(_)) = (machine.maturin.clone(), toolchain, plan.ready().next())
        else {
            return Err(nothing_to_build(plan));
        };
        Ok(Self { maturin, toolchain, key: target_dirs_key(plan, toolchain, context) })
    }
}

/// The inputs that make a Cargo target directory invalid. Another cargo home has another name in the shims, and cargo
/// does not notice another linker or another standard library behind the same name.
fn target_dirs_key(plan: &Plan, toolchain: &Toolchain, context: &Context<'_>) -> String {
    let (home, sdkroot) = (cargo::home(), &context.machine.sdkroot);
    let revision = [maturin::REVISION, std_cache::REVISION].join(" ");
    let (frames, symbols) = (plan.frame_pointers, plan.symbols);
    let tools =
        format!("{:?} {} {sdkroot:?} {home:?} {revision} {frames} {symbols}", plan.tools, toolchain.verbose_version);
    sha256(tools.as_bytes())[..12].to_owned()
}

fn nothing_to_build(plan: &Plan) -> Error {
    let blocked = plan.jobs.iter().find_map(|job| job.blocked.as_ref());
    let (why, next_step) =
        blocked.map_or(("nothing is planned", ""), |blocked| (blocked.why.as_str(), blocked.next_step.as_str()));
    Error::new(ErrorKind::Toolchain, why).next(format!("{next_step}\n(`monowheel plan` shows every target)"))
}

/// The directories of one build, open and locked, with the tools that use them.
pub(super) struct Workshop<'a> {
    pub(super) tools: Tools<'a>,
    pub(super) dist: Dist,
    pub(super) workspace: Workspace,
    pub(super) lane_dirs: LaneDirs,
    /// How many wheels to build at the same time.
    pub(super) lanes: usize,
    frame_pointers: bool,
    /// Whether line tables are kept.
    symbols: bool,
    /// A sysroot of monowheel's own, where the build uses it instead of the toolchain's.
    pub(super) sysroot: Option<PathBuf>,
    /// What the source's code can reach.
    pub(super) isolated: Isolated,
    /// The C tools and libraries that the project needs.
    native: Native,
    /// Those that are offered to build scripts.
    offered: Offered,
}

impl<'a> Workshop<'a> {
    /// Obtains the programs that build scripts need, opens the output directory and then those of the build.
    ///
    /// # Errors
    /// When a program cannot be obtained, a directory cannot be created or written, or Ctrl-C was pressed.
    pub(super) fn open(
        plan: &Plan,
        tools: Tools<'a>,
        index: &IndexOptions,
        place: Place,
        context: &Context<'_>,
    ) -> Result<Self> {
        let note = |note: String| context.watch.saw(&Event::Note(note));
        let store = &context.machine.native.store;
        let offered = obtain::programs(&plan.native, store, index, context.stop, &note)?;
        let out = &context.request.out;
        let dist = Dist::open(out, &cache::root()?.join("locks"), context.stop, |holder| {
            let out = out.display();
            context
                .watch
                .saw(&Event::Note(format!("another build is writing to {out} ({holder}); waiting for it to finish")));
        })?;
        let workspace = match place.unpacked {
            Some(workspace) => workspace,
            None => open_workspace(&place.work, context.stop, context.watch)?,
        };
        let machine = context.machine;
        // Libraries that rustup cannot fetch are built.
        let is_own = |from: StdFrom| match from {
            StdFrom::Source | StdFrom::Cache => true,
            StdFrom::Rustup => tools.toolchain.has_source,
            StdFrom::Installed | StdFrom::Nowhere => false,
        };
        let uses_cache = plan.ready().flat_map(|job| &job.std).any(|std| is_own(std.from));
        let sysroot = machine.std_cache.sysroot(tools.toolchain);
        let sysroot = Some(sysroot).filter(|sysroot| uses_cache || sysroot.is_dir());
        let isolator = &context.request.isolator;
        let (root, source) = (workspace.path(""), workspace.source());
        let isolated = Isolated::new(isolator, machine, tools.toolchain, sysroot.as_deref(), &root, &source)?;
        let lane_dirs = if place.shares && plan.native.is_empty() && !isolated.is_on() {
            LaneDirs::shared(&place.work, &tools.key, context.stop, |holder| {
                note(format!(
                    "another build is using the shared Cargo target directories ({holder}); waiting for it to finish"
                ));
            })?
        } else {
            LaneDirs::own(&place.work, &tools.key)
        };
        Ok(Self {
            lane_dirs,
            lanes: context.request.lanes(machine.cores),
            frame_pointers: plan.frame_pointers,
            symbols: plan.symbols,
            sysroot,
            isolated,
            native: plan.native.clone(),
            offered,
            tools,
            dist,
            workspace,
        })
    }

    /// The names of this build's directories in compiled code. All lanes have the same names.
    pub(super) fn names(&self) -> Remap {
        let mut remap =
            Remap::of(self.tools.toolchain).with_frame_pointers(self.frame_pointers).with_line_tables(self.symbols);
        remap.add(&self.workspace.source(), build_prefixes::SOURCE);
        for lane in 0..self.lanes {
            remap.add(&self.lane_dirs.lane(lane), build_prefixes::TARGET);
        }
        remap
    }

    /// Writes cargo, rustc and the linkers with these names.
    pub(super) fn shims(&self, names: &Remap) -> Result<Shims> {
        Shims::write(&self.workspace.path("shims"), self.tools.toolchain, self.sysroot.as_deref(), names)
    }

    /// Obtains what the first wheel needs.
    pub(super) fn needs<'c>(&'c self, context: &'c Context<'_>) -> Prerequisites<'c> {
        Prerequisites {
            has_own_sysroot: self.sysroot.is_some(),
            workspace: &self.workspace,
            stop: context.stop,
            watch: context.watch,
        }
    }

    /// Fetches the dependencies, and returns what all calls of maturin for a wheel share.
    ///
    /// # Errors
    /// When a dependency cannot be fetched or a shim cannot be written.
    pub(super) fn bench(
        &self,
        needs: &Prerequisites<'_>,
        source: &Source,
        profile: &str,
        context: &Context<'_>,
    ) -> Result<Bench> {
        let fetchers = Bench::fetchers(&self.shims(&self.names())?, self.tools.toolchain, context.machine);
        let locked = needs.fetch(&fetchers, &source.folder, self.isolated.is_on())?;
        // Again: fetching may have created the directory of a registry, which has a name too.
        let names = self.names();
        let shims = self.shims(&names)?;
        let python = context.machine.python.as_deref();
        let renamed = |zig: &Tool| Ok::<_, Error>(Tool { path: shims.zig(&zig.path, &names, python)?, ..zig.clone() });
        Ok(Bench {
            maturin: self.tools.maturin.clone(),
            zig: context.machine.zig.as_ref().map(renamed).transpose()?,
            // sccache's server is outside every sandbox, and writes into a cache that all projects share.
            // Nor does it see the options that rustc gets from us for line tables.
            wrapper: if context.is_fresh || self.isolated.is_on() || self.symbols {
                None
            } else {
                needs.wrapper(&shims, &source.folder)
            },
            shims,
            names,
            source: source.folder.clone(),
            unpacked: self.workspace.source(),
            profile: profile.to_owned(),
            config: PyProject::read(&source.folder)?.maturin().config.clone(),
            python: context.machine.python.clone(),
            locked,
            isolated: self.isolated.clone(),
            offered: self.offered.clone(),
            libraries: Vec::new(),
        })
    }

    /// Builds the C libraries that the wheels of `jobs` link, and offers them to build scripts. Returns the Rust
    /// targets whose libraries could not be built.
    ///
    /// # Errors
    /// When Ctrl-C was pressed.
    pub(super) fn add_libraries(
        &self,
        bench: &mut Bench,
        jobs: &[&Job],
        context: &Context<'_>,
    ) -> Result<Vec<MissingStd>> {
        let Some(zig) = &context.machine.zig else { return Ok(Vec::new()) };
        let triples: BTreeSet<&str> = jobs
            .iter()
            .filter(|job| job.target.links_with_zig())
            .flat_map(|job| job.target.triples.iter().map(String::as_str))
            .collect();
        let triples: Vec<&str> = triples.into_iter().collect();
        let workbench = Workbench {
            store: &context.machine.native.store,
            zig,
            cargo: Bench::cargo(&bench.shims),
            cores: context.machine.cores,
            log: &|name| self.workspace.log(name),
            stop: context.stop,
        };
        let watch = context.watch;
        let is_begun = Cell::new(false);
        let begun = |version: &str, triple: &str| {
            if !is_begun.replace(true) {
                watch.saw(&Event::Step("OpenSSL from source, once per target"));
            }
            watch.saw(&Event::StepLine(&format!("OpenSSL {version} for {triple}")));
        };
        let note = |note: String| watch.saw(&Event::Note(note));
        let done = workbench.libraries(&self.native, &triples, &begun, &note);
        if is_begun.get() {
            watch.saw(&Event::StepDone);
        }
        let (libraries, failed) = done?;
        let is_vendored = self.native.openssl.as_ref().is_some_and(|openssl| openssl.vendored);
        for library in &libraries {
            bench.offered.openssl(&library.triple, &library.files, is_vendored);
        }
        bench.libraries = libraries;
        Ok(failed)
    }
}
