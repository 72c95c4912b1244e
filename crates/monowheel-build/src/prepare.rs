//! The preparation of a build: finds the project and plans its wheels.

#[cfg(test)]
mod lock_tests;

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_net::{IndexOptions, Sdist};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_project::project::Project;
use monowheel_system::exec::CancelToken;

use crate::event::{Event, Watch};
use crate::input::Input;
use crate::lockfile::{Pending, Question, Settled, settle};
use crate::plan::{Plan, Selection, asked, plan};
use crate::scratch_dir::Fresh;
use crate::sdist::{PackedSdist, Unpacked};
use crate::toolchain::Machine;
use crate::workspace::{Place, Workspace};

/// A project with its plan.
#[derive(Debug)]
pub struct Prepared {
    /// The plan.
    pub plan: Plan,
    pub(super) project: Project,
    /// The policy by which the wheels are audited.
    pub(super) policy: AuditPolicy,
    /// The tools that the plan uses.
    pub(super) machine: Machine,
    /// The lock, if it has to be written.
    pub(super) pending: Option<Pending>,
    pub(super) sdist: Option<(PackedSdist, Unpacked)>,
    pub(super) place: Place,
    pub(super) fresh: Option<Fresh>,
    /// The sources of programs for build scripts.
    pub(super) index: IndexOptions,
}

impl Prepared {
    /// The sdist, or else the project's directory.
    #[must_use]
    pub fn source(&self) -> &Path {
        self.sdist.as_ref().map_or(self.project.root.as_path(), |(packed, _)| packed.path.as_path())
    }

    /// The Cargo profile of the build.
    #[must_use]
    pub fn profile(&self) -> &str {
        self.project.pyproject.maturin().profile.as_deref().unwrap_or("release")
    }
}

/// Finds the project and plans its wheels. A directory is only read; an sdist is unpacked into the work directory
/// first, and that of a release is fetched from `index` before that. A `fresh` build gets a new work directory, which
/// is removed at the end, instead of the one that earlier builds of the project used.
///
/// # Errors
/// When there is no such project, or [`plan`] refuses.
pub fn prepare(
    input: &Input,
    selection: &Selection,
    machine: &Machine,
    index: &IndexOptions,
    fresh: bool,
    stop: &CancelToken,
    watch: &dyn Watch,
) -> Result<Prepared> {
    if let Input::Requirement(requirement) = input {
        let release = requirement.split_whitespace().next().unwrap_or_default();
        watch.saw(&Event::Note(format!("fetching the sdist of {release}")));
    }
    let sdist = input.sdist(index)?;
    for note in sdist.iter().flat_map(|sdist| &sdist.notes) {
        watch.saw(&Event::Note(note.clone()));
    }
    let folder = |work: PathBuf| -> Result<(PathBuf, Option<Fresh>)> {
        let fresh = fresh.then(|| Fresh::beside(&work)).transpose()?;
        Ok((fresh.as_ref().map_or(work, |fresh| fresh.path().to_path_buf()), fresh))
    };
    let (project, work, unpacked, fresh, sdist) = match (input, sdist) {
        (Input::Folder(root), _) => {
            let project = Project::read(root)?;
            let (work, fresh) = folder(input.work_folder(&project.name, None)?)?;
            (project, work, None, fresh, None)
        }
        (_, Some(Sdist { path, sha256, .. })) => {
            let stem = path.file_name().unwrap_or_default().to_string_lossy().replace(".tar.gz", "");
            let (work, fresh) = folder(input.work_folder(&stem, Some(&sha256))?)?;
            let workspace = open_workspace(&work, stop, watch)?;
            // A build script of an earlier build may have left links in it.
            workspace.without_links()?;
            let packed = PackedSdist::read(&path)?;
            let source = packed.unpack(&workspace.source())?;
            if source.sha256 != sha256 {
                return Err(Error::new(ErrorKind::Project, "the sdist changed while it was read")
                    .at(path.display())
                    .next("run the command again while nothing else writes there"));
            }
            let project = Project::read_third_party(&source.root)?;
            (project, work, Some(workspace), fresh, Some((packed, source)))
        }
        (_, None) => return Err(Error::new(ErrorKind::Io, "no sdist")),
    };
    let (plan, settled) = planned(&project, selection, machine, sdist.is_some())?;
    for note in &settled.notes {
        watch.saw(&Event::Note(note.clone()));
    }
    let policy = policy(&project, selection);
    let Settled { machine, pending, .. } = settled;
    let index = index.clone();
    let place = Place { work, unpacked, shares: fresh.is_none() && input.shares_target_dir() };
    Ok(Prepared { plan, project, policy, machine, pending, sdist, place, fresh, index })
}

/// The plan with the tools of the lock. A third party's lock (`is_foreign`) is only a request.
///
/// # Errors
/// As [`settle`] and [`plan`].
pub fn planned(
    project: &Project,
    selection: &Selection,
    machine: &Machine,
    is_foreign: bool,
) -> Result<(Plan, Settled)> {
    let asked = asked(project, selection, machine)?;
    let question = Question {
        project,
        is_foreign,
        asked: &asked,
        toolchain: selection.toolchain.as_deref(),
        mode: &selection.lock,
    };
    let settled = settle(&question, machine)?;
    let toolchain = settled.toolchain.clone().or_else(|| selection.toolchain.clone());
    let selection = Selection { toolchain, ..selection.clone() };
    let plan = Plan { lock: settled.state.clone(), ..plan(project, &selection, &settled.machine)? };
    Ok((plan, settled))
}

/// The policy of a build's audit: that of every audit of the project. If the command line selects targets, it overrides
/// `targets`, as in the plan: no other wheel was requested.
#[must_use]
pub fn policy(project: &Project, selection: &Selection) -> AuditPolicy {
    let mut policy = AuditPolicy::for_project(Some(&project.pyproject.configuration));
    if selection.targets.is_some() {
        policy.declared.clone_from(&selection.targets);
    }
    policy
}

pub(super) fn open_workspace(work: &Path, stop: &CancelToken, watch: &dyn Watch) -> Result<Workspace> {
    let opened = Workspace::open(work, stop, |holder| {
        watch.saw(&Event::Note(format!(
            "another build of this project is running ({holder}); waiting for it to finish"
        )));
    });
    opened.map_err(|error| match error.kind() {
        ErrorKind::Io => {
            error.at(work.display()).next("set CARGO_TARGET_DIR to a writable directory with enough space")
        }
        _ => error,
    })
}
