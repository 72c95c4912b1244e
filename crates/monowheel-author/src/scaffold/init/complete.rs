//! Additions to a crate with PyO3 before it can be built: a pyproject.toml, maturin as its backend, the stable ABI. Its
//! sources are not changed.

use std::path::{Path, PathBuf};

use cargo_toml::Manifest;
use monowheel_error::{Error, ErrorKind, Result};
use monowheel_manifest::bindings::{Bindings, has_bindings};
use monowheel_manifest::cargo::{find_lock, library_name, read_manifest};
use monowheel_manifest::inside::Scope;
use monowheel_manifest::pyproject::MaturinTable;
use monowheel_project::project::Project;
use monowheel_project::pyo3::Support;
use monowheel_project::target::WindowsAbi;
use monowheel_wheel::abi::{PythonVersion, admits, dotted};
use pep440_rs::VersionSpecifiers;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use crate::scaffold::file::{File, text};
use crate::scaffold::init::python::without_project;
use crate::scaffold::init::setuptools_rust::Extension;
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
    extension: Extension,
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
        let extension = Extension::read(root, pyproject.as_ref())?.unwrap_or_default();
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
            found.by_hand.extend(self.extension.by_hand());
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
        let module = self.extension.module.as_deref();
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
        let maturin = self.extension.maturin(source);
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
mod tests {
    use monowheel_project::project::Project;

    use crate::scaffold::init::{Init, Kind, Request};

    const LIB: &str = "[lib]\nname = \"demo\"\ncrate-type = [\"cdylib\"]\n\n";

    struct Fixture(tempfile::TempDir);

    impl Fixture {
        /// A crate with these dependencies, and a pyproject.toml with this for maturin.
        fn new(dependencies: &str, pyproject: Option<&str>) -> Self {
            let fixture = Self(tempfile::tempdir().unwrap());
            let package = "# mine\n[package]\nname = \"demo-rs\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n";
            fixture.write("Cargo.toml", &format!("{package}{LIB}[dependencies]\n{dependencies}"));
            fixture.write("src/lib.rs", "");
            if let Some(tables) = pyproject {
                let system = "[build-system]\nrequires = [\"maturin>=1.16,<2.0\"]\nbuild-backend = \"maturin\"\n\n";
                fixture.write("pyproject.toml", &format!("{system}{tables}"));
            }
            fixture
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.0.path().join(path);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        }

        fn read(&self, path: &str) -> String {
            fs_err::read_to_string(self.0.path().join(path)).unwrap()
        }

        fn look(&self, change_backend: bool) -> Result<Init, String> {
            let root = self.0.path().to_path_buf();
            Init::look(&Request { root, name: None, floor: None, change_backend }).map_err(|error| error.to_string())
        }

        /// Applies the edits; the result can be planned, and a second run changes nothing.
        fn made(&self, change_backend: bool) {
            let mut init = self.look(change_backend).unwrap();
            assert_eq!((init.kind, &init.refused), (Kind::Complete, &None));
            assert!(!init.is_done());
            init.write().unwrap();
            let project = Project::read(self.0.path()).unwrap();
            project.configured_routes().unwrap();
            assert_eq!(project.problems().unwrap(), []);
            assert!(self.look(change_backend).unwrap().is_done());
        }
    }

    #[test]
    fn the_project_of_maturin_new_gets_the_abi3_feature() {
        let project = "[project]\nname = \"demo\"\nrequires-python = \">=3.8\"\ndynamic = [\"version\"]\n";
        let fixture = Fixture::new("pyo3 = \"0.29.0\"\n", Some(project));
        let init = fixture.look(false).unwrap();
        let diff: String = init.files.iter().map(|file| file.diff.as_str()).collect();
        assert!(
            diff.contains("-pyo3 = \"0.29.0\"")
                && diff.contains("+pyo3 = { version = \"0.29.0\", features = [\"abi3-py38\"] }"),
            "{diff}"
        );
        assert!(fixture.read("Cargo.toml").contains("pyo3 = \"0.29.0\"\n"), "looking writes nothing");
        fixture.made(false);
        assert!(fixture.read("Cargo.toml").starts_with("# mine\n"));
        assert!(fixture.read("pyproject.toml").contains("\">=3.8\""));
    }

    #[test]
    fn the_floor_is_what_requires_python_and_this_pyo3_both_have() {
        let project =
            |floor: &str| format!("[project]\nname = \"demo\"\nversion = \"1\"\nrequires-python = \">={floor}\"\n");
        let newer = Fixture::new("pyo3 = { version = \"0.28\", features = [\"macros\"] }\n", Some(&project("3.11")));
        newer.made(false);
        assert!(
            newer.read("Cargo.toml").contains("features = [\"macros\", \"abi3-py311\"]"),
            "{}",
            newer.read("Cargo.toml")
        );
        // PyO3 0.30 starts with 3.9: requires-python is raised to it.
        let older = Fixture::new("pyo3 = { version = \"0.30\" }\n", Some(&project("3.8")));
        older.made(false);
        assert!(older.read("Cargo.toml").contains("abi3-py39") && older.read("pyproject.toml").contains("\">=3.9\""));
        let named =
            Fixture::new("[dependencies.python]\npackage = \"pyo3\"\nversion = \"0.29\"\n", Some(&project("3.9")));
        let text = named.read("Cargo.toml").replace("[dependencies]\n", "");
        named.write("Cargo.toml", &text);
        named.made(false);
        assert!(named.read("Cargo.toml").contains("features = [\"abi3-py39\"]"));
    }

    #[test]
    fn a_crate_whose_feature_leads_to_abi3_or_whose_abis_are_named_stays_as_it_is() {
        let project = "[project]\nname = \"demo\"\nversion = \"1\"\nrequires-python = \">=3.9\"\n";
        let feature = Fixture::new("pyo3 = \"0.29\"\n\n[features]\nstable = [\"pyo3/abi3-py39\"]\n", Some(project));
        feature.write("demo.pyi", "");
        assert!(feature.look(false).unwrap().is_done());
        let named =
            Fixture::new("pyo3 = \"0.29\"\n", Some(&format!("{project}[tool.monowheel]\nabis = [\"cp312\"]\n")));
        named.write("demo.pyi", "");
        assert!(named.look(false).unwrap().is_done());
    }

    #[test]
    fn a_crate_without_pyproject_gets_one() {
        let fixture = Fixture::new("pyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }\n", None);
        fixture.made(false);
        assert!(
            fixture
                .read("pyproject.toml")
                .contains("name = \"demo-rs\"\nrequires-python = \">=3.8\"\ndynamic = [\"version\"]")
        );
    }

    #[test]
    fn setuptools_rust_gives_way_to_maturin_where_that_is_said() {
        let pyo3 = "pyo3 = { version = \"0.29\", features = [\"abi3-py39\"] }\n";
        let fixture = Fixture::new(pyo3, None);
        let extension = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"strust._lib\"\npath = \"Cargo.toml\"\n";
        fixture.write(
            "pyproject.toml",
            &format!("[build-system]\nrequires = [\"setuptools\", \"setuptools-rust\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[project]\nname = \"strust\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n\n{extension}"),
        );
        fixture.write("python/strust/__init__.py", "");
        let init = fixture.look(false).unwrap();
        assert!(init.refused.is_some_and(|refused| refused.next.contains("--change-backend")));
        fixture.made(true);
        let written = fixture.read("pyproject.toml");
        assert!(
            written.contains("build-backend = \"maturin\"") && written.contains("module-name = \"strust._lib\""),
            "{written}"
        );
        assert!(written.contains("python-source = \"python\""), "{written}");
    }

    /// It had invented a second crate beside the one in `rust/`.
    #[test]
    fn the_crate_of_setuptools_rust_in_a_directory_of_its_own_is_kept() {
        let system = "[build-system]\nrequires = [\"setuptools\", \"setuptools-rust\"]\nbuild-backend = \"setuptools.build_meta\"\n";
        let project = "[project]\nname = \"sr\"\nversion = \"1.0\"\nrequires-python = \">=3.9\"\n";
        let extension = "[[tool.setuptools-rust.ext-modules]]\ntarget = \"sr._rust\"\npath = \"rust/Cargo.toml\"\nfeatures = [\"fast\"]\n";
        let fixture = Fixture(tempfile::tempdir().unwrap());
        fixture.write(
            "rust/Cargo.toml",
            &format!(
                "[package]\nname = \"x\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{}[dependencies]\npyo3 = {{ version = \
                 \"0.29\", features = [\"abi3-py39\"] }}\n[features]\nfast = []\n",
                LIB.replace("demo", "_rust")
            ),
        );
        fixture.write("rust/src/lib.rs", "");
        fixture.write("src/sr/__init__.py", "");
        fixture.write("pyproject.toml", &format!("{system}{project}{extension}"));
        fixture.made(true);
        let written = fixture.read("pyproject.toml");
        assert!(
            written.contains(
                "[tool.maturin]\nmanifest-path = \"rust/Cargo.toml\"\npython-source = \"src\"\nmodule-name = \
                 \"sr._rust\"\nfeatures = [\"fast\"]\n"
            ),
            "{written}"
        );
        assert!(!fixture.0.path().join("Cargo.toml").exists());
        // Without [project], its metadata would be lost.
        fixture.write("pyproject.toml", &format!("{system}{extension}"));
        fixture.write("setup.py", "setup()\n");
        let said = fixture.look(true).err().unwrap_or_default();
        assert!(said.contains("no [project] table") && said.contains("from setup.py into [project]"), "{said}");
    }

    /// maturin would leave out what the old backend compiles, and has no metadata of poetry.
    #[test]
    fn a_python_project_that_would_lose_something_is_refused() {
        let look = |backend: &str, tables: &str, setup: &str| {
            let fixture = Fixture(tempfile::tempdir().unwrap());
            let system = format!("[build-system]\nrequires = []\nbuild-backend = {backend:?}\n");
            fixture.write("pyproject.toml", &format!("{system}{tables}"));
            fixture.write("demo/__init__.py", "");
            if !setup.is_empty() {
                fixture.write("setup.py", setup);
            }
            fixture.look(true).err().unwrap_or_default()
        };
        let project = "[project]\nname = \"demo\"\nversion = \"1.0.0\"\n";
        for (backend, tables, setup) in [
            ("scikit_build_core.build", project, ""),
            ("mesonpy", project, ""),
            ("setuptools.build_meta", project, "setup(ext_modules=[Extension('a', ['a.c'])])\n"),
            ("setuptools.build_meta", &format!("{project}[[tool.setuptools.ext-modules]]\nname = \"a\"\n"), ""),
        ] {
            let said = look(backend, tables, setup);
            assert!(said.contains("compiles extension modules, which maturin would leave out"), "{backend}: {said}");
        }
        let poetry = look("poetry.core.masonry.api", "[tool.poetry]\nname = \"demo\"\n", "");
        assert!(poetry.contains("no [project] table") && poetry.contains("from [tool.poetry] into"), "{poetry}");
    }

    #[test]
    fn an_older_pyo3_gets_an_import_library_only_where_maturin_links_for_windows() {
        let project = "[project]\nname = \"demo\"\nversion = \"1\"\nrequires-python = \">=3.9\"\n";
        let older = "pyo3 = { version = \"0.24\", features = [\"abi3-py39\"] }\n";
        let here = Fixture::new(older, Some(project));
        here.made(false);
        assert!(!here.read("Cargo.toml").contains("generate-import-lib"), "monowheel makes the library");
        let msvc = Fixture::new(older, Some(&format!("{project}[tool.monowheel]\nwindows = \"msvc\"\n")));
        msvc.made(false);
        assert!(msvc.read("Cargo.toml").contains("features = [\"abi3-py39\", \"generate-import-lib\"]"));
        let newer = Fixture::new(
            &older.replace("0.24", "0.29"),
            Some(&format!("{project}[tool.monowheel]\nwindows = \"msvc\"\n")),
        );
        newer.made(false);
        assert!(!newer.read("Cargo.toml").contains("generate-import-lib"));
    }

    #[test]
    fn stubs_their_marker_and_the_tests_are_part_of_it() {
        let tables = "[project]\nname = \"demo\"\nversion = \"1\"\nrequires-python = \">=3.9\"\n\n[tool.maturin]\npython-source = \"python\"\n";
        let fixture = Fixture::new("pyo3 = \"0.29\"\n", Some(tables));
        fixture.write("python/demo/__init__.py", "from .demo import *\n");
        fixture.write("tests/test_demo.py", "");
        fixture.made(false);
        assert!(fixture.read("python/demo/demo.pyi").contains("def __getattr__(name: str) -> Any: ..."));
        assert_eq!(fixture.read("python/demo/py.typed"), "");
        assert!(
            fixture.read("pyproject.toml").ends_with("command = \"pytest {project}/tests\"\nrequires = [\"pytest\"]\n")
        );
    }

    #[test]
    fn projects_of_another_kind_are_refused_with_what_builds_them() {
        for kind in ["cffi", "uniffi", "bin"] {
            let tables =
                format!("[project]\nname = \"demo\"\nversion = \"1\"\n\n[tool.maturin]\nbindings = {kind:?}\n");
            let said = Fixture::new("", Some(&tables)).look(true).err().unwrap_or_default();
            assert!(said.contains("PyO3 extension modules only") && said.contains("maturin build"), "{kind}: {said}");
        }
        let uniffi = Fixture::new("uniffi = \"0.29\"\n", None).look(true).err().unwrap_or_default();
        assert!(uniffi.contains("depends on uniffi"), "{uniffi}");
        let tables = "[project]\nname = \"demo\"\nversion = \"1\"\ndependencies = [\"cffi; platform_python_implementation != 'PyPy'\"]\n";
        let cffi = Fixture::new("", Some(tables)).look(true).err().unwrap_or_default();
        assert!(cffi.contains("the project depends on cffi"), "{cffi}");
    }

    #[test]
    fn a_crate_in_a_directory_of_its_own_is_found() {
        let fixture = Fixture(tempfile::tempdir().unwrap());
        fixture.write("rust/Cargo.toml", &format!("[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n{LIB}[dependencies]\npyo3 = \"0.29\"\n"));
        fixture.write("rust/src/lib.rs", "");
        let tables = "[project]\nname = \"demo\"\nversion = \"1\"\nrequires-python = \">=3.10\"\n[tool.maturin]\nmanifest-path = \"rust/Cargo.toml\"\n";
        fixture.write(
            "pyproject.toml",
            &format!("[build-system]\nrequires = [\"maturin\"]\nbuild-backend = \"maturin\"\n{tables}"),
        );
        fixture.made(false);
        assert!(fixture.read("rust/Cargo.toml").contains("abi3-py310"));
    }
}
