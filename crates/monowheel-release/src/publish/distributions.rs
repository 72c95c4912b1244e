//! The first stage: reads the release's files once, and checks whether they may be published.

use std::path::Path;
use std::sync::Arc;

use monowheel_audit::audit::Subject;
use monowheel_build::held::{Held, subject};
use monowheel_build::manifest::File;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_project::project::Project;
use monowheel_system::exec::{CancelToken, quoted};

use crate::release::set::Set;

/// The output of a build, and its project if known: its targets and its audit policy apply.
#[derive(Debug)]
pub struct Distributions {
    set: Set,
    project: Option<Project>,
}

/// Distributions that are unchanged since the build, complete, audited and, if required, tested.
#[derive(Debug)]
pub struct Checked<'a> {
    set: &'a Set,
    /// The audited bytes to upload: one per file, in order.
    held: Vec<Arc<Held>>,
}

impl Distributions {
    /// The distributions of `set`, which are of this project.
    #[must_use]
    pub const fn of(set: Set, project: Option<Project>) -> Self {
        Self { set, project }
    }

    /// Checks that they may be published.
    ///
    /// # Errors
    /// When they are not complete, not clean, or not tested although `wants_proof`.
    pub fn check(&self, wants_proof: bool, stop: &CancelToken) -> Result<Checked<'_>> {
        let Self { set, project } = self;
        let folder = &set.folder;
        let wrong = |what: String| Error::new(ErrorKind::Project, what).at(folder.display());
        let faults = set.faults()?;
        if !faults.is_empty() {
            return Err(wrong(format!("the files are not those that were built and audited: {}", faults.join("; ")))
                .next("remove the unexpected files, then run `monowheel build`"));
        }
        let missing = project.as_ref().map(|project| set.lacks(project)).transpose()?;
        let missing = missing.map_or_else(Vec::new, |(_, missing)| missing);
        if !set.manifest.complete || !missing.is_empty() {
            let which = if missing.is_empty() { "wheel for every target".to_owned() } else { missing.join(", ") };
            return Err(wrong(format!("the distributions are incomplete: missing {which}")).next("monowheel build"));
        }
        let policy = AuditPolicy::for_project(project.as_ref().map(|project| &project.pyproject.configuration));
        let held = held(set)?;
        let wheels: Vec<Subject> = held.iter().filter(|one| one.name().ends_with(".whl")).map(subject).collect();
        let (said, is_clean) = set.audited_as(&wheels, &policy, stop)?;
        if !is_clean {
            return Err(wrong(format!("the audit failed: {said}")).next(format!("monowheel audit {}", quoted(folder))));
        }
        if wants_proof {
            set.proven()?;
        }
        Ok(Checked { set, held })
    }
}

/// The bytes of every file, which match the manifest.
fn held(set: &Set) -> Result<Vec<Arc<Held>>> {
    let read = |file: &File| {
        let held = Held::of(&set.folder.join(&file.file))?;
        if held.sha256() == file.sha256 {
            return Ok(Arc::new(held));
        }
        Err(Error::new(ErrorKind::Project, format!("{} changed while it was read", file.file))
            .at(set.folder.display())
            .next("run `monowheel build` again, with nothing else writing there at the same time"))
    };
    set.files().map(read).collect()
}

impl Checked<'_> {
    /// The bytes that were audited.
    pub(super) fn held(&self) -> &[Arc<Held>] {
        &self.held
    }

    /// The directory.
    pub(super) fn folder(&self) -> &Path {
        &self.set.folder
    }

    /// The distribution's name as written.
    pub(super) fn name(&self) -> &str {
        &self.set.manifest.name
    }

    /// Its version.
    pub(super) fn version(&self) -> &str {
        &self.set.manifest.version
    }

    /// The sdist, then the wheels.
    pub(super) fn files(&self) -> Vec<File> {
        self.set.files().cloned().collect()
    }
}
