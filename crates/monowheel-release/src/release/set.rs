//! The set in dist/: what its manifest says, and whether that is what lies there.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use monowheel_audit::audit::{self, Options};
use monowheel_audit::finding::Severity;
use monowheel_audit::report::Renderable;
use monowheel_audit::report::test_report::worst;
use monowheel_audit::test_report::{self, Proof};
use monowheel_build::dist::{SUMS, sums};
use monowheel_build::manifest::{FILE, File, SCHEMA, Verdict};
use monowheel_error::text::count;
use monowheel_error::{Error, ErrorKind, ExitCode, Result};
use monowheel_project::family::Family;
use monowheel_project::project::Project;
use monowheel_project::target::Target;
use monowheel_system::exec::{Stop, quoted};
use monowheel_system::hash::sha256_file;
use monowheel_wheel::names::wheel_name;
use serde::Deserialize;

/// A folder with the record of a build.
#[derive(Clone, Debug)]
pub struct Set {
    pub(crate) folder: PathBuf,
    pub manifest: Recorded,
}

/// What is read of a manifest.
#[derive(Clone, Debug, Deserialize)]
pub struct Recorded {
    schema: String,
    pub name: String,
    pub(crate) version: String,
    pub(crate) complete: bool,
    pub(crate) sdist: File,
    pub(super) commit: Option<String>,
    wheels: Vec<Wheel>,
    audit: Audit,
}

#[derive(Clone, Debug, Deserialize)]
struct Wheel {
    target: String,
    abi: Family,
    verdict: Verdict,
    #[serde(flatten)]
    file: Option<File>,
}

#[derive(Clone, Debug, Deserialize)]
struct Audit {
    clean: bool,
}

impl Set {
    /// The set in this folder.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when there is no manifest, [`ErrorKind::Format`] when it is none of this form.
    pub fn read(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Err(Error::new(ErrorKind::Project, "no set has been built there")
                    .at(path.display())
                    .next("monowheel build"));
            }
            Err(error) => return Err(error.into()),
        };
        let read: Result<Recorded, _> = serde_json::from_str(&text);
        let manifest = read.ok().filter(|manifest| manifest.schema == SCHEMA).ok_or_else(|| {
            Error::new(ErrorKind::Format, format!("not a manifest of the form {SCHEMA}"))
                .at(path.display())
                .next("build it anew: monowheel build")
        })?;
        let plain = |file: &&File| Path::new(&file.file).file_name().is_some_and(|name| name == &*file.file);
        let set = Self { folder: folder.to_path_buf(), manifest };
        let stray = set.files().find(|file| !plain(file)).cloned();
        match stray {
            Some(file) => Err(Error::new(ErrorKind::Format, format!("{:?} is no file of this folder", file.file))
                .at(path.display())
                .next("build it anew: monowheel build")),
            None => Ok(set),
        }
    }

    /// The sdist, then the wheels that there are.
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        std::iter::once(&self.manifest.sdist).chain(self.manifest.wheels.iter().filter_map(|wheel| wheel.file.as_ref()))
    }

    /// `SHA256SUMS`, as the manifest has it.
    pub(crate) fn sums(&self) -> String {
        sums(self.files())
    }

    /// What in the folder is not as the manifest has it: changed, gone, or of another set; in words.
    pub(crate) fn faults(&self) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        for file in self.files() {
            let path = self.folder.join(&file.file);
            if !path.is_file() {
                faults.push(format!("{} is gone", file.file));
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
                strangers.push(format!("{name} is not of this set"));
            }
        }
        strangers.sort();
        faults.extend(strangers);
        match fs_err::read_to_string(self.folder.join(SUMS)) {
            Ok(text) if text.replace("\r\n", "\n") == self.sums() => {}
            Ok(_) => faults.push(format!("{SUMS} says something else than {FILE}")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => faults.push(format!("{SUMS} is gone")),
            Err(error) => return Err(error.into()),
        }
        Ok(faults)
    }

    /// How many files the set has, and what it lacks of what the project says it ships: its targets, each in every ABI family.
    ///
    /// # Errors
    /// When the project cannot be built as it stands.
    pub(crate) fn lacks(&self, project: &Project) -> Result<(usize, Vec<String>)> {
        let config = project.pyproject.config();
        let windows = config.windows.unwrap_or_default();
        let targets = match &config.targets {
            Some(names) => names.iter().map(|name| Target::parse(name, windows)).collect::<Result<Vec<_>>>()?,
            None => Target::defaults(windows),
        };
        let mut lacks = Vec::new();
        for route in project.routes(config.abis.as_deref())? {
            for target in targets.iter().map(ToString::to_string) {
                let is_it = |wheel: &&Wheel| wheel.target == target && wheel.abi == route.family;
                let found = self.manifest.wheels.iter().find(is_it);
                if !found.is_some_and(|wheel| wheel.verdict.is_good() && wheel.file.is_some()) {
                    let how = found.map_or("not asked for", |wheel| wheel.verdict.word());
                    lacks.push(format!("{target} {} ({how})", route.family.name()));
                }
            }
        }
        if lacks.is_empty() && !self.manifest.complete {
            lacks.push("a wheel that was asked for and could not be built".to_owned());
        }
        Ok((self.files().count(), lacks))
    }

    /// Audits the wheels that lie there now, by what the project says of it where there is one: what is found, and
    /// whether it is too much.
    pub(crate) fn audited(&self, project: Option<&Project>, stop: &Stop) -> Result<(String, bool)> {
        let config = project.map(|project| project.pyproject.config()).cloned().unwrap_or_default();
        let subjects = audit::of_path(&self.folder)?;
        let options = Options {
            ignores: config.audit.ignore.clone(),
            declared: config.targets.clone(),
            project: project.map(|project| wheel_name(&project.name)),
            sdists: audit::sdists_beside(&self.folder)?,
            stop: stop.clone(),
            ..Options::default()
        };
        let report = audit::audit(&subjects, &options, &|_| {})?;
        let allowed = config.audit.fail_on.unwrap_or(Severity::Error);
        let is_clean = report.exit_code(allowed) == ExitCode::Clean;
        let was_clean = self.manifest.audit.clean;
        let then = if was_clean { "" } else { "; the build that made it found errors" };
        Ok((format!("{}{then}", report.verdict()), is_clean && was_clean))
    }

    /// What came of running the wheels that lie there now.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when nothing did, and [`ErrorKind::Format`] when it was other wheels.
    pub(crate) fn proven(&self) -> Result<String> {
        let again = format!("monowheel test {}", quoted(&self.folder));
        let wrong =
            |what: String| Error::new(ErrorKind::Project, what).at(self.folder.join(test_report::FILE).display());
        let Some(proof) = Proof::of(&self.folder)? else {
            return Err(wrong("the wheels were not run".to_owned()).next(again));
        };
        let ran: BTreeSet<&str> = proof
            .trials()
            .filter(|trial| trial.verdict == test_report::Verdict::Ran)
            .filter_map(|trial| trial.wheel.as_deref())
            .collect();
        let trials = count(proof.trials().count(), "trial");
        match worst(&proof) {
            test_report::Verdict::Failed => {
                Err(wrong("a wheel failed on an interpreter that it is for".to_owned()).next(again + " shows it"))
            }
            test_report::Verdict::NotRun => {
                Err(wrong("a trial could not be made".to_owned()).next(again + " says why"))
            }
            _ if ran.is_empty() => Err(wrong("no interpreter took any of the wheels: nothing was run".to_owned())
                .next("monowheel lab list shows more interpreters")),
            _ => {
                let wheels = self.manifest.wheels.len();
                Ok(format!("{trials}, none failed; {} of {} ran here", ran.len(), count(wheels, "wheel")))
            }
        }
    }
}
