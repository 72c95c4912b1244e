//! What monowheel reads of a `pyproject.toml`: `[project]`, `[tool.maturin]` and its own table.

use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::pyproject::{BuildSystem, MaturinTable, ProjectTable};
use serde::Deserialize;

use crate::audit_policy;
use crate::family::Family;
use crate::tables::{ci, release, test};
use crate::target::WindowsAbi;

/// The parts of a `pyproject.toml` that a build depends on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PyProject {
    #[serde(default)]
    build_system: Option<BuildSystem>,
    /// The `[project]` table.
    #[serde(default)]
    pub project: Option<ProjectTable>,
    #[serde(default)]
    tool: Tools,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Tools {
    #[serde(default)]
    maturin: MaturinTable,
    #[serde(default)]
    monowheel: Config,
}

/// `[tool.monowheel]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// The platforms to build for, by name; the default set when absent.
    #[serde(default)]
    pub targets: Option<Vec<String>>,
    /// The ABI families to build; all that the crate has when absent.
    #[serde(default)]
    pub abis: Option<Vec<Family>>,
    /// How Windows extensions are linked.
    #[serde(default)]
    pub windows: Option<WindowsAbi>,
    /// What the audit of the wheels ignores, and when it fails.
    #[serde(default)]
    pub audit: audit_policy::Table,
    /// What the lint of the sources ignores, and when it fails.
    #[serde(default)]
    pub lint: audit_policy::Table,
    /// How the wheels are tried on interpreters.
    #[serde(default)]
    pub test: test::Table,
    /// What a release is called.
    #[serde(default)]
    pub release: release::Table,
    /// What its workflows do.
    #[serde(default)]
    pub ci: ci::Table,
}

impl PyProject {
    /// Reads `pyproject.toml` of the folder `root`.
    ///
    /// # Errors
    /// When there is none, when it is not TOML of the expected form, or when another build backend
    /// than maturin is named.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join("pyproject.toml");
        let text = match fs_err::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(absent(root)),
            Err(error) => return Err(error.into()),
        };
        let parsed: Self = toml::from_str(&text).map_err(|error| {
            Error::new(ErrorKind::Usage, format!("pyproject.toml is not as expected\n{error}"))
                .at(path.display())
                .next("mend that line; [tool.monowheel] knows: targets, abis, windows, audit, lint, test, release, ci")
        })?;
        let backend = parsed.build_system.as_ref().and_then(|system| system.build_backend.as_deref());
        if backend.is_some_and(|backend| backend != "maturin") {
            return Err(Error::new(
                ErrorKind::Project,
                format!("the build backend is {}, not maturin", backend.unwrap_or_default()),
            )
            .at(path.display())
            .next("set [build-system] requires = [\"maturin>=1.16,<2\"] and build-backend = \"maturin\""));
        }
        Ok(parsed)
    }

    /// `[tool.maturin]`.
    #[must_use]
    pub fn maturin(&self) -> &MaturinTable {
        &self.tool.maturin
    }

    /// `[tool.monowheel]`.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.tool.monowheel
    }
}

fn absent(root: &Path) -> Error {
    let error = Error::new(ErrorKind::Project, "no pyproject.toml").at(root.display());
    if root.join("Cargo.toml").exists() {
        error.next(
            "add one that names maturin:\n[build-system]\nrequires = [\"maturin>=1.16,<2\"]\nbuild-backend = \"maturin\"\n\
             [project]\nname = \"…\"\nrequires-python = \">=3.8\"\ndynamic = [\"version\"]",
        )
    } else {
        error.next("name the folder of a PyO3 project, its sdist (.tar.gz), or a requirement such as nh3==0.3.7")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<PyProject> {
        let dir = tempfile::tempdir()?;
        fs_err::write(dir.path().join("pyproject.toml"), text)?;
        PyProject::read(dir.path())
    }

    #[test]
    fn reads_its_own_table() -> Result<()> {
        let parsed = read("[tool.monowheel]\ntargets = [\"win32\"]\nabis = [\"abi3\"]\nwindows = \"msvc\"")?;
        assert_eq!(parsed.config().targets.as_deref(), Some(&["win32".to_owned()][..]));
        assert_eq!(parsed.config().abis.as_deref(), Some(&[Family::Abi3][..]));
        assert_eq!(parsed.config().windows, Some(WindowsAbi::Msvc));
        Ok(())
    }

    #[test]
    fn a_misspelled_key_is_named_with_its_line() {
        let error = read("[tool.monowheel]\ntarget = []").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("unknown field `target`") && error.contains("line 2"), "{error}");
    }

    #[test]
    fn another_backend_is_refused() {
        let error = read("[build-system]\nrequires = []\nbuild-backend = \"setuptools.build_meta\"").err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Project));
    }
}
