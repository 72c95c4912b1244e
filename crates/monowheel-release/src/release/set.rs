//! The distributions in dist/: their manifest, and whether the files match it.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use monowheel_audit::audit::{self, Subject};
use monowheel_audit::report::Renderable;
use monowheel_audit::report::test_report::worst;
use monowheel_audit::test_report::{self, Proof};
use monowheel_build::dist::{SUMS, sums};
use monowheel_build::manifest::{FILE, File, Manifest, Wheel};
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_project::audit_policy::AuditPolicy;
use monowheel_project::project::Project;
use monowheel_system::exec::{CancelToken, quoted};
use monowheel_system::hash::sha256_file;
use monowheel_system::regular_file;

/// A directory with the record of a build.
#[derive(Clone, Debug)]
pub struct Set {
    pub(crate) folder: PathBuf,
    /// The record.
    pub manifest: Manifest,
}

impl Set {
    /// The distributions in this directory.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn read(folder: &Path) -> Result<Self> {
        Ok(Self { folder: folder.to_path_buf(), manifest: Manifest::read(folder)? })
    }

    /// The sdist, then the existing wheels.
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.manifest.files()
    }

    /// `SHA256SUMS`, from the manifest.
    pub(crate) fn sums(&self) -> String {
        sums(self.files())
    }

    /// The files that do not match the manifest: changed, missing, or of another build; in words.
    pub(crate) fn faults(&self) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        for file in self.files() {
            let path = self.folder.join(&file.file);
            if !path.is_file() {
                faults.push(format!("{} is missing", file.file));
            } else if fs_err::metadata(&path)?.len() != file.size || sha256_file(&path)? != file.sha256 {
                faults.push(format!("{} has changed since it was built and audited", file.file));
            }
        }
        let known: BTreeSet<&str> = self.files().map(|file| file.file.as_str()).collect();
        let mut strangers = Vec::new();
        for entry in fs_err::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            let is_for_an_index = [".whl", ".tar.gz", ".zip"].iter().any(|end| name.ends_with(end));
            if is_for_an_index && !known.contains(name.as_str()) {
                strangers.push(format!("{name} is not listed in the manifest"));
            }
        }
        strangers.sort();
        faults.extend(strangers);
        match regular_file::read_text(&self.folder.join(SUMS)) {
            Ok(text) if text.replace("\r\n", "\n") == self.sums() => {}
            Ok(_) => faults.push(format!("{SUMS} does not match {FILE}")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => faults.push(format!("{SUMS} is missing")),
            Err(error) => return Err(error.into()),
        }
        Ok(faults)
    }

    /// The number of files, and the missing wheels of the project's targets, each in every ABI family.
    ///
    /// # Errors
    /// When the project's configuration cannot be built.
    pub(crate) fn lacks(&self, project: &Project) -> Result<(usize, Vec<String>)> {
        let config = project.pyproject.config();
        let targets = config.targets()?;
        let mut lacks = Vec::new();
        for route in project.configured_routes()? {
            for target in targets.iter().map(ToString::to_string) {
                let is_it = |wheel: &&Wheel| wheel.target == target && wheel.abi == route.abi;
                let found = self.manifest.wheels.iter().find(is_it);
                if !found.is_some_and(|wheel| wheel.verdict.is_good() && wheel.file.is_some()) {
                    let how = found.map_or("not asked for", |wheel| wheel.verdict.word());
                    lacks.push(format!("{target} {} ({how})", route.abi));
                }
            }
        }
        if lacks.is_empty() && !self.manifest.complete {
            lacks.push("a requested wheel that could not be built".to_owned());
        }
        Ok((self.files().count(), lacks))
    }

    /// Audits the existing wheels by the project's policy: the result, and whether it passes.
    pub(crate) fn audited(&self, policy: &AuditPolicy, stop: &CancelToken) -> Result<(String, bool)> {
        self.audited_as(&audit::of_path(&self.folder)?, policy, stop)
    }

    /// The same for wheels that were read before.
    pub(crate) fn audited_as(
        &self,
        subjects: &[Subject],
        policy: &AuditPolicy,
        stop: &CancelToken,
    ) -> Result<(String, bool)> {
        let mut options = policy.options(audit::sdists_beside(&self.folder)?, stop);
        options.sdist_folders.push(self.folder.clone());
        let report = audit::audit(subjects, &options, &|_| {})?;
        let is_clean = report.exit_code(policy.fail_on) == ExitCode::Clean;
        let was_clean = self.manifest.audit.clean;
        let then = if was_clean { "" } else { "; the audit of the build that created it failed" };
        Ok((format!("{}{then}", report.verdict()), is_clean && was_clean))
    }

    /// The test report of the existing wheels.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when there is none, and [`ErrorKind::Format`] when it is about other wheels.
    pub(crate) fn proven(&self) -> Result<String> {
        let again = format!("monowheel test {}", quoted(&self.folder));
        let wrong =
            |what: String| Error::new(ErrorKind::Project, what).at(self.folder.join(test_report::FILE).display());
        let Some(proof) = Proof::of(&self.folder)? else {
            return Err(wrong("the wheels were not tested".to_owned()).next(again));
        };
        let ran: BTreeSet<&str> = proof
            .trials()
            .filter(|trial| trial.verdict == test_report::Verdict::Ran)
            .filter_map(|trial| trial.wheel.as_deref())
            .collect();
        let trials = count(proof.trials().count(), "trial");
        match worst(&proof) {
            test_report::Verdict::Failed => {
                Err(wrong("a wheel failed on an interpreter it is for".to_owned())
                    .next(format!("run {again} for details")))
            }
            test_report::Verdict::NotRun => {
                Err(wrong("a test could not be run".to_owned()).next(format!("run {again} for details")))
            }
            _ if ran.is_empty() => {
                Err(wrong("no interpreter here accepts any of the wheels: nothing was run".to_owned())
                    .next("run monowheel lab list to see more interpreters"))
            }
            _ => {
                let wheels = self.manifest.wheels.len();
                Ok(format!("{trials}, none failed; {} of {} ran here", ran.len(), count(wheels, "wheel")))
            }
        }
    }
}
