//! The places of a project that contain its version, to compare and replace it there, byte for byte.

use std::path::{Path, PathBuf};

use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::cargo::{find_lock, manifest_path};
use monowheel_manifest::inside::Scope;
use monowheel_project::pyproject::PyProject;
use monowheel_project::tables::release::Table;
use monowheel_system::git::is_reference;
use monowheel_wheel::names::wheel_name;
use serde::Deserialize;
use toml::Spanned;

use crate::release::written::{Value, Written, parsed};
use crate::release::{Version, workspace};

/// The file name of a changelog.
const CHANGELOG: &str = "CHANGELOG.md";

/// A project and the files that contain its version.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The directory of pyproject.toml, absolute.
    pub(super) root: PathBuf,
    /// The pyproject.toml.
    pub(super) project_file: PyProject,
    /// The distribution's name as written.
    pub(super) name: String,
    /// The version in Cargo.toml.
    pub(super) version: Version,
    /// Cargo.toml of the crate, or of the workspace that it inherits its version from.
    pub(super) manifest: Written,
    /// Cargo.lock, if there is one.
    pub(super) lock: Option<Written>,
    /// pyproject.toml, if the version is static.
    pub(super) pyproject: Option<Written>,
    /// CHANGELOG.md, whether or not there is one.
    pub(super) changelog: PathBuf,
    /// The pattern of tag names: `v{version}`.
    pub(super) tag: String,
    /// All Cargo.toml files of the workspace that may require the packages with the new version.
    pub(super) manifests: Vec<PathBuf>,
    /// The packages with this version: the crate, and those that share the workspace's version.
    pub(super) packages: Vec<String>,
}

#[derive(Deserialize)]
struct Cargo {
    package: Option<Package>,
    workspace: Option<Workspace>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
struct Workspace {
    package: Option<Shared>,
}

#[derive(Deserialize)]
struct Shared {
    version: Option<Spanned<String>>,
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default)]
    pub(crate) package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Spanned<String>,
    source: Option<String>,
    #[serde(default)]
    dependencies: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
struct Python {
    project: Option<PythonProject>,
}

#[derive(Deserialize)]
struct PythonProject {
    name: Option<String>,
    version: Option<Spanned<String>>,
}

impl Source {
    /// Reads the project in the directory `root`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] or [`ErrorKind::Usage`] with the file when there is no version, or not one that both
    /// cargo and Python read.
    pub(super) fn read(root: &Path) -> Result<Self> {
        let root = std::path::absolute(root)?;
        let mut pyproject = PyProject::read(&root)?;
        let scope = Scope::own();
        let own = manifest_path(&root, pyproject.maturin().manifest_path.as_deref(), &scope)?;
        let (text, cargo) = parsed::<Cargo>(&own)?;
        let Some(package) = cargo.package else {
            return Err(Error::new(ErrorKind::Project, "this Cargo.toml is a workspace without a package")
                .at(own.display())
                .next("name the member with the extension: monowheel release check path/to/member"));
        };
        let members = workspace::Members::of(&own)?;
        let (manifest, packages) = match &package.version {
            Some(version) if version.get_ref().is_str() => {
                let said = version.get_ref().as_str().unwrap_or_default();
                (
                    Written { path: own.clone(), values: vec![Value::new(version.span(), said)], text },
                    vec![package.name.clone()],
                )
            }
            Some(_) => {
                let mut packages = members.sharing.clone();
                packages.push(package.name.clone());
                packages.sort();
                packages.dedup();
                (shared(&own, &members.root)?, packages)
            }
            None => {
                return Err(Error::new(ErrorKind::Project, "[package] has no version")
                    .at(own.display())
                    .next("add version = \"0.1.0\""));
            }
        };
        let said = manifest.values.first().map(|value| value.version.clone()).unwrap_or_default();
        let version = Version::parse(&said).map_err(|error| error.at(manifest.path.display()))?;
        let lock = find_lock(&own, &scope).map(|path| locked(path, &packages)).transpose()?;
        let (static_version, name) = python(&root.join("pyproject.toml"))?;
        let folders = [Some(root.as_path()), own.parent(), members.root.parent()];
        let changelog = folders.into_iter().flatten().map(|folder| folder.join(CHANGELOG)).find(|path| path.is_file());
        let name = name.unwrap_or(package.name);
        pyproject.configuration.name = Some(wheel_name(&name));
        Ok(Self {
            name,
            tag: tag(&pyproject.config().release, &root)?,
            changelog: changelog.unwrap_or_else(|| root.join(CHANGELOG)),
            pyproject: static_version,
            manifests: members.manifests,
            project_file: pyproject,
            root,
            version,
            manifest,
            lock,
            packages,
        })
    }

    /// The name of a version's tag.
    pub(super) fn tag_of(&self, version: &Version) -> String {
        self.tag.replace("{version}", &version.to_string())
    }

    /// A path relative to the project's directory.
    pub(super) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// `[workspace.package] version`, which a crate inherits.
fn shared(own: &Path, root: &Path) -> Result<Written> {
    let (text, cargo) = parsed::<Cargo>(root)?;
    let version = cargo.workspace.and_then(|workspace| workspace.package?.version).ok_or_else(|| {
        Error::new(ErrorKind::Project, "the crate inherits its version, but [workspace.package] has none")
            .at(format!("{} of {}", root.display(), own.display()))
            .next("[workspace.package]\nversion = \"0.1.0\"")
    })?;
    Ok(Written { path: root.to_path_buf(), values: vec![Value::new(version.span(), version.get_ref())], text })
}

/// The entries of these packages, which are not from a registry, and the references to them with a version.
fn locked(path: PathBuf, packages: &[String]) -> Result<Written> {
    let (text, lock) = parsed::<Lock>(&path)?;
    let mut values = Vec::new();
    for package in &lock.package {
        if package.source.is_none() && packages.contains(&package.name) {
            values.push(Value::new(package.version.span(), package.version.get_ref()));
        }
        for dependency in &package.dependencies {
            // If two packages have the same name. The one from a registry has its source after the version.
            let Some((name, version)) = dependency.get_ref().split_once(' ') else { continue };
            if packages.iter().any(|own| own == name) && !version.contains(' ') && is_own(&lock, name, version) {
                let before = format!("{name} ");
                values.push(Value::behind(before, dependency.span(), version));
            }
        }
    }
    Ok(Written { path, text, values })
}

fn is_own(lock: &Lock, name: &str, version: &str) -> bool {
    let is = |package: &&Locked| package.name == name && package.version.get_ref() == version;
    lock.package.iter().find(is).is_some_and(|package| package.source.is_none())
}

/// `[project] version`, unless it is dynamic, and the name.
fn python(path: &Path) -> Result<(Option<Written>, Option<String>)> {
    let (text, python) = parsed::<Python>(path)?;
    let Some(project) = python.project else { return Ok((None, None)) };
    let values = project.version.map(|version| vec![Value::new(version.span(), version.get_ref())]);
    Ok((values.map(|values| Written { path: path.to_path_buf(), text, values }), project.name))
}

fn tag(table: &Table, root: &Path) -> Result<String> {
    let tag = table.tag.as_deref().unwrap_or("v{version}");
    if tag.matches("{version}").count() == 1 && is_reference(&tag.replace("{version}", "1.0.0")) {
        return Ok(tag.to_owned());
    }
    Err(Error::new(ErrorKind::Usage, format!("[tool.monowheel.release] tag = {tag:?} is not a tag with a version"))
        .at(root.join("pyproject.toml").display())
        .next("set tag = \"v{version}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PYPROJECT: &str =
        "[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n[project]\nname = \"X-Y\"\n";

    fn project(files: &[(&str, &str)]) -> Result<(tempfile::TempDir, Result<Source>)> {
        let dir = tempfile::Builder::new().prefix("a project ").tempdir()?;
        for (name, text) in files {
            let path = dir.path().join(name);
            fs_err::create_dir_all(path.parent().unwrap_or(dir.path()))?;
            fs_err::write(path, text)?;
        }
        let member = dir.path().join("py");
        let source = Source::read(if member.is_dir() { &member } else { dir.path() });
        Ok((dir, source))
    }

    #[test]
    fn only_the_version_is_replaced_whatever_is_around_it() {
        let cargo = "# head\r\n[package]\r\nname='xy' # 1.0.0\r\nversion   =   '1.0.0'   # the version\r\n";
        let lock = "version = 4\n\n[[package]]\nname = \"other\"\nversion = \"1.0.0\"\nsource = \"registry+https://r\"\n\
                    dependencies = [\n \"xy 1.0.0\",\n \"xy 0.9.0 (registry+https://r)\",\n]\n\n\
                    [[package]]\nname = \"xy\"\nversion = \"0.9.0\"\nsource = \"registry+https://r\"\n\n[[package]]\nname = \"xy\"\nversion = \"1.0.0\"\n";
        let pyproject = format!("{PYPROJECT}version = \"1.0.0\"\n");
        let (_dir, source) =
            project(&[("Cargo.toml", cargo), ("Cargo.lock", lock), ("pyproject.toml", &pyproject)]).unwrap();
        let source = source.unwrap();
        assert_eq!((source.name.as_str(), source.tag_of(&source.version).as_str()), ("X-Y", "v1.0.0"));
        assert_eq!(source.manifest.with("2.0.0"), cargo.replace("'1.0.0'", "'2.0.0'"));
        let expected = lock
            .replace("\"xy 1.0.0\"", "\"xy 2.0.0\"")
            .replace("\"xy\"\nversion = \"1.0.0\"", "\"xy\"\nversion = \"2.0.0\"");
        assert_eq!(source.lock.unwrap().with("2.0.0"), expected);
        assert!(source.pyproject.unwrap().with("2.0.0").ends_with("version = \"2.0.0\"\n"));
    }

    #[test]
    fn a_workspace_has_one_version_for_those_that_share_it() {
        let root = "[workspace]\nmembers = [\"py\", \"crates/*\"]\n[workspace.package]\nversion = \"1.0.0\"\n";
        let sharing = |name: &str| format!("[package]\nname = \"{name}\"\nversion.workspace = true\n");
        let lock: String = ["core", "own", "xy"]
            .iter()
            .map(|name| format!("[[package]]\nname = \"{name}\"\nversion = \"1.0.0\"\n"))
            .collect();
        let (dir, source) = project(&[
            ("Cargo.toml", root),
            ("Cargo.lock", &lock),
            ("CHANGELOG.md", ""),
            ("py/Cargo.toml", &sharing("xy")),
            ("py/pyproject.toml", PYPROJECT),
            ("crates/core/Cargo.toml", &sharing("core")),
            ("crates/own/Cargo.toml", "[package]\nname = \"own\"\nversion = \"1.0.0\"\n"),
        ])
        .unwrap();
        let source = source.unwrap();
        assert_eq!(source.packages, ["core", "xy"]);
        assert_eq!(source.manifest.path, dir.path().join("Cargo.toml"));
        assert_eq!(source.changelog, dir.path().join("CHANGELOG.md"));
        assert_eq!(source.lock.unwrap().with("1.1.0").matches("1.1.0").count(), 2);
        assert!(source.pyproject.is_none());
    }

    #[test]
    fn what_has_no_version_is_named() {
        let said =
            |files: &[(&str, &str)]| project(files).unwrap().1.err().map(|error| error.to_string()).unwrap_or_default();
        let with = |cargo: &str| said(&[("Cargo.toml", cargo), ("pyproject.toml", PYPROJECT)]);
        assert!(said(&[("pyproject.toml", PYPROJECT)]).contains("Cargo.toml"));
        assert!(with("[package]\nname = \"x\"\n").contains("[package] has no version"));
        assert!(with("[package]\nname = \"x\"\nversion = \"1.0\"\n").contains("Cargo.toml"));
        assert!(with("[package]\nname = \"x\"\nversion.workspace = true\n").contains("[workspace.package] has none"));
        assert!(with("[workspace]\n").contains("without a package"));
        assert!(with("[package\n").contains("not as expected"));
        let cargo = "[package]\nname = \"x\"\nversion = \"1.0.0\"\n";
        for tag in ["v", "-{version}", "v {version}", "{version}{version}"] {
            let pyproject = format!("{PYPROJECT}[tool.monowheel.release]\ntag = \"{tag}\"\n");
            assert!(said(&[("Cargo.toml", cargo), ("pyproject.toml", &pyproject)]).contains("is not a tag"), "{tag}");
        }
    }
}
