//! The main job: a project in, a release's wheels out.
//!
//! ```text
//! Prepared ─ Tools ─ Workshop ─ Source (sdist) ─ Settled (kept wheels) ─┬──────────────────────────────────────┬─ Manifest
//!                                                                      └─ std ─ dependencies ─ Bench ─ Run::all ┘
//! ```
//!
//! One failing wheel does not stop the others. Every wheel that is complete is in `dist/` at once
//! and is kept for a later run, whatever happens to the rest.

mod floors;
mod lanes;
mod parts;
mod run;
mod shared_errors;
mod source;
mod wheels;
mod workshop;

use std::path::PathBuf;

use monowheel_audit::audit::Auditor;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_system::cache;
use monowheel_system::exec::{CancelToken, IsolationReport, Isolator};

use crate::event::{Event, Watch};
use crate::manifest::{self, Audit, Manifest};
use crate::plan::Plan;
use crate::prepare::Prepared;
use crate::toolchain::Machine;
use crate::wheel_cache::Store;
pub use floors::floors;
pub use parts::Parts;
use run::Run;
use shared_errors::SharedErrors;
use source::Source;
use wheels::Settled;
use workshop::{Tools, Workshop};

/// How to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The output directory.
    pub out: PathBuf,
    /// How many builds at the same time; at most four or the number of cores when not given.
    pub jobs: Option<usize>,
    /// Whether the first failure stops the others.
    pub fail_fast: bool,
    /// Whether an error in the crate's own code, which is the same for every target, does not stop the others.
    pub keep_going: bool,
    /// Whether only the sdist is built.
    pub sdist_only: bool,
    /// Wheels that were built elsewhere: they take the place of this build's.
    pub parts: Option<Parts>,
    /// The isolation of the source's code; see [`isolator`](crate::isolated::isolator).
    pub isolator: Isolator,
}

impl Request {
    /// A build of everything into `out`.
    #[must_use]
    pub const fn new(out: PathBuf, isolator: Isolator) -> Self {
        Self { out, jobs: None, fail_fast: false, keep_going: false, sdist_only: false, parts: None, isolator }
    }

    /// How many wheels are built at the same time on this number of cores.
    #[must_use]
    pub fn lanes(&self, cores: usize) -> usize {
        self.jobs.unwrap_or_else(|| cores.min(4)).max(1)
    }
}

/// Builds what was prepared and returns the record that is in the output directory.
///
/// # Errors
/// When nothing at all could be built for a reason that all wheels share, or Ctrl-C was pressed. A
/// wheel that fails is not an error here: its verdict says so.
pub fn build(mut prepared: Prepared, request: &Request, stop: &CancelToken, watch: &dyn Watch) -> Result<Manifest> {
    let fresh = prepared.fresh.take();
    let machine = prepared.machine.clone();
    let context = Context { request, machine: &machine, is_fresh: fresh.is_some(), stop, watch };
    let built = make(prepared, &context);
    if let Some(fresh) = fresh {
        fresh.end(match &built {
            Ok(manifest) => !manifest.complete,
            Err(error) => error.kind() != ErrorKind::Interrupted,
        });
    }
    built
}

/// Shared by all stages of one build.
struct Context<'a> {
    request: &'a Request,
    machine: &'a Machine,
    /// Whether the build uses nothing from earlier builds of the project.
    is_fresh: bool,
    stop: &'a CancelToken,
    watch: &'a dyn Watch,
}

/// The flow: each stage takes the results of the ones before it.
fn make(prepared: Prepared, context: &Context<'_>) -> Result<Manifest> {
    refuse_problems(&prepared)?;
    let profile = prepared.profile().to_owned();
    let Prepared { mut plan, project, policy, pending, sdist, place, index, .. } = prepared;
    let tools = Tools::choose(&plan, context)?;
    for note in &plan.notes {
        context.watch.saw(&Event::Note(format!("note: {note}")));
    }
    // Before the sdist, which contains it.
    if let Some(told) = pending.as_ref().map(|pending| pending.write(context.stop)).transpose()?.flatten() {
        context.watch.saw(&Event::Note(told.to_owned()));
    }
    let most_kept = cache::limit()?;
    let workshop = Workshop::open(&plan, tools, &index, place, context)?;
    let source = Source::obtain(sdist, &project, &workshop, context)?;
    let ground = source.ground(&plan, &profile, &workshop);
    let auditor = auditor(&policy, &source, context.stop)?;
    let sdist = source.place(&workshop, context)?;
    if context.request.sdist_only {
        plan.jobs.clear();
    }
    let parts = context.request.parts.as_ref();
    let halt = context.stop.below();
    let run = Run {
        store: Store::at(workshop.workspace.path("wheels")),
        parts,
        shared: SharedErrors::new(context.request.keep_going, &plan.jobs, &halt),
        halt,
        workshop: &workshop,
        ground: &ground,
        profile: &profile,
        sdist: &sdist,
        commit: source.commit.as_deref(),
        tools: &plan.tools,
        frame_pointers: plan.frame_pointers,
        symbols: plan.symbols,
        import_names: source.import_names.as_ref(),
        module: project.module_stem(),
        fail_fast: context.request.fail_fast,
        auditor: &auditor,
        watch: context.watch,
    };
    let wheels = Settled::of(&plan, &run)?.build(&run, &source, most_kept, context)?;
    let audit = Audit::of(&wheels, &auditor, &policy);
    let here = || (source.is_foreign || workshop.isolated.is_on()).then(|| context.request.isolator.report());
    let isolation = parts.map_or_else(here, Parts::isolation);
    let mut manifest = manifest(plan, ground.environment(), sdist, source.commit, isolation, wheels, audit);
    let max_wheel = project.pyproject.configuration.config.size.max_wheel.map(|size| size.0);
    manifest.over_budget = manifest.over(max_wheel);
    note_unused_ignores(&auditor, context.watch);
    workshop.dist.record(&manifest)?;
    Ok(manifest)
}

/// A project that cannot be built is not started: even its sdist would be wrong.
fn refuse_problems(prepared: &Prepared) -> Result<()> {
    let problems = &prepared.plan.problems;
    let Some(first) = problems.first() else { return Ok(()) };
    let others = match problems.len() - 1 {
        0 => String::new(),
        others => format!("\nand {others} more (see `monowheel plan`)"),
    };
    let place = prepared.project.root.join("pyproject.toml");
    Err(Error::new(ErrorKind::Project, format!("{}{others}", first.why))
        .at(place.display())
        .next(first.next_step.clone()))
}

/// Audits every wheel of the build, by the project's policy.
fn auditor(policy: &AuditPolicy, source: &Source, stop: &CancelToken) -> Result<Auditor> {
    let sdists = vec![source.file.clone()];
    Auditor::new(policy.options(sdists, stop))
}

fn manifest(
    plan: Plan,
    environment: &[(String, String)],
    sdist: manifest::File,
    commit: Option<String>,
    isolation: Option<IsolationReport>,
    wheels: Vec<manifest::Wheel>,
    audit: Audit,
) -> Manifest {
    Manifest {
        schema: manifest::SCHEMA.to_owned(),
        monowheel: monowheel_error::VERSION.to_owned(),
        name: plan.project.name,
        version: plan.project.version,
        complete: wheels.iter().all(|wheel| wheel.verdict.is_good()),
        tools: plan.tools,
        frame_pointers: plan.frame_pointers,
        environment: environment.to_vec(),
        sdist,
        commit,
        isolation,
        audit,
        wheels,
        over_budget: Vec::new(),
    }
}

fn note_unused_ignores(auditor: &Auditor, watch: &dyn Watch) {
    for ignore in auditor.unused_ignores() {
        watch.saw(&Event::Note(format!(
            "[tool.monowheel.audit] ignores {}, which has no findings: remove the ignore",
            ignore.rule
        )));
    }
}
