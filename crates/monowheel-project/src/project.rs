//! A project on disk: the facts of its manifests that a plan needs.

use std::path::{Path, PathBuf};

use cargo_toml::Manifest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::{Bindings, has_bindings};
use monowheel_manifest::cargo::{find_lock, library_name, manifest_path, read_manifest};
use monowheel_manifest::inside::Scope;
use monowheel_manifest::members::of_workspace;
use monowheel_system::git::slashed;
use monowheel_wheel::names::wheel_name;
use pep440_rs::VersionSpecifiers;

use crate::abi::{Abi, AbiChoice, Floor};
use crate::family::{Crate, Family, PythonVersion, Route, allows};
use crate::pyproject::PyProject;

/// A `PyO3` crate that maturin builds.
#[derive(Clone, Debug)]
pub struct Project {
    /// The directory of pyproject.toml, absolute.
    pub root: PathBuf,
    /// The distribution's name as written.
    pub name: String,
    /// The version as written (pyproject.toml, else Cargo.toml).
    pub version: String,
    /// The full name of the extension module, `package._module` or `module`.
    pub module: String,
    /// `Requires-Python`.
    pub requires_python: Option<VersionSpecifiers>,
    /// The crate's minimum supported Rust version.
    pub rust_version: Option<String>,
    /// The binding crate.
    pub bindings: Bindings,
    /// Both manifests' settings.
    pub pyproject: PyProject,
    /// Cargo.lock of the crate or of its workspace.
    pub lock: Option<PathBuf>,
    /// Which files its manifests may name.
    pub scope: Scope,
}

impl Project {
    /// Reads the project in the directory `root`.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] or [`ErrorKind::Usage`] naming the file and the next step when the
    /// directory contains no `PyO3` crate that maturin builds.
    pub fn read(root: &Path) -> Result<Self> {
        Self::read_in(root, Scope::own())
    }

    /// Reads the project of an unpacked sdist: its manifests may not refer to files outside it.
    ///
    /// # Errors
    /// As [`Project::read`], and [`ErrorKind::Project`] when a path points outside.
    pub fn read_third_party(root: &Path) -> Result<Self> {
        Self::read_in(root, Scope::within(&std::path::absolute(root)?))
    }

    /// Reads a third party's project in a checkout: its manifests may refer to everything that is checked out.
    ///
    /// # Errors
    /// As [`Project::read_third_party`].
    pub fn read_checkout(root: &Path) -> Result<Self> {
        let root = std::path::absolute(root)?;
        let top = root.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&root);
        Self::read_in(&root, Scope::within(top))
    }

    fn read_in(root: &Path, scope: Scope) -> Result<Self> {
        let root = std::path::absolute(root)?;
        if !root.is_dir() {
            return Err(Error::new(ErrorKind::Usage, "no such directory").at(root.display()).next(
                "name the directory of a PyO3 project, its sdist (.tar.gz), or a requirement such as nh3==0.3.7",
            ));
        }
        Self::of_scope(PyProject::read(&root)?, scope)
    }

    /// The project of a pyproject.toml that was read.
    ///
    /// # Errors
    /// As [`Project::read`].
    pub fn of(pyproject: PyProject) -> Result<Self> {
        Self::of_scope(pyproject, Scope::own())
    }

    fn of_scope(mut pyproject: PyProject, scope: Scope) -> Result<Self> {
        let root = pyproject.configuration.root.clone();
        let maturin = pyproject.maturin();
        let manifest_path = manifest_path(&root, maturin.manifest_path.as_deref(), &scope)?;
        if let Some(sources) = &maturin.python_source {
            scope.path(&root, sources, "[tool.maturin] python-source")?;
        }
        let manifest = read_manifest(&manifest_path, &scope)?;
        if let Some(library) = manifest.lib.as_ref().and_then(|lib| lib.path.as_deref()) {
            let folder = manifest_path.parent().unwrap_or(&root);
            scope.path(folder, Path::new(library), "[lib] path")?;
        }
        let Some(package) = &manifest.package else {
            return Err(Error::new(ErrorKind::Project, "this Cargo.toml is a workspace without a package")
                .at(manifest_path.display())
                .next(name_the_member(&manifest, &manifest_path, &root, &scope)));
        };
        let lock = find_lock(&manifest_path, &scope);
        let bindings = Bindings::find(&manifest, &manifest_path, lock.as_deref(), pyproject.maturin())?;
        require_cdylib(&manifest, &manifest_path)?;

        let table = pyproject.project.as_ref();
        let module = pyproject.maturin().module_name.clone().unwrap_or_else(|| library_name(&manifest, package));
        let requires_python = table.and_then(|table| table.requires_python.as_deref());
        let requires_python = requires_python.filter(|text| !text.trim().is_empty()).map(|text| {
            text.parse::<VersionSpecifiers>().map_err(|_| {
                Error::new(ErrorKind::Project, format!("requires-python {text:?} is not a version specifier"))
                    .at(root.join("pyproject.toml").display())
                    .next(format!("write it like {:?}", at_least(text)))
            })
        });
        let name = table.map_or_else(|| package.name().to_owned(), |table| table.name.clone());
        let version = table.and_then(|table| table.version.clone()).unwrap_or_else(|| package.version().to_string());
        let requires_python = requires_python.transpose()?;
        // Without [project], the distribution has the crate's name.
        pyproject.configuration.name = Some(wheel_name(&name));
        Ok(Self {
            name,
            version,
            module,
            requires_python,
            rust_version: package.rust_version().map(str::to_owned),
            bindings,
            lock,
            pyproject,
            root,
            scope,
        })
    }

    /// How to build each of the requested ABIs, or the stable ones that the crate has if none is named; `floor` is that
    /// of abi3, for a crate that does not fix it.
    ///
    /// # Errors
    /// When a requested ABI is not available, when the crate has no abi3 and nothing else was requested, or when
    /// `Requires-Python` promises a version below the floor.
    pub fn routes(&self, wanted: Option<&[AbiChoice]>, floor: Option<PythonVersion>) -> Result<Vec<Route>> {
        let routes = self.possible_routes(wanted, floor)?;
        if let Some(abi3) = routes.iter().find(|route| route.abi == Abi::Stable(Family::Abi3)) {
            self.check_promise(abi3, &routes)?;
        }
        Ok(routes)
    }

    /// The same, even if `Requires-Python` admits CPythons that none of them supports: for commands that build nothing
    /// to be installed.
    ///
    /// # Errors
    /// As [`Project::routes`], but for the last.
    pub fn possible_routes(&self, wanted: Option<&[AbiChoice]>, floor: Option<PythonVersion>) -> Result<Vec<Route>> {
        let project = Crate { bindings: &self.bindings, requires_python: self.requires_python.as_ref(), floor };
        project.abis(wanted)?.into_iter().map(|abi| project.route(abi)).collect()
    }

    /// The routes of the project's own configuration.
    ///
    /// # Errors
    /// As [`Project::routes`].
    pub fn configured_routes(&self) -> Result<Vec<Route>> {
        let config = self.pyproject.config();
        self.routes(config.abis.as_deref(), config.floor.map(Floor::version))
    }

    /// The last part of the module's name, used in the file name and the init symbol.
    #[must_use]
    pub fn module_stem(&self) -> &str {
        self.module.rsplit('.').next().unwrap_or(&self.module)
    }

    /// A version below the floor of abi3 needs a separate wheel, such as `cp39` in addition to `abi3` from 3.10 on.
    fn check_promise(&self, abi3: &Route, all: &[Route]) -> Result<()> {
        let (major, floor) = abi3.floor;
        let Some(promised) = self.requires_python.as_ref() else { return Ok(()) };
        let is_served = |minor: u8| all.iter().any(|route| route.abi.serves(route.floor, (major, minor), false));
        let missed = |minor: &u8| allows(Some(promised), *minor) && !is_served(*minor);
        let Some(below) = (0..floor).find(missed) else { return Ok(()) };
        Err(Error::new(
            ErrorKind::Project,
            format!("requires-python {promised} admits Python 3.{below}, but the abi3 floor is {major}.{floor}: pip would find no wheel for it"),
        )
        .at(self.root.join("pyproject.toml").display())
        .next(match below {
            // PyO3 0.29 supports 3.8 and later.
            0..=7 => format!("set requires-python = \">={major}.{floor}\""),
            _ => format!("set requires-python = \">={major}.{floor}\", or lower the floor ({}/abi3-py3{below})", self.bindings.key),
        }))
    }
}

/// The specifier that a text such as `3.9`, `^3.9` or `~3.9` most likely means.
fn at_least(text: &str) -> String {
    let version = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let end = version.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(version.len());
    let version = version[..end].trim_end_matches('.');
    format!(">={}", if version.starts_with("3.") { version } else { "3.9" })
}

/// The lines for pyproject.toml that name the members with bindings.
fn name_the_member(workspace: &Manifest, path: &Path, root: &Path, scope: &Scope) -> String {
    let found = of_workspace(workspace, path.parent().unwrap_or(root), scope).unwrap_or_default();
    let with_bindings =
        found.iter().filter(|path| read_manifest(path, scope).is_ok_and(|manifest| has_bindings(&manifest)));
    let lines: Vec<String> = with_bindings
        .filter_map(|path| path.strip_prefix(root).ok())
        .map(|path| format!("manifest-path = {:?}", slashed(path)))
        .collect();
    match lines.len() {
        0 => "put pyproject.toml beside the Cargo.toml of the member that is the extension".to_owned(),
        _ => format!("name the member that is the extension in [tool.maturin]:\n{}", lines.join("\nor ")),
    }
}

fn require_cdylib(manifest: &Manifest, path: &Path) -> Result<()> {
    let is_cdylib = manifest.lib.as_ref().is_some_and(|lib| lib.crate_type.iter().any(|kind| kind == "cdylib"));
    if is_cdylib {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Project, "the library is not a cdylib, so Python cannot load it")
        .at(path.display())
        .next("[lib]\ncrate-type = [\"cdylib\", \"rlib\"]"))
}
