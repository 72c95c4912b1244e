//! The results of running wheels: plain data that `monowheel test` writes, reports show, and a release reads back.

use std::collections::BTreeMap;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_system::atomic_write;
use monowheel_system::exec::IsolationReport;
use monowheel_system::hash::sha256_file;
use monowheel_system::{own_files, regular_file};
use monowheel_wheel::abi::PythonVersion;
use serde::{Deserialize, Serialize};

use crate::set::Interpreter;

/// The version of the JSON form; readers refuse another one.
pub const SCHEMA: &str = "monowheel.test/1";
/// The file in a directory of wheels that contains their last test report.
pub const FILE: &str = own_files::TEST_REPORT;

/// Wheels, and the results of each on the interpreters of one machine.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Proof {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of monowheel.
    pub monowheel: String,
    /// How the wheels were isolated; absent in reports of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub isolation: Option<IsolationReport>,
    /// One version of one distribution each.
    pub releases: Vec<Release>,
}

/// The wheels of one version of one distribution.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Release {
    /// The distribution's name as spelled in file names.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The wheels that were tested together.
    pub wheels: Vec<File>,
    /// One for each interpreter.
    pub trials: Vec<Trial>,
    /// The result for each Python on each platform.
    pub map: Map,
}

/// A wheel.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct File {
    /// Its name.
    pub file: String,
    /// SHA-256, lower-case hexadecimal.
    pub sha256: String,
}

/// A release on one interpreter.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Trial {
    /// The interpreter as displayed: `cpython 3.13.0 linux-x86_64`.
    pub python: String,
    /// Its version.
    pub version: PythonVersion,
    /// Whether it is a free-threaded build.
    pub free_threaded: bool,
    /// Whether it is a debug build.
    pub debug: bool,
    /// The platform that an installer sees: `manylinux_2_36_x86_64`, `win_amd64`.
    pub platform: String,
    /// `native`, `qemu` or `wine`.
    pub runner: String,
    /// The wheel that the installer selected, if any.
    pub wheel: Option<String>,
    /// How it ended.
    pub verdict: Verdict,
    /// The reason if it did not simply run: one sentence, then the output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The checks, in order.
    pub checks: Vec<Check>,
    /// Whether the environment was reused from an earlier run.
    pub reused: bool,
    /// The total duration.
    pub seconds: f64,
}

/// How a trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was installed and every check passed.
    Ran,
    /// No wheel matches this interpreter, and the installer agrees.
    Nothing,
    /// The configuration excludes it, with a reason.
    Skipped,
    /// It could not be run.
    NotRun,
    /// A wheel matches this interpreter and does not work there.
    Failed,
}

/// One check of the installed wheel.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Check {
    /// `import`, `again`, `subinterpreter`, `dev` or `command`.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The output: the refusal, the messages, the traceback.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub said: String,
    /// Its duration.
    pub seconds: f64,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It passed.
    Passed,
    /// The module states that it does not support this, which is allowed.
    Refused,
    /// It passed but printed to stderr.
    Noisy,
    /// It failed.
    Failed,
}

/// For each Python on each platform: ran, would install, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Map {
    /// The columns.
    pub pythons: Vec<Interpreter>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// One platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Row {
    /// As in the coverage map: `manylinux_2_17_x86_64`.
    pub platform: String,
    /// One for each Python.
    pub cells: Vec<Cell>,
}

/// One Python on one platform.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Cell {
    /// The wheel was installed and ran.
    Ran {
        /// Its file name.
        wheel: String,
    },
    /// The wheel was installed and failed.
    Failed {
        /// Its file name.
        wheel: String,
        /// The failed check or step.
        why: String,
    },
    /// An installer would select the wheel, but it was not run here.
    NotRun {
        /// Its file name.
        wheel: String,
        /// Why it was not run.
        why: String,
        /// The lab id of an interpreter that would run it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lab: Option<String>,
    },
    /// No wheel matches it.
    Nothing,
}

impl Cell {
    /// The wheel that an installer selects.
    #[must_use]
    pub(crate) fn wheel(&self) -> Option<&str> {
        match self {
            Self::Ran { wheel } | Self::Failed { wheel, .. } | Self::NotRun { wheel, .. } => Some(wheel),
            Self::Nothing => None,
        }
    }

    /// The text of the cell.
    #[must_use]
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Ran { .. } => "ran".to_owned(),
            Self::Failed { why, .. } => format!("failed: {why}"),
            Self::NotRun { why, lab: Some(id), .. } => {
                format!("would install, not run here: {why}; to run it: monowheel lab get {id}")
            }
            Self::NotRun { why, .. } => format!("would install, not run here: {why}"),
            Self::Nothing => "nothing installs".to_owned(),
        }
    }
}

impl Proof {
    /// Writes the JSON form to a file atomically.
    ///
    /// # Errors
    /// If the directory cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        // Plain data always has one.
        atomic_write::write(path, serde_json::to_string_pretty(self).unwrap_or_default() + "\n")
    }

    /// The test report next to the wheels of a directory; `None` if there is none.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] if the file is not a test report of this version, or not for these wheels.
    pub fn of(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(FILE);
        let text = match regular_file::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let refused = |why: String| {
            Error::new(ErrorKind::Format, why)
                .at(path.display())
                .next(format!("create a new one: monowheel test {}", folder.display()))
        };
        let read: Option<Self> = serde_json::from_str(&text).ok().filter(|proof: &Self| proof.schema == SCHEMA);
        let proof = read.ok_or_else(|| refused(format!("not a test report with the schema {SCHEMA}")))?;
        match proof.strangers(folder)?.first() {
            Some(name) => {
                Err(refused(format!("the test report is for other wheels: {name} was not tested, or has changed")))
            }
            None => Ok(Some(proof)),
        }
    }

    /// The wheels that are in the directory or in the test report but not the same in both.
    fn strangers(&self, folder: &Path) -> Result<Vec<String>> {
        let proven = self.releases.iter().flat_map(|release| &release.wheels);
        let mut proven: BTreeMap<&str, &str> = proven.map(|wheel| (&*wheel.file, &*wheel.sha256)).collect();
        let mut strangers = Vec::new();
        for entry in fs_err::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let is_wheel = path.extension().is_some_and(|end| end == "whl");
            if is_wheel && proven.remove(&*name).is_none_or(|sha256| !sha256_file(&path).is_ok_and(|is| is == sha256)) {
                strangers.push(name);
            }
        }
        strangers.extend(proven.into_keys().map(str::to_owned));
        strangers.sort();
        Ok(strangers)
    }

    /// The trials of every release.
    pub fn trials(&self) -> impl Iterator<Item = &Trial> {
        self.releases.iter().flat_map(|release| &release.trials)
    }
}
