//! `[tool.monowheel]` of a pyproject.toml: its only model, the only function that reads it, and the rule for
//! selecting the pyproject.toml (docs/configuration.md).

use std::io;
use std::path::{Path, PathBuf};

use monowheel_audit::audit::check_ignore;
use monowheel_error::near_names::nearest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::inside::quotable;
use monowheel_manifest::pyproject::MaturinTable;
use monowheel_system::regular_file;
use monowheel_wheel::names::wheel_name;
use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::abi::{AbiChoice, Floor};
use crate::levels::Levels;
use crate::schema_parts;
use crate::tables::{api, audit, ci, native, parity, release, size, test};
use crate::target::{Target, WindowsAbi};

/// The name of the file.
pub const FILE: &str = "pyproject.toml";

/// `[tool.monowheel]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The platforms to build for, by name; the default set when absent.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::targets")]
    pub targets: Option<Vec<String>>,
    /// The ABIs to build; the stable ones that the crate has when absent.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::abis")]
    pub abis: Option<Vec<AbiChoice>>,
    /// The floor of abi3, for a crate whose features do not fix it.
    #[serde(default)]
    #[schemars(schema_with = "schema_parts::floor")]
    pub floor: Option<Floor>,
    /// How Windows extensions are linked.
    #[serde(default)]
    pub windows: Option<WindowsAbi>,
    /// Whether all compiled code keeps the frame pointer, for profilers (PEP 831); false when absent.
    #[serde(default)]
    pub frame_pointers: bool,
    /// Whether the line tables of the wheels' libraries are kept beside the wheels; false when absent.
    #[serde(default)]
    pub symbols: bool,
    /// The findings that the audit of the wheels ignores, and when it fails.
    #[serde(default)]
    pub audit: audit::Table,
    /// The findings that the lint of the sources ignores, and when it fails.
    #[serde(default)]
    pub lint: audit::Table,
    /// How the wheels are tested on interpreters.
    #[serde(default)]
    pub test: test::Table,
    /// The C code that the crate builds or links.
    #[serde(default)]
    pub native: native::Table,
    /// How a release is tagged.
    #[serde(default)]
    pub release: release::Table,
    /// How large the wheels may be.
    #[serde(default)]
    pub size: size::Table,
    /// What is checked of the Python API.
    #[serde(default)]
    pub api: api::Table,
    /// How much of a Rust API Python should have.
    #[serde(default)]
    pub parity: parity::Table,
    /// The settings of its workflows.
    #[serde(default)]
    pub ci: ci::Table,
    /// The levels of the default targets, which are those of `[tool.maturin]`.
    #[serde(skip)]
    pub levels: Levels,
}

/// A pyproject.toml of any build backend: its project, and its `[tool.monowheel]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// The file.
    pub path: PathBuf,
    /// Its directory, absolute.
    pub root: PathBuf,
    /// The project's name as in file names of wheels; `None` if `[project]` does not have it.
    pub name: Option<String>,
    /// `[tool.monowheel]`.
    pub config: Config,
}

/// The parts of the file that every command reads.
#[derive(Deserialize)]
struct Document {
    project: Option<Project>,
    tool: Option<Tools>,
}

#[derive(Deserialize)]
struct Project {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Tools {
    monowheel: Option<Config>,
    /// Only builds need it; here, a malformed table is ignored.
    maturin: Option<toml::Value>,
}

impl Config {
    /// The platforms to build for: `targets`, or the default set. Each once, in the order of the table.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] for a name that no platform has, and for an empty list.
    pub fn targets(&self) -> Result<Vec<Target>> {
        self.select(None, None)
    }

    /// The platforms in `named`, else those to build for.
    ///
    /// # Errors
    /// As [`Config::targets`].
    pub fn select(&self, named: Option<&[String]>, windows: Option<WindowsAbi>) -> Result<Vec<Target>> {
        let windows = windows.or(self.windows).unwrap_or_default();
        match named.or(self.targets.as_deref()) {
            None => Ok(self.levels.defaults(windows)),
            named => Target::select(named, windows),
        }
    }
}

impl Configuration {
    /// The configuration of a command that needs no buildable project: `named` (`--config`), which must exist; else the
    /// pyproject.toml in `directory`, if the command was given one that has it; else the one in the current directory.
    /// No other directory is searched. `None` when there is no such file.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] when the named file does not exist, and as [`Configuration::parse`].
    pub fn find(named: Option<&Path>, directory: Option<&Path>) -> Result<Option<Self>> {
        if let Some(path) = named {
            return Self::read(path)?.map(Some).ok_or_else(|| {
                Error::new(ErrorKind::Usage, "no such configuration")
                    .at(path.display())
                    .next("name the project's pyproject.toml: --config FILE")
            });
        }
        for directory in directory.into_iter().chain([Path::new("")]) {
            if let Some(found) = Self::read(&directory.join(FILE))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// Reads a pyproject.toml; `None` when there is no such file.
    ///
    /// # Errors
    /// When it cannot be read, and as [`Configuration::parse`].
    pub fn read(path: &Path) -> Result<Option<Self>> {
        match regular_file::read_text(path) {
            Ok(text) => Self::parse(path, &text).map(Some),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The configuration in the text of the pyproject.toml `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`] with the file, the line and the known keys when the text is invalid; when it names a
    /// target or a rule that does not exist; and when an ignore has no reason.
    pub fn parse(path: &Path, text: &str) -> Result<Self> {
        let document: Document = parsed(path, text)?;
        let (tool, maturin) = document.tool.map_or((None, None), |tool| (tool.monowheel, tool.maturin));
        if document.project.is_none() && tool.is_none() && path.file_name().is_none_or(|name| name != FILE) {
            return Err(Error::new(ErrorKind::Usage, "this file has neither [project] nor [tool.monowheel]")
                .at(path.display())
                .next("name the project's pyproject.toml"));
        }
        let mut config = tool.unwrap_or_default();
        let maturin: Option<MaturinTable> = maturin.and_then(|table| table.try_into().ok());
        config.levels = maturin.map(|table| Levels::of(&table)).unwrap_or_default();
        config.check().map_err(|error| error.at(path.display()))?;
        let whole = std::path::absolute(path)?;
        Ok(Self {
            path: path.to_path_buf(),
            root: whole.parent().unwrap_or(&whole).to_path_buf(),
            name: document.project.and_then(|project| project.name).map(|name| wheel_name(&name)),
            config,
        })
    }
}

impl Config {
    /// Checks the values that the types leave open, so that every command refuses the same files.
    fn check(&self) -> Result<()> {
        self.targets()?;
        if let Some((what, next)) = self.native.fault() {
            return Err(Error::new(ErrorKind::Usage, what).next(next));
        }
        self.api.check()?;
        self.parity.check()?;
        self.audit.ignore.iter().chain(&self.lint.ignore).try_for_each(check_ignore)
    }
}

/// Reads a part of a pyproject.toml.
///
/// # Errors
/// [`ErrorKind::Usage`] with the file, the line and the known keys.
pub(crate) fn parsed<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
        let place = line.map_or_else(|| path.display().to_string(), |line| format!("{}:{line}", path.display()));
        let what = format!("the configuration is not valid\n{}", quotable(path, &error));
        Error::new(ErrorKind::Usage, what).at(place).next(next_step(error.message()))
    })
}

/// Serde names the unknown key, and then the known ones, each between backquotes.
fn next_step(message: &str) -> String {
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next().filter(|_| message.starts_with("unknown "));
    let known: Vec<&str> = names.collect();
    match unknown.and_then(|unknown| nearest(unknown, known.iter().copied())) {
        Some(near) => format!("did you mean `{near}`? docs/configuration.md describes every key"),
        None => "fix that line; docs/configuration.md describes every key".to_owned(),
    }
}

#[cfg(test)]
mod tests;
