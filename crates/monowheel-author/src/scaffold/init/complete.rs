//! Additions to a crate with PyO3 before it can be built: a pyproject.toml, maturin as its backend, the stable ABI. Its
//! sources are not changed.

use std::path::{Path, PathBuf};

use cargo_toml::Manifest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::{Bindings, has_bindings};
use monowheel_manifest::cargo::{find_lock, library_name, read_manifest};
use monowheel_manifest::inside::Scope;
use monowheel_manifest::pyo3::Support;
use monowheel_manifest::pyproject::MaturinTable;
use monowheel_manifest::setuptools_rust::RustExtension;
use monowheel_project::project::Project;
use monowheel_project::target::WindowsAbi;
use monowheel_wheel::abi::{PythonVersion, admits, dotted};
use pep440_rs::VersionSpecifiers;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::scaffold::file::{File, text};
use crate::scaffold::init::python::without_project;
use crate::scaffold::init::setuptools_rust;
use crate::scaffold::init::{Found, Refusal, Request, extras, lines_of, slashed};
use crate::scaffold::render::{document, set};

/// PyO3's feature that makes an import library of Python for Windows; it builds another crate for that.
const IMPORT_LIBRARY: &str = "generate-import-lib";
const BACKEND: &str = "[build-system]\nrequires = [\"maturin>=1.16,<2\"]\nbuild-backend = \"maturin\"\n";

/// A crate with PyO3, and the pyproject.toml for it.
pub(super) struct Complete<'a> {
    root: &'a Path,
    request: &'a Request,
    /// pyproject.toml, if there is one.
    pyproject: Option<DocumentMut>,
    maturin: MaturinTable,
    /// What setuptools-rust builds.
    extension: RustExtension,
    manifest: Manifest,
    bindings: Bindings,
    /// The name of its library.
    pub(super) library: String,
    /// The name of the distribution, or of the crate without one.
    pub(super) name: String,
}

impl<'a> Complete<'a> {
    /// Reads both manifests; none if the crate does not have PyO3, or there is no crate.
    ///
    /// # Errors
    /// [`ErrorKind::Project`] when one of them is not as expected, or when the project is of another kind (cffi,
    /// uniffi, a program), which is not changed.
    pub(super) fn read(root: &'a Path, request: &'a Request) -> Result<Option<Self>> {
        let path = root.join("pyproject.toml");
        let written = text(&path)?;
        let pyproject = written.as_deref().map(document).transpose().map_err(|error| error.at(path.display()))?;
        let mut maturin = written.as_deref().map(maturin_table).unwrap_or_default();
        monowheel_manifest::kinds::check(&maturin).map_err(|error| error.at(path.display()))?;
        let extension = setuptools_rust::extension(root, written.as_deref())?.unwrap_or_default();
        maturin.manifest_path = maturin.manifest_path.or_else(|| extension.manifest.as_ref().map(PathBuf::from));
        let scope = Scope::own();
        let manifest_path = root.join(maturin.manifest_path.as_deref().unwrap_or(Path::new("Cargo.toml")));
        if !manifest_path.is_file() {
            return Ok(None);
        }
        let has_names = text(&manifest_path)?.is_some_and(|text| text.contains("pyo3") || text.contains("uniffi"));
        let manifest = match read_manifest(&manifest_path, &scope) {
            // The manifest of a crate without PyO3 is read, with its errors, by the code that adds PyO3.
            Err(_) if !has_names => return Ok(None),
            read => read?,
        };
        let Some(package) = &manifest.package else { return Ok(None) };
        let table = pyproject.as_ref().and_then(|document| document.get("project"));
        let named = table.and_then(|project| project.get("name")?.as_str());
        let (name, library) = (named.unwrap_or(package.name()).to_owned(), library_name(&manifest, package));
        let lock = find_lock(&manifest_path, &scope);
        if !has_bindings(&manifest) {
            let uses_cffi = pyproject.as_ref().is_some_and(depends_on_cffi);
            return match monowheel_manifest::kinds::of_another_kind(&manifest, uses_cffi) {
                Some(error) => Err(error.at(manifest_path.display())),
                None => Ok(None),
            };
        }
        let bindings = Bindings::find(&manifest, &manifest_path, lock.as_deref(), &maturin)?;
        Ok(Some(Self { root, request, pyproject, maturin, extension, manifest, bindings, library, name }))
    }

    /// What is missing.
    ///
    /// # Errors
    /// When a manifest cannot be edited.
    pub(super) fn missing(&self) -> Result<Found> {
        let mut found = Found::default();
        let floor = self.floor();
        let before = self.pyproject.as_ref().map(ToString::to_string);
        let buildable = self.pyproject(floor, &mut found)?;
        let manifest = self.cargo(floor)?;
        let is_edited = buildable.is_some() || manifest.is_some();
        let buildable = document(&buildable.or_else(|| before.clone()).unwrap_or_default())?;
        extras::add_types(self.root, &buildable, &self.library, &mut found)?;
        let after = extras::with_tests(self.root, &buildable)?;
        match before {
            None => found.add(File::new("pyproject.toml", after)),
            Some(before) if before != after => found.edit(File::new("pyproject.toml", after)),
            Some(_) => {}
        }
        if let Some(text) = manifest {
            found.edit(File::new(&self.manifest_name(), text));
        }
        // Edits make it a valid project; without edits, its own error is reported.
        if !is_edited && found.refused.is_none() {
            if let Err(error) = Project::read(self.root).and_then(|project| project.configured_routes()) {
                let next = error.next_step().unwrap_or("monowheel plan").to_owned();
                let place = error.place().map(|place| format!(" ({place})")).unwrap_or_default();
                let why = format!("cannot be fixed by an edit: {}{place}", error.what());
                found.refused = Some(Refusal { why, next });
            }
        }
        Ok(found)
    }

    fn manifest_name(&self) -> String {
        let path: &Path = self.maturin.manifest_path.as_deref().unwrap_or(Path::new("Cargo.toml"));
        slashed(path)
    }

    fn requires_python(&self) -> Option<VersionSpecifiers> {
        let project = self.pyproject.as_ref()?.get("project")?;
        project.get("requires-python")?.as_str()?.parse().ok()
    }

    /// The floor of abi3: the requested one, else the oldest that the project and this PyO3 both support.
    fn floor(&self) -> PythonVersion {
        let (lowest, highest) = Support::of(&self.bindings).abi3;
        let lowest = lowest.max(8);
        let promised = self.requires_python();
        let fits = (lowest..=highest).find(|minor| admits(promised.as_ref(), (3, *minor)));
        self.request.floor.unwrap_or((3, fits.unwrap_or(lowest)))
    }

    /// Whether no feature enables abi3, so that each CPython would need its own wheel.
    fn is_without_abi3(&self) -> bool {
        let is_abi3 = |name: &str| name == "abi3" || name.starts_with("abi3-py");
        let is_configured = Project::read(self.root).is_ok_and(|project| {
            let config = project.pyproject.config();
            config.abis.is_some() || config.floor.is_some()
        });
        !is_configured
            && !self.bindings.enabled.iter().any(|name| is_abi3(name))
            && self.bindings.leading_to(is_abi3).is_none()
    }

    /// Whether maturin links extensions for Windows, and this PyO3 has nothing to link them with.
    fn is_without_import_library(&self) -> bool {
        let is_msvc =
            Project::read(self.root).is_ok_and(|project| project.pyproject.config().windows == Some(WindowsAbi::Msvc));
        is_msvc && Support::of(&self.bindings).import_library && !self.bindings.enabled.contains(IMPORT_LIBRARY)
    }

    /// Cargo.toml with the missing features; none if nothing changes.
    fn cargo(&self, floor: PythonVersion) -> Result<Option<String>> {
        let abi3 = self.is_without_abi3().then(|| format!("abi3-py{}{}", floor.0, floor.1));
        let library = self.is_without_import_library().then(|| IMPORT_LIBRARY.to_owned());
        let features: Vec<String> = abi3.into_iter().chain(library).collect();
        if features.is_empty() {
            return Ok(None);
        }
        let path = &self.bindings.manifest;
        let text = lines_of(path)?;
        let mut edited = document(&text).map_err(|error| error.at(path.display()))?;
        let item = dependency(&mut edited, &self.bindings.key);
        let added = item.is_some_and(|item| features.iter().all(|feature| add_feature(item, feature)));
        if !added {
            let add = self.bindings.add_command("", &format!(" --features {}", features.join(",")));
            return Err(Error::new(ErrorKind::Project, format!("cannot edit the dependency {}", self.bindings.key))
                .at(path.display())
                .next(format!("add the features by hand: {add}")));
        }
        Ok(Some(edited.to_string()))
    }

    /// pyproject.toml with the missing parts; none if nothing changes.
    fn pyproject(&self, floor: PythonVersion, found: &mut Found) -> Result<Option<String>> {
        let place = self.root.join("pyproject.toml");
        let fault = || Error::new(ErrorKind::Project, "its tables are not as expected").at(place.display());
        let Some(written) = &self.pyproject else {
            let name = self.request.name.as_deref().unwrap_or(&self.name);
            let project = format!(
                "\n[project]\nname = {name:?}\nrequires-python = \">={}\"\ndynamic = [\"version\"]\n",
                dotted(floor)
            );
            return Ok(Some(format!("{BACKEND}{project}")));
        };
        let mut edited = written.clone();
        let backend = written.get("build-system").and_then(|system| system.get("build-backend")).and_then(Item::as_str);
        if let Some(backend) = backend.filter(|backend| *backend != "maturin") {
            if !written.contains_key("project") {
                return Err(without_project(self.root, Some(written), backend));
            }
            self.change_backend(&mut edited).ok_or_else(fault)?;
            if !self.request.change_backend {
                found.refused = Some(Refusal {
                    why: format!("the build backend is {backend}, and would be replaced by maturin"),
                    next: "use --change-backend to apply the changes above".to_owned(),
                });
            }
            found
                .by_hand
                .push(format!("the settings of {backend} are no longer read: move anything that is only there"));
            found.by_hand.extend(setuptools_rust::by_hand(&self.extension));
        }
        let promised = self.requires_python();
        let is_below = (0..floor.1).any(|minor| admits(promised.as_ref(), (3, minor)));
        if let (true, true, Some(project)) = (
            self.is_without_abi3(),
            promised.is_some() && is_below,
            edited.get_mut("project").and_then(Item::as_table_like_mut),
        ) {
            set(project.entry("requires-python").or_insert(Item::None), format!(">={}", dotted(floor)));
        }
        let after = edited.to_string();
        Ok((after != written.to_string()).then_some(after))
    }

    /// Replaces another backend by maturin, with setuptools-rust's settings of the module.
    fn change_backend(&self, edited: &mut DocumentMut) -> Option<()> {
        let system = edited.entry("build-system").or_insert_with(|| Item::Table(Table::new())).as_table_like_mut()?;
        set(system.entry("requires").or_insert(Item::None), Array::from_iter(["maturin>=1.16,<2"]));
        set(system.entry("build-backend").or_insert(Item::None), "maturin");
        system.remove("backend-path");
        let module = self.extension.target.as_deref();
        let package = module.and_then(|module| module.split_once('.')).map(|(package, _)| package);
        let is_in = |source: &&str| package.is_some_and(|package| self.root.join(source).join(package).is_dir());
        let source = ["python", "src"].into_iter().find(is_in);
        let tools = edited.entry("tool").or_insert_with(|| {
            let mut tools = Table::new();
            tools.set_implicit(true);
            Item::Table(tools)
        });
        let tools: &mut dyn TableLike = tools.as_table_like_mut()?;
        if tools.contains_key("maturin") {
            return Some(());
        }
        let maturin = setuptools_rust::maturin(&self.extension, source);
        if !maturin.is_empty() {
            tools.insert("maturin", Item::Table(maturin));
        }
        Some(())
    }

    /// Whether the crate can be loaded at all.
    pub(super) fn is_cdylib(&self) -> bool {
        self.manifest.lib.as_ref().is_some_and(|lib| lib.crate_type.iter().any(|kind| kind == "cdylib"))
    }
}

/// `[tool.maturin]` of a pyproject.toml; an empty table if there is none, or it is invalid.
fn maturin_table(text: &str) -> MaturinTable {
    let table: Option<toml::Table> = toml::from_str(text).ok();
    let maturin = table.as_ref().and_then(|table| table.get("tool")?.get("maturin")).cloned();
    maturin.and_then(|table| table.try_into().ok()).unwrap_or_default()
}

fn depends_on_cffi(pyproject: &DocumentMut) -> bool {
    let named = pyproject.get("project").and_then(|project| project.get("dependencies")).and_then(Item::as_array);
    named.into_iter().flatten().filter_map(Value::as_str).any(|requirement| extras::name(requirement) == "cffi")
}

/// The dependency of this name, in any table.
fn dependency<'d>(document: &'d mut DocumentMut, key: &str) -> Option<&'d mut Item> {
    let is_plain = document.get("dependencies").is_some_and(|table| table.get(key).is_some());
    if is_plain {
        return document.get_mut("dependencies")?.get_mut(key);
    }
    let targets = document.get("target")?.as_table_like()?;
    let has_it = |target: &Item| target.get("dependencies").is_some_and(|table| table.get(key).is_some());
    let name = targets.iter().find(|(_, target)| has_it(target)).map(|(name, _)| name.to_owned())?;
    document.get_mut("target")?.get_mut(&name)?.get_mut("dependencies")?.get_mut(key)
}

/// Adds a feature to `"0.29"`, `{ version = "0.29" }`, `{ workspace = true }` or a separate table.
fn add_feature(item: &mut Item, feature: &str) -> bool {
    if let Some(version) = item.as_str().map(str::to_owned) {
        let mut table = InlineTable::new();
        table.insert("version", version.into());
        table.insert("features", Value::Array(Array::from_iter([feature])));
        set(item, table);
        return true;
    }
    let Some(table) = item.as_table_like_mut() else { return false };
    let features = table.entry("features").or_insert_with(|| Item::Value(Value::Array(Array::new())));
    let Some(features) = features.as_array_mut() else { return false };
    features.push(feature);
    true
}

#[cfg(test)]
mod tests;
