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
    let named = Fixture::new("[dependencies.python]\npackage = \"pyo3\"\nversion = \"0.29\"\n", Some(&project("3.9")));
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
    let named = Fixture::new("pyo3 = \"0.29\"\n", Some(&format!("{project}[tool.monowheel]\nabis = [\"cp312\"]\n")));
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
    let system =
        "[build-system]\nrequires = [\"setuptools\", \"setuptools-rust\"]\nbuild-backend = \"setuptools.build_meta\"\n";
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
    let newer =
        Fixture::new(&older.replace("0.24", "0.29"), Some(&format!("{project}[tool.monowheel]\nwindows = \"msvc\"\n")));
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
        let tables = format!("[project]\nname = \"demo\"\nversion = \"1\"\n\n[tool.maturin]\nbindings = {kind:?}\n");
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
