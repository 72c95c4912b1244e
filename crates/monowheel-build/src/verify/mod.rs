//! Rebuilds a wheel from its source and compares the two, for people who did not build it.
//!
//! ```text
//! wheel ─ recipe ─ checked ─┐
//! sdist, or git ─ project ──┴ tools ─ monowheel build --fresh ─ compare ─ identical, identical except for …, different
//! ```
//!
//! Trusted are: the source that the user, or the index, names; the tools of this machine. Not trusted are: the wheel,
//! and everything that it says about itself ([`recipe`]). The rebuild is a separate process, which uses nothing from
//! earlier builds, so that a wheel is not compared with itself.

pub mod git;
pub mod recipe;
pub mod subject;

mod judge;
mod outcome;
mod rebuild;
mod symbols;
mod tools;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use outcome::{Outcome, Report, SCHEMA, Source, Verified};
pub use tools::Mismatch;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::project::Project;
use monowheel_system::exec::{CancelToken, Isolator};
use monowheel_system::hash::sha256_file;
use rebuild::{Built, Task};
use recipe::Checked;
use tools::Chosen;

use crate::held::Held;
use crate::provenance::Provenance;
use crate::sdist;
use crate::toolchain::Machine;

/// A wheel to verify.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The wheel as it was before anything ran: this copy is compared, and its hash is shown.
    pub wheel: Arc<Held>,
    /// Where it came from: a path or a URL.
    pub(crate) from: String,
    /// Whether it matches a SHA-256 from an index.
    pub(crate) promised: bool,
    /// Its build recipe, or why there is none.
    pub recipe: Result<Provenance>,
    /// The source to rebuild it from; meaningless if there is no recipe.
    pub source: Option<Origin>,
}

/// A source.
#[derive(Clone, Debug)]
pub struct Origin {
    /// An sdist, or the directory of a checked out project.
    pub path: PathBuf,
    /// Where it came from: a path or a URL.
    pub from: String,
    /// Whether it matches a SHA-256 from an index.
    pub promised: bool,
    /// The commit, of a checkout.
    pub commit: Option<String>,
}

/// What to verify, and how.
#[derive(Debug)]
pub struct Request {
    /// The wheels.
    pub subjects: Vec<Subject>,
    /// The Python that runs monowheel.
    pub python: PathBuf,
    /// Go on with tools that are not those of the recipe.
    pub other_tools: bool,
    /// Follow recipes that name flags for the compilers.
    pub allow_flags: bool,
    /// A work directory.
    pub folder: PathBuf,
    /// The isolation of the sources' code.
    pub isolator: Isolator,
    /// The directory that gets the line tables of wheels that were rebuilt, if any.
    pub symbols: Option<PathBuf>,
}

impl Subject {
    /// A wheel with its recipe; `from` and `promised` describe its origin.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(wheel: &Path, from: String, promised: bool) -> Result<Self> {
        let wheel = Held::of(wheel)?;
        let recipe = recipe::read(wheel.bytes());
        Ok(Self { wheel: Arc::new(wheel), from, promised, recipe, source: None })
    }
}

/// Rebuilds every wheel and compares; `told` receives the builds' own progress, line by line.
///
/// # Errors
/// When a file cannot be read or written, or after Ctrl-C. The report says why a wheel could not be verified.
pub fn verify(request: &Request, stop: &CancelToken, told: &mut dyn FnMut(&str)) -> Result<Report> {
    let machine = Machine::probe(Some(request.python.clone()), stop)?;
    let mut projects = Projects { folder: request.folder.join("source"), read: BTreeMap::new() };
    let mut verified = Vec::new();
    let mut tasks: Vec<Task<'_>> = Vec::new();
    let mut which = Vec::new();
    for subject in &request.subjects {
        stop.check()?;
        let mut one = Verified::of(subject)?;
        match prepared(subject, request, &machine, &mut projects, &mut one) {
            Ok(task) => {
                which.extend(task.is_some().then_some(verified.len()));
                tasks.extend(task);
            }
            Err(error) if matches!(error.kind(), ErrorKind::Io | ErrorKind::Interrupted) => return Err(error),
            Err(error) => one.outcome = Outcome::Unverified { why: error.to_string() },
        }
        verified.push(one);
    }
    let (built, calls) = rebuild::all(&tasks, request, stop, told)?;
    let mut trusted: Vec<String> = Vec::new();
    for ((task, index), call) in tasks.iter().zip(which).zip(calls) {
        stop.check()?;
        let (Some(one), Some(subject), Some(built)) =
            (verified.get_mut(index), request.subjects.get(index), built.get(call))
        else {
            continue;
        };
        ended(one, subject, task, built)?;
        if let Some(out) = &request.symbols {
            one.symbols = symbols::taken(&subject.wheel, &built.folder, out)?;
        }
        let more = judge::trusted(one, &task.chosen.tools).into_iter().filter(|line| !trusted.contains(line));
        trusted.extend(more.collect::<Vec<_>>());
    }
    for (one, subject) in verified.iter_mut().zip(&request.subjects) {
        if let Err(error) = subject.wheel.check("it was verified") {
            one.outcome = Outcome::Unverified { why: error.to_string() };
        }
    }
    let isolation = (!tasks.is_empty()).then(|| request.isolator.report());
    Ok(Report::new(verified, trusted, isolation))
}

/// The rebuild for a subject; `None` when the wheel is already known to differ from what its source gives.
fn prepared<'a>(
    subject: &'a Subject,
    request: &Request,
    machine: &Machine,
    projects: &mut Projects<'a>,
    one: &mut Verified,
) -> Result<Option<Task<'a>>> {
    let recipe = subject.recipe.as_ref().map_err(Clone::clone)?;
    let checked: Checked = recipe::check(recipe, request.allow_flags)?;
    let source = subject.source.as_ref().ok_or_else(|| Error::new(ErrorKind::Usage, "there is no source for it"))?;
    let project = projects.of(&source.path)?;
    judge::sdist(one, recipe);
    if let Some(cause) = judge::stranger(&one.file, project) {
        one.causes.insert(0, cause);
        one.outcome = Outcome::Different { rebuilt: None, differences: Vec::new() };
        return Ok(None);
    }
    let chosen: Chosen = tools::choose(recipe, &checked, project, machine)?;
    one.tools.clone_from(&chosen.mismatches);
    if !chosen.mismatches.is_empty() && !request.other_tools {
        return Err(Error::new(ErrorKind::Toolchain, "was built with other tools than those here")
            .next("install the tools that the wheel names, or build with these anyway: --other-tools"));
    }
    Ok(Some(Task { source: &source.path, recipe, checked, chosen }))
}

/// Compares a wheel with its rebuild.
fn ended(one: &mut Verified, subject: &Subject, task: &Task<'_>, built: &Built) -> Result<()> {
    if let (Some(source), Some(sdist)) = (&mut one.source, built.sdist()) {
        let built = sha256_file(&sdist)?;
        match &source.sha256 {
            None => {
                source.sha256 = Some(built);
                judge::sdist(one, task.recipe);
            }
            Some(named) if *named != built => {
                let why = format!("the sdist changed while it was verified: SHA-256 was {named}, now {built}");
                one.outcome = Outcome::Unverified { why };
                return Ok(());
            }
            Some(_) => {}
        }
    }
    let compared = built.wheel(task).and_then(|made| judge::wheel(one, &subject.wheel, &Held::of(&made)?));
    one.outcome = match compared {
        Ok(outcome) => outcome,
        Err(error) if error.kind() == ErrorKind::Interrupted => return Err(error),
        Err(error) => Outcome::Unverified { why: error.to_string() },
    };
    Ok(())
}

/// The projects of the sources, each unpacked and read once.
struct Projects<'a> {
    folder: PathBuf,
    read: BTreeMap<&'a Path, Result<Project>>,
}

impl<'a> Projects<'a> {
    fn of(&mut self, source: &'a Path) -> Result<&Project> {
        let folder = self.folder.join(self.read.len().to_string());
        let read = || {
            if source.is_dir() {
                return Project::read_checkout(source);
            }
            Project::read_third_party(&sdist::PackedSdist::read(source)?.unpack(&folder)?.root)
        };
        self.read.entry(source).or_insert_with(read).as_ref().map_err(Clone::clone)
    }
}
