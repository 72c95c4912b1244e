//! The main job: a project in, a set of wheels out.
//!
//! ```text
//! sdist ─ unpack ─ plan keys ─┬─ kept wheels ────────────────────────────┬─ dist/ ─ record
//!                             └─ std ─ dependencies ─ lanes: maturin ─ gate ┘
//! ```
//!
//! One failing wheel does not stop the others. Every wheel that is finished is in `dist/` at once
//! and is kept for a later run, whatever happens to the rest.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::build::dist::Dist;
use crate::build::input::Input;
use crate::build::manifest::{self, Manifest, Verdict};
use crate::build::maturin::{self, Bench};
use crate::build::plan::{Job, Plan, Selection, plan};
use crate::build::project::Project;
use crate::build::warm::{Ground, Store};
use crate::build::workspace::Workspace;
use crate::build::{diagnose, gate, lanes, sdist};
use crate::error::{Error, ErrorKind, Result};
use crate::exec::{Call, Stop};
use crate::hash::sha256_file;
use crate::toolchain::Machine;
use crate::toolchain::rust::{StdFrom, Toolchain};
use crate::toolchain::shims::Shims;
use crate::toolchain::tools::on_path;

/// What happens during a build, for whoever shows it.
#[derive(Debug)]
pub enum Event<'a> {
    /// Something worth a line of its own.
    Note(String),
    /// A step before the wheels begins.
    Step(&'static str),
    /// A step printed a line.
    StepLine(&'a str),
    /// The step that began last has ended.
    StepDone,
    /// The wheels that will be built now, before the first begins.
    Wheels(Vec<&'a str>),
    /// A wheel's build begins.
    Began(&'a Job),
    /// A wheel's build printed a line.
    Line(&'a Job, &'a str),
    /// A wheel is finished, one way or another.
    Ended(&'a Job, &'a manifest::Wheel),
}

/// Shows a build while it runs. Called from several threads.
pub trait Watch: Sync {
    /// Something happened.
    fn saw(&self, event: &Event<'_>);
}

/// What to build.
#[derive(Clone, Debug)]
pub struct Request {
    /// The project.
    pub input: Input,
    /// Which wheels.
    pub selection: Selection,
    /// The output folder.
    pub out: PathBuf,
    /// How many builds at the same time; at most four or the number of cores when not given.
    pub jobs: Option<usize>,
    /// Whether the first failure stops the others.
    pub fail_fast: bool,
}

/// A project that was found, with the plan for it.
#[derive(Debug)]
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    project: Project,
    sdist: Option<PathBuf>,
    work: PathBuf,
    unpacked: Option<Workspace>,
}

impl Prepared {
    /// The Cargo profile of the build.
    #[must_use]
    pub fn profile(&self) -> &str {
        self.project.pyproject.maturin().profile.as_deref().unwrap_or("release")
    }
}

/// Finds the project and plans its wheels. A folder is only read; an sdist is unpacked into the
/// work folder first, a requirement fetched before that.
///
/// # Errors
/// When there is no such project, or [`plan`] refuses.
pub fn prepare(
    input: &Input,
    selection: &Selection,
    machine: &Machine,
    stop: &Stop,
    watch: &dyn Watch,
) -> Result<Prepared> {
    if let Input::Requirement(requirement) = input {
        watch.saw(&Event::Note(format!("getting the sdist of {requirement} through pip")));
    }
    let sdist = input.sdist(machine.python.as_deref(), stop)?;
    let (project, work, unpacked) = match (input, &sdist) {
        (Input::Folder(root), _) => {
            let project = Project::read(root)?;
            let work = input.work_folder(&project.name, None)?;
            (project, work, None)
        }
        (_, Some(file)) => {
            let stem = file.file_name().unwrap_or_default().to_string_lossy().replace(".tar.gz", "");
            let work = input.work_folder(&stem, Some(file))?;
            let workspace = open_workspace(&work, stop, watch)?;
            let project = Project::read(&sdist::unpack(file, &workspace.path("src"))?)?;
            (project, work, Some(workspace))
        }
        (_, None) => return Err(Error::new(ErrorKind::Io, "no sdist")),
    };
    let plan = plan(&project, selection, machine)?;
    Ok(Prepared { plan, project, sdist, work, unpacked })
}

/// Builds what was prepared and returns the record that is in the output folder.
///
/// # Errors
/// When nothing at all could be built for a reason that all wheels share, or Ctrl-C was pressed. A
/// wheel that fails is no error here: its verdict says so.
pub fn build(
    prepared: Prepared,
    request: &Request,
    machine: &Machine,
    stop: &Stop,
    watch: &dyn Watch,
) -> Result<Manifest> {
    let profile = prepared.profile().to_owned();
    let Prepared { plan, project, sdist, work, unpacked } = prepared;
    let (Some(tool), Some(toolchain)) = (machine.maturin.clone(), chosen(&plan, machine)) else {
        let blocked = plan.jobs.iter().find_map(|job| job.blocked.as_ref());
        return Err(Error::new(
            ErrorKind::Toolchain,
            blocked.map_or_else(|| "nothing can be built".to_owned(), |blocked| blocked.why.clone()),
        )
        .next(blocked.map_or_else(|| "see `monowheel plan`".to_owned(), |blocked| blocked.mend.clone())));
    };
    let dist = Dist::open(&request.out)?;
    let workspace = match unpacked {
        Some(workspace) => workspace,
        None => open_workspace(&work, stop, watch)?,
    };
    let uses_cache =
        plan.ready().flat_map(|job| &job.std).any(|std| matches!(std.from, StdFrom::Source | StdFrom::Cache));
    let sysroot = uses_cache.then(|| machine.std_cache.sysroot(toolchain));
    let shims = Shims::write(&workspace.path("shims"), toolchain, sysroot.as_deref())?;

    watch.saw(&Event::Step("source distribution"));
    let (sdist, source) = match sdist {
        Some(sdist) => (sdist, project.root.clone()),
        None => {
            let call = Bench::call(&tool, &shims);
            let sdist = sdist::create(call, &project.root, &workspace.path("sdist"), &workspace.log("sdist"), stop)?;
            let source = sdist::unpack(&sdist, &workspace.path("src"))?;
            (sdist, source)
        }
    };
    watch.saw(&Event::StepDone);

    let sdist_hash = sha256_file(&sdist)?;
    let tools = format!("{:?} {sysroot:?}", plan.tools);
    let ground = Ground::new(&[crate::VERSION, &sdist_hash, &tools, &toolchain.verbose_version, &profile], &source);
    let run = Run {
        store: Store::at(workspace.path("wheels")),
        halt: stop.below(),
        workspace: &workspace,
        dist: &dist,
        ground: &ground,
        profile: &profile,
        project: &project,
        fail_fast: request.fail_fast,
        watch,
    };
    dist.forget()?;
    let sdist_file = dist.place(&sdist)?;
    let mut wheels: Vec<Option<manifest::Wheel>> =
        plan.jobs.iter().map(|job| run.without_building(job)).collect::<Result<_>>()?;
    let waiting: Vec<usize> = (0..wheels.len()).filter(|index| wheels[*index].is_none()).collect();
    if !waiting.is_empty() {
        let jobs: Vec<&Job> = waiting.iter().map(|index| &plan.jobs[*index]).collect();
        let broken_std = run.complete_std(&jobs, toolchain, machine, stop)?;
        let locked = run.fetch(&shims, &source, stop)?;
        let bench = Bench { maturin: tool, zig: machine.zig.clone(), shims, source, profile: profile.clone(), locked };
        let count = request.jobs.unwrap_or_else(|| machine.cores.min(4)).max(1);
        for (index, wheel) in waiting.iter().zip(run.all(&jobs, &bench, &broken_std, count, machine.cores)) {
            wheels[*index] = Some(wheel);
        }
        if stop.is_set() {
            return Err(Error::new(ErrorKind::Interrupted, "stopped")
                .at(dist.folder().display())
                .next("finished wheels are whole and kept; the same command goes on"));
        }
    }
    let wheels: Vec<manifest::Wheel> = wheels.into_iter().flatten().collect();
    let manifest = Manifest {
        schema: manifest::SCHEMA,
        monowheel: crate::VERSION,
        name: plan.project.name,
        version: plan.project.version,
        complete: wheels.iter().all(|wheel| wheel.verdict.is_good()),
        tools: plan.tools,
        environment: ground.environment().to_vec(),
        sdist: sdist_file,
        wheels,
    };
    dist.record(&manifest)?;
    Ok(manifest)
}

fn open_workspace(work: &Path, stop: &Stop, watch: &dyn Watch) -> Result<Workspace> {
    Workspace::open(work, stop, |holder| {
        watch.saw(&Event::Note(format!("another build of this project is running ({holder}); waiting for it to end")))
    })
}

fn chosen<'a>(plan: &Plan, machine: &'a Machine) -> Option<&'a Toolchain> {
    let name = plan.tools.toolchain.as_ref()?;
    machine.toolchains.iter().find(|toolchain| toolchain.name == *name)
}

/// What the wheels of one build share.
struct Run<'a> {
    store: Store,
    /// Set by Ctrl-C, and by the first failure of `--fail-fast`.
    halt: Stop,
    workspace: &'a Workspace,
    dist: &'a Dist,
    ground: &'a Ground,
    profile: &'a str,
    project: &'a Project,
    fail_fast: bool,
    watch: &'a dyn Watch,
}

impl Run<'_> {
    fn key(&self, job: &Job) -> String {
        self.ground.key(job, &maturin::arguments(job, self.profile))
    }

    /// The end of a job that needs no build: blocked, or kept from an earlier run.
    fn without_building(&self, job: &Job) -> Result<Option<manifest::Wheel>> {
        let wheel = if let Some(blocked) = &job.blocked {
            Some(manifest::Wheel {
                why: Some(format!("{}; {}", blocked.why, blocked.mend)),
                ..self.entry(job, Verdict::Blocked)
            })
        } else if let Some((path, kept)) = self.store.get(job, &self.key(job)) {
            let file = self.dist.place(&path)?;
            Some(manifest::Wheel { file: Some(file), seconds: Some(kept.seconds), ..self.entry(job, Verdict::Reused) })
        } else {
            None
        };
        if let Some(wheel) = &wheel {
            self.watch.saw(&Event::Ended(job, wheel));
        }
        Ok(wheel)
    }

    fn entry(&self, job: &Job, verdict: Verdict) -> manifest::Wheel {
        manifest::Wheel {
            target: job.target.to_string(),
            abi: job.family,
            tag: job.tag.clone(),
            triples: job.target.triples.clone(),
            linker: job.linker.clone(),
            arguments: maturin::arguments(job, self.profile),
            verdict,
            file: None,
            seconds: None,
            why: None,
            breaches: Vec::new(),
        }
    }

    /// Gets the standard libraries that are missing. What could not be had is no end of the build:
    /// it fails the wheels that need it, and is returned for them.
    fn complete_std(
        &self,
        jobs: &[&Job],
        toolchain: &Toolchain,
        machine: &Machine,
        stop: &Stop,
    ) -> Result<Vec<(String, Error)>> {
        let wanted = |from: StdFrom| -> Vec<&str> {
            let triples: BTreeSet<&str> = jobs
                .iter()
                .flat_map(|job| &job.std)
                .filter(|std| std.from == from)
                .map(|std| std.triple.as_str())
                .collect();
            triples.into_iter().collect()
        };
        let mut missing = Vec::new();
        let added = wanted(StdFrom::Rustup);
        if !added.is_empty() {
            self.watch.saw(&Event::Step("standard library from rustup"));
            if let Err(error) = self.rustup_add(toolchain, &added, stop) {
                stop.check()?;
                missing.extend(added.iter().map(|triple| ((*triple).to_owned(), error.clone())));
            }
            self.watch.saw(&Event::StepDone);
        }
        let built = wanted(StdFrom::Source);
        if !built.is_empty() || !wanted(StdFrom::Cache).is_empty() {
            if !built.is_empty() {
                self.watch.saw(&Event::Step("standard library from source, once per toolchain"));
            }
            let log = self.workspace.log("std");
            let filled = machine
                .std_cache
                .fill(toolchain, &built, &log, stop, &mut |line| self.watch.saw(&Event::StepLine(line)));
            if let Err(error) = filled {
                stop.check()?;
                let lacking = built.iter().filter(|triple| !machine.std_cache.has(toolchain, triple));
                missing.extend(lacking.map(|triple| ((*triple).to_owned(), error.clone())));
            }
            if !built.is_empty() {
                self.watch.saw(&Event::StepDone);
            }
        }
        Ok(missing)
    }

    fn rustup_add(&self, toolchain: &Toolchain, triples: &[&str], stop: &Stop) -> Result<()> {
        let command = format!("rustup target add --toolchain {} {}", toolchain.name, triples.join(" "));
        let rustup = on_path("rustup")
            .ok_or_else(|| Error::new(ErrorKind::Toolchain, "rustup is not on PATH").next(command.clone()))?;
        let log = self.workspace.log("rustup");
        let call = Call::new(rustup).args(["target", "add", "--toolchain", &toolchain.name]).args(triples);
        let status =
            call.logged(&mut fs_err::File::create(&log)?, stop, &mut |line| self.watch.saw(&Event::StepLine(line)))?;
        if status.success() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Toolchain, "rustup could not add the standard library (no network?)").at(log.display()).next(format!(
            "{command}\nor install its source, from which monowheel builds it: rustup component add rust-src, or on Debian: \
             apt-get install rustc-web cargo-web rust-web-src"
        )))
    }

    fn fetch(&self, shims: &Shims, source: &Path, stop: &Stop) -> Result<sdist::Locked> {
        self.watch.saw(&Event::Step("dependencies"));
        // Read from the sdist: there maturin names the manifest that it packed.
        let manifest = Project::read(source)?.bindings.manifest;
        let log = self.workspace.log("fetch");
        let locked = sdist::fetch(Bench::cargo(shims), source, &manifest, &log, stop, &mut |line| {
            self.watch.saw(&Event::StepLine(line))
        })?;
        self.watch.saw(&Event::StepDone);
        if locked == sdist::Locked::Resolved {
            self.watch.saw(&Event::Note("the sdist has no Cargo.lock: the newest versions were resolved; commit one for a build that can be repeated".to_owned()));
        }
        Ok(locked)
    }

    /// Builds all jobs, `count` at a time, and returns their ends in order.
    fn all(
        &self,
        jobs: &[&Job],
        bench: &Bench,
        broken_std: &[(String, Error)],
        count: usize,
        cores: usize,
    ) -> Vec<manifest::Wheel> {
        let groups = by_target(jobs);
        let weights: Vec<(String, usize)> = groups
            .iter()
            .map(|(name, members)| (name.clone(), members.iter().map(|index| jobs[*index].target.triples.len()).sum()))
            .collect();
        let count = count.min(groups.len()).max(1);
        let held: Vec<BTreeSet<String>> = (0..count).map(|lane| targets_in(&self.workspace.lane(lane))).collect();
        let dealt = lanes::deal(&weights, &held, count);
        self.watch.saw(&Event::Wheels(jobs.iter().map(|job| job.id.as_str()).collect()));
        let tokens = Tokens::new(cores, count);
        std::thread::scope(|scope| {
            let running: Vec<_> = dealt
                .iter()
                .enumerate()
                .map(|(lane, dealt)| {
                    let (groups, tokens) = (&groups, &tokens);
                    scope.spawn(move || {
                        let folder = self.workspace.lane(lane);
                        let mine = dealt.iter().flat_map(|group| &groups[*group].1);
                        let ended: Vec<(usize, manifest::Wheel)> = mine
                            .map(|index| (*index, self.one(jobs[*index], bench, broken_std, &folder, tokens)))
                            .collect();
                        tokens.lane_ended();
                        ended
                    })
                })
                .collect();
            let mut ended: Vec<(usize, manifest::Wheel)> =
                running.into_iter().filter_map(|lane| lane.join().ok()).flatten().collect();
            ended.sort_by_key(|(index, _)| *index);
            ended.into_iter().map(|(_, wheel)| wheel).collect()
        })
    }

    /// One wheel from its build to its place in `dist/`.
    fn one(
        &self,
        job: &Job,
        bench: &Bench,
        broken_std: &[(String, Error)],
        lane: &Path,
        tokens: &Tokens,
    ) -> manifest::Wheel {
        if self.halt.is_set() {
            return self.entry(job, Verdict::Skipped);
        }
        self.watch.saw(&Event::Began(job));
        let start = Instant::now();
        let without_std = broken_std.iter().find(|(triple, _)| job.target.triples.contains(triple));
        let result = match without_std {
            Some((_, error)) => Err(error.clone()),
            None => self.built(job, bench, lane, tokens, start),
        };
        let mut wheel = match result {
            Ok(wheel) => wheel,
            Err(error) if error.kind() == ErrorKind::Interrupted => self.entry(job, Verdict::Skipped),
            Err(error) => manifest::Wheel { why: Some(error.to_string()), ..self.entry(job, Verdict::Failed) },
        };
        wheel.seconds = Some((start.elapsed().as_secs_f64() * 100.0).round() / 100.0);
        if self.fail_fast && !wheel.verdict.is_good() {
            self.halt.set();
        }
        self.watch.saw(&Event::Ended(job, &wheel));
        wheel
    }

    fn built(&self, job: &Job, bench: &Bench, lane: &Path, tokens: &Tokens, start: Instant) -> Result<manifest::Wheel> {
        let log = self.workspace.log(&job.id);
        let out = tempfile::Builder::new().prefix(".wheel-").tempdir_in(self.workspace.path(""))?;
        let call = tokens.shared(bench.wheel(job, lane, out.path())?);
        let mut file = fs_err::File::create(&log)?;
        let status = call.logged(&mut file, &self.halt, &mut |line| self.watch.saw(&Event::Line(job, line)))?;
        let made = fs_err::read_dir(out.path())?
            .flatten()
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|end| end == "whl"));
        let (true, Some(made)) = (status.success(), made) else {
            let text = String::from_utf8_lossy(&fs_err::read(&log)?).into_owned();
            return Err(Error::new(
                ErrorKind::Tool,
                format!("maturin ended with {status}\n{}", diagnose::telling_lines(&text)),
            )
            .at(log.display())
            .next(diagnose::next_step(&text)));
        };
        let breaches = gate::check(&made, &job.tag, job.family, self.project.module_stem())?;
        if !breaches.is_empty() {
            return Ok(manifest::Wheel {
                breaches,
                why: Some(format!("log: {}", log.display())),
                ..self.entry(job, Verdict::Broken)
            });
        }
        let (kept, _) = self.store.put(job, &self.key(job), &made, start.elapsed().as_secs_f64())?;
        Ok(manifest::Wheel { file: Some(self.dist.place(&kept)?), ..self.entry(job, Verdict::Built) })
    }
}

/// The jobs' indices by target: both families of a target share what cargo compiled for it.
fn by_target(jobs: &[&Job]) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let name = job.target.maturin_target();
        match groups.iter_mut().find(|(known, _)| known == name) {
            Some((_, members)) => members.push(index),
            None => groups.push((name.to_owned(), vec![index])),
        }
    }
    groups
}

/// The Rust targets that a lane holds artifacts of; both macOS slices stand for universal2.
fn targets_in(lane: &Path) -> BTreeSet<String> {
    let names: BTreeSet<String> = fs_err::read_dir(lane)
        .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
        .unwrap_or_default();
    let is_universal = ["x86_64-apple-darwin", "aarch64-apple-darwin"].iter().all(|triple| names.contains(*triple));
    names.into_iter().chain(is_universal.then(|| "universal2-apple-darwin".to_owned())).collect()
}

/// The compilers that may run at once, over all lanes: a GNU make job server that every cargo of
/// the build draws from. Each lane has one token by being there; the pool holds the rest.
struct Tokens {
    #[cfg(unix)]
    pool: Option<jobserver::Client>,
}

#[cfg(unix)]
impl Tokens {
    fn new(cores: usize, lanes: usize) -> Self {
        Self { pool: jobserver::Client::new(cores.saturating_sub(lanes)).ok() }
    }

    fn shared(&self, call: Call) -> Call {
        match &self.pool {
            Some(pool) => call.jobs(pool),
            None => call,
        }
    }

    /// A lane that is through gives its own token to the others.
    fn lane_ended(&self) {
        if let Some(pool) = &self.pool {
            let _ = pool.release_raw();
        }
    }
}

#[cfg(not(unix))]
impl Tokens {
    const fn new(_cores: usize, _lanes: usize) -> Self {
        Self {}
    }

    #[allow(clippy::unused_self, reason = "only Unix shares a job server")]
    fn shared(&self, call: Call) -> Call {
        call
    }

    #[allow(clippy::unused_self, reason = "only Unix shares a job server")]
    const fn lane_ended(&self) {}
}
