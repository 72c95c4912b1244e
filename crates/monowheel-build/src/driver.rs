//! The main job: a project in, a set of wheels out.
//!
//! ```text
//! sdist ─ unpack ─ plan keys ─┬─ kept wheels ────────────────────────────┬─ dist/ ─ record
//!                             └─ std ─ dependencies ─ lanes: maturin ─ gate ┘
//! ```
//!
//! One failing wheel does not stop the others. Every wheel that is finished is in `dist/` at once
//! and is kept for a later run, whatever happens to the rest.

use std::path::{Path, PathBuf};

use monowheel_audit::audit::Auditor;
use monowheel_error::text::bytes;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::cache;
use monowheel_system::exec::Stop;
use monowheel_system::hash::{sha256, sha256_file};
pub use monowheel_wheel::binary::paths::build_prefixes;

use crate::dist::Dist;
use crate::event::{Event, Watch};
use crate::manifest::{self, Audit, Manifest};
use crate::maturin::{self, Bench};
use crate::normalize;
use crate::plan::{Job, Plan};
use crate::prepare::{Prepared, open_workspace};
use crate::prerequisites::Supply;
use crate::run::Run;
use crate::sdist;
use crate::toolchain::Machine;
use crate::toolchain::choice::StdFrom;
use crate::toolchain::remap::Remap;
use crate::toolchain::rust::Toolchain;
use crate::toolchain::shims::Shims;
use crate::toolchain::std_cache;
use crate::toolchain::tools::Tool;
use crate::wheel_cache::{Ground, Store};
use crate::workspace::Workspace;

/// How to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The output folder.
    pub out: PathBuf,
    /// How many builds at the same time; at most four or the number of cores when not given.
    pub jobs: Option<usize>,
    /// Whether the first failure stops the others.
    pub fail_fast: bool,
}

/// Builds what was prepared and returns the record that is in the output folder.
///
/// # Errors
/// When nothing at all could be built for a reason that all wheels share, or Ctrl-C was pressed. A
/// wheel that fails is no error here: its verdict says so.
pub fn build(
    mut prepared: Prepared,
    request: &Request,
    machine: &Machine,
    stop: &Stop,
    watch: &dyn Watch,
) -> Result<Manifest> {
    let fresh = prepared.fresh.take();
    let built = make(prepared, request, machine, fresh.is_some(), stop, watch);
    if let Some(fresh) = fresh {
        fresh.end(match &built {
            Ok(manifest) => !manifest.complete,
            Err(error) => error.kind() != ErrorKind::Interrupted,
        });
    }
    built
}

fn make(
    prepared: Prepared,
    request: &Request,
    machine: &Machine,
    is_fresh: bool,
    stop: &Stop,
    watch: &dyn Watch,
) -> Result<Manifest> {
    let profile = prepared.profile().to_owned();
    let Prepared { plan, project, policy, sdist, work, unpacked, .. } = prepared;
    let (Some(tool), Some(toolchain), Some(_)) = (machine.maturin.clone(), chosen(&plan, machine), plan.ready().next())
    else {
        return Err(nothing_to_build(&plan));
    };
    let most_kept = cache::limit()?;
    let dist = Dist::open(&request.out)?;
    let workspace = match unpacked {
        Some(workspace) => workspace,
        None => open_workspace(&work, stop, watch)?,
    };
    let uses_cache =
        plan.ready().flat_map(|job| &job.std).any(|std| matches!(std.from, StdFrom::Source | StdFrom::Cache));
    let sysroot = Some(machine.std_cache.sysroot(toolchain)).filter(|sysroot| uses_cache || sysroot.is_dir());
    let count = request.jobs.unwrap_or_else(|| machine.cores.min(4)).max(1);
    let lanes = workspace.lanes(&lanes_key(&plan, toolchain, machine));
    let names = || names(toolchain, &workspace, &lanes, count);
    let shims = |names: &Remap| Shims::write(&workspace.path("shims"), toolchain, sysroot.as_deref(), names);

    watch.saw(&Event::Step("source distribution"));
    let (sdist, source) = match sdist {
        Some(sdist) => (sdist, project.root.clone()),
        None => {
            let call = Bench::call(&tool, &shims(&names())?);
            let sdist = sdist::create(
                call,
                &project.root,
                &request.out,
                &workspace.path("sdist"),
                &workspace.log("sdist"),
                stop,
            )?;
            let source = sdist::unpack(&sdist, &workspace.source())?;
            (sdist, source)
        }
    };
    watch.saw(&Event::StepDone);

    let sdist_hash = sha256_file(&sdist)?;
    let commit = sdist::Origin::read(&source).map(|origin| origin.commit);
    let tools = format!("{:?}", plan.tools);
    let ground = Ground::new(
        &[
            monowheel_error::VERSION,
            maturin::REVISION,
            normalize::REVISION,
            &sdist_hash,
            &tools,
            &toolchain.verbose_version,
            &profile,
        ],
        &source,
    );
    let sdists = sdist.file_name().map(|name| name.to_string_lossy().into_owned()).into_iter().collect();
    let auditor = Auditor::new(policy.options(sdists, stop))?;
    let gone = dist.forget(&sdist_hash)?;
    if !gone.is_empty() {
        watch.saw(&Event::Note(format!("taken away, for they are of another source: {}", gone.join(", "))));
    }
    let sdist_file = dist.place(&sdist)?;
    let run = Run {
        store: Store::at(workspace.path("wheels")),
        halt: stop.below(),
        lanes: lanes.clone(),
        workspace: &workspace,
        dist: &dist,
        ground: &ground,
        profile: &profile,
        sdist: &sdist_file,
        commit: commit.as_deref(),
        tools: &plan.tools,
        module: project.module_stem(),
        fail_fast: request.fail_fast,
        auditor: &auditor,
        watch,
    };
    let mut wheels: Vec<Option<manifest::Wheel>> =
        plan.jobs.iter().map(|job| run.without_building(job)).collect::<Result<_>>()?;
    let stem = sdist_file.file.trim_end_matches(".tar.gz");
    for (job, _) in
        plan.jobs.iter().zip(&wheels).filter(|(_, wheel)| wheel.as_ref().is_none_or(|wheel| !wheel.verdict.is_good()))
    {
        dist.withdraw(stem, &job.tag)?;
    }
    let waiting: Vec<usize> = (0..wheels.len()).filter(|index| wheels[*index].is_none()).collect();
    if !waiting.is_empty() {
        let supply = Supply { has_own_sysroot: sysroot.is_some(), workspace: &workspace, stop, watch };
        let jobs: Vec<&Job> = waiting.iter().map(|index| &plan.jobs[*index]).collect();
        let lacking = supply.complete_std(&jobs, toolchain, machine)?;
        let locked = supply.fetch(&shims(&names())?, &source)?;
        // Once more: fetching may have made the folder of a registry, which has a name too.
        let names = names();
        let shims = shims(&names)?;
        let renaming = |zig: &Tool| Ok::<_, Error>(Tool { path: shims.zig(&zig.path, &names)?, ..zig.clone() });
        let bench = Bench {
            maturin: tool,
            zig: machine.zig.as_ref().map(renaming).transpose()?,
            wrapper: if is_fresh { None } else { supply.wrapper(&shims, &source) },
            shims,
            names,
            source,
            profile: profile.clone(),
            python: machine.python.clone(),
            locked,
        };
        let built = run.all(&jobs, &bench, &lacking, count, machine.cores);
        for (index, wheel) in waiting.into_iter().zip(built) {
            wheels[index] = Some(wheel);
        }
        let removed = cache::trim(&cache::root()?, most_kept);
        if removed > 0 {
            watch.saw(&Event::Note(format!("the cache was full: {} that were not used for long went", bytes(removed))));
        }
        if stop.is_set() {
            return Err(Error::new(ErrorKind::Interrupted, "stopped")
                .at(dist.folder().display())
                .next("finished wheels are whole and kept; the same command goes on"));
        }
    }
    let wheels: Vec<manifest::Wheel> = wheels.into_iter().flatten().collect();
    let manifest = Manifest {
        schema: manifest::SCHEMA.to_owned(),
        monowheel: monowheel_error::VERSION.to_owned(),
        name: plan.project.name,
        version: plan.project.version,
        complete: wheels.iter().all(|wheel| wheel.verdict.is_good()),
        tools: plan.tools,
        environment: ground.environment().to_vec(),
        sdist: sdist_file,
        commit,
        audit: Audit::of(&wheels, &auditor, &policy),
        wheels,
    };
    for ignore in auditor.unused_ignores() {
        watch.saw(&Event::Note(format!(
            "[tool.monowheel.audit] ignores {}, which finds nothing: take the ignore away",
            ignore.rule
        )));
    }
    dist.record(&manifest)?;
    Ok(manifest)
}

/// What this build's folders are called in what is compiled. One lane is like another.
fn names(toolchain: &Toolchain, workspace: &Workspace, lanes: &Path, count: usize) -> Remap {
    let mut remap = Remap::of(toolchain);
    remap.add(&workspace.source(), build_prefixes::SOURCE);
    for lane in 0..count {
        remap.add(&lanes.join(lane.to_string()), build_prefixes::TARGET);
    }
    remap
}

/// What a Cargo target folder must not outlive; another home of cargo's has another name in the shims,
/// and another linker behind the same name is not seen: cargo knows nothing of either.
fn lanes_key(plan: &Plan, toolchain: &Toolchain, machine: &Machine) -> String {
    let (home, revision) = (std_cache::cargo_home(), maturin::REVISION);
    let tools = format!("{:?} {} {:?} {home:?} {revision}", plan.tools, toolchain.verbose_version, machine.sdkroot);
    sha256(tools.as_bytes())[..12].to_owned()
}

/// Every wheel is blocked: that is one error, not a set of failures.
fn nothing_to_build(plan: &Plan) -> Error {
    let blocked = plan.jobs.iter().find_map(|job| job.blocked.as_ref());
    let (why, mend) =
        blocked.map_or(("nothing is planned", ""), |blocked| (blocked.why.as_str(), blocked.mend.as_str()));
    Error::new(ErrorKind::Toolchain, why).next(format!("{mend}\n(`monowheel plan` shows every target)"))
}

fn chosen<'a>(plan: &Plan, machine: &'a Machine) -> Option<&'a Toolchain> {
    let name = plan.tools.toolchain.as_ref()?;
    machine.toolchains.iter().find(|toolchain| toolchain.name == *name)
}
