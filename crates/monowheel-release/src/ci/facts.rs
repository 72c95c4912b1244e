//! The properties of a project that its workflows depend on.

use std::path::Path;

use monowheel_build::lockfile::LockFile;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_project::abi::Abi;
use monowheel_project::project::Project;
use monowheel_project::tables::ci::Table;
use monowheel_project::target::Target;
use monowheel_system::regular_file;
use monowheel_wheel::abi::PythonVersion;
use pep440_rs::VersionSpecifiers;

/// The properties of a project.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The distribution's name as written.
    pub(crate) name: String,
    /// The project's directory in the repository, with `/`; empty at its root.
    pub(crate) folder: String,
    /// `Requires-Python`.
    pub(crate) requires_python: Option<VersionSpecifiers>,
    /// The ABIs of the wheels, each with the oldest CPython that it supports.
    pub(crate) abis: Vec<(Abi, PythonVersion)>,
    /// The platforms of the wheels.
    pub(crate) targets: Vec<Target>,
    /// The pattern of tag names, with `{version}` in it.
    pub(crate) tag: String,
    /// How tox's configuration spells its environments, if there is one.
    pub(crate) tox: Option<Spelling>,
    /// Whether there is a `[tool.cibuildwheel]`.
    pub(crate) cibuildwheel: bool,
    /// The lock of the project's tools, if there is one.
    pub(crate) lock: Option<LockFile>,
    /// `[tool.monowheel.ci]`.
    pub(crate) table: Table,
}

/// The names of tox's environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// `py313`.
    Py,
    /// `3.13`.
    Dotted,
}

impl Facts {
    /// Reads the project in the directory `root`, which is `folder` in its repository.
    ///
    /// # Errors
    /// As for a build: [`ErrorKind::Project`] or [`ErrorKind::Usage`] naming the file and the next step.
    pub fn read(root: &Path, folder: &str) -> Result<Self> {
        let project = Project::read(root)?;
        let config = project.pyproject.config();
        let targets = config.targets()?;
        let tools = tools(root)?;
        let routes = project.configured_routes()?;
        Ok(Self {
            name: project.name.clone(),
            folder: folder.to_owned(),
            abis: routes.iter().map(|route| (route.abi, route.floor)).collect(),
            targets,
            tag: config.release.tag.clone().unwrap_or_else(|| "v{version}".to_owned()),
            tox: tox(root, &tools)?,
            cibuildwheel: tools.contains_key("cibuildwheel"),
            lock: LockFile::read(root)?.map(|(lock, _)| lock),
            table: config.ci.clone(),
            requires_python: project.requires_python,
        })
    }
}

/// `[tool]` of the pyproject.toml, whatever tools it has.
fn tools(root: &Path) -> Result<toml::Table> {
    let path = root.join("pyproject.toml");
    let mut document: toml::Table = regular_file::read_text(&path)?.parse().map_err(|error| {
        Error::new(ErrorKind::Usage, format!("pyproject.toml is not as expected\n{error}")).at(path.display())
    })?;
    Ok(match document.remove("tool") {
        Some(toml::Value::Table(tools)) => tools,
        _ => toml::Table::new(),
    })
}

/// tox's configuration, from the files that tox reads.
fn tox(root: &Path, tools: &toml::Table) -> Result<Option<Spelling>> {
    let spelling = |text: &str| if text.contains("py3") { Spelling::Py } else { Spelling::Dotted };
    for name in ["tox.ini", "tox.toml"] {
        let path = root.join(name);
        if path.is_file() {
            return Ok(Some(spelling(&regular_file::read_text(&path)?)));
        }
    }
    Ok(tools.get("tox").map(|table| spelling(&table.to_string())))
}
