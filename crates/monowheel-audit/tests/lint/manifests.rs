//! Rules on Cargo.toml, pyproject.toml and the package.

use monowheel_audit::lint::{self, Options};
use monowheel_audit::source::maturin_of;

use crate::project::{MODULE, Project};

/// The rules that only these tests trigger.
pub(crate) const RULES: [&str; 17] = [
    "library-not-cdylib",
    "module-missing",
    "module-name-mismatch",
    "panic-aborts",
    "extension-module-by-default",
    "auto-initialize-in-extension",
    "requires-python-not-floor",
    "missing-stubs",
    "missing-py-typed",
    "no-lock-file",
    "unreadable-source",
    "bytes-as-vector",
    "py-cloned-while-detached",
    "package-shadows-module",
    "stubs-without-init",
    "pyo3-upgrade",
    "numpy-not-required",
];

/// `rule: message` of each finding.
fn said(project: &Project) -> Vec<String> {
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    report
        .projects
        .iter()
        .flat_map(|file| &file.findings)
        .map(|found| format!("{}: {}", found.rule, found.message))
        .collect()
}

/// The only finding, after a change to a project without findings.
fn after(path: &str, old: &str, new: &str) -> String {
    let project = Project::with(MODULE);
    assert_eq!(said(&project), [""; 0]);
    project.change(path, old, new);
    let said = said(&project);
    assert_eq!(said.len(), 1, "{said:?}");
    said.concat()
}

#[test]
fn a_module_of_another_name() {
    assert_eq!(
        after("src/lib.rs", "mod _demo", "mod demo"),
        "module-name-mismatch: the file is imported as `_demo`, but the module is called `demo`"
    );
    assert!(after("pyproject.toml", "demo._demo", "demo._native").starts_with("module-name-mismatch:"));
    // Its explicit name counts.
    let project = Project::with("#[pymodule(name = \"_demo\")]\nmod other {}\n");
    assert_eq!(said(&project), [""; 0]);
    let project = Project::with(
        "#[pymodule]\n#[pyo3(name = \"_demo\")]\nfn other(m: &Bound<'_, PyModule>) -> PyResult<()> { Ok(()) }\n",
    );
    assert_eq!(said(&project), [""; 0]);
    // Without a module-name it is the library's.
    let project = Project::with(MODULE);
    project.change("pyproject.toml", "module-name = \"demo._demo\"\n", "");
    assert_eq!(said(&project), [""; 0]);
    project.change("Cargo.toml", "name = \"_demo\"\n", "");
    assert!(said(&project).concat().contains("imported as `demo`"));
}

/// maturin#2460.
#[test]
fn a_key_that_maturin_ignores() {
    let project = Project::with(MODULE);
    project.change("pyproject.toml", "module-name", "module_name");
    assert!(
        said(&project).contains(&"module-name-mismatch: maturin ignores `module_name` in [tool.maturin]".to_owned())
    );
}

#[test]
fn a_release_profile_that_aborts() {
    let aborts = "[profile.release]\npanic = \"abort\"\n\n[dependencies]";
    let message = "panic-aborts: a panic in `demo` ends the Python process: panic = \"abort\"";
    assert_eq!(after("Cargo.toml", "[dependencies]", aborts), message);
    // Profiles are those of the workspace.
    let project = Project::with(MODULE);
    let root = "[workspace]\nmembers = [\"inner\"]\n[profile.release]\npanic = \"abort\"\n";
    for file in ["Cargo.toml", "pyproject.toml", "src/lib.rs"] {
        let text = fs_err::read_to_string(project.root().join(file)).unwrap();
        project.write(&format!("inner/{file}"), text);
        project.remove(file);
    }
    project.write("Cargo.toml", root);
    assert!(said(&project).contains(&message.to_owned()), "{:?}", said(&project));
}

#[test]
fn a_module_in_a_library_that_is_no_cdylib() {
    let expected = "library-not-cdylib: `demo` defines a Python module, but its library is not a cdylib";
    assert_eq!(after("Cargo.toml", "crate-type = [\"cdylib\", \"rlib\"]\n", ""), expected);
    // Another crate of the project may be the one that Python loads, and setuptools-rust asks for the type itself.
    let project = Project::with(MODULE);
    project.change("Cargo.toml", "[\"cdylib\", \"rlib\"]", "[\"rlib\"]");
    assert_eq!(said(&project), [expected]);
    project.change("pyproject.toml", "build-backend = \"maturin\"", "build-backend = \"setuptools.build_meta\"");
    assert!(!said(&project).iter().any(|line| line.starts_with("library-not-cdylib")), "{:?}", said(&project));
}

#[test]
fn a_feature_that_this_pyo3_lacks_is_not_proposed() {
    for (requires, has_feature) in [(">=3.7", false), (">=3.9", true)] {
        let project = Project::with(MODULE);
        project.change("pyproject.toml", ">=3.8", requires);
        let report = lint::lint(&[project.root()], &Options::default()).unwrap();
        let fixes: Vec<_> = report
            .projects
            .iter()
            .flat_map(|file| &file.findings)
            .map(|found| found.fix.as_deref().unwrap_or_default())
            .collect();
        assert_eq!(fixes.len(), 1, "{fixes:?}");
        assert_eq!(fixes[0].contains("use the feature abi3-py"), has_feature, "{fixes:?}");
    }
}

/// Whether a project with this as src/lib.rs is reported as having no module.
fn has_no_module(source: &str) -> bool {
    said(&Project::with(source))
        .iter()
        .any(|line| line.starts_with("module-missing: no #[pymodule] and no PyInit__demo"))
}

const FUNCTION: &str = "use pyo3::prelude::*;\n#[pyfunction]\npub fn add(a: i64, b: i64) -> i64 { a + b }\n";

#[test]
fn a_crate_without_pymodule_is_an_error() {
    assert!(has_no_module(FUNCTION));
    assert!(has_no_module("use pyo3_ffi::*;\n"));
    // Code that certainly defines no module does not hide that.
    for known in [
        "pyo3::create_exception!(_demo, Bad, pyo3::exceptions::PyException);\n",
        "thread_local! { static X: u8 = const { 1 } }\n",
        "#[cfg(test)]\nmod tests { #[pymodule] fn _demo() {} }\n",
        "#[inline]\n#[must_use]\npub fn other() {}\nmod inner { pub use super::add; }\npub use inner::add as plus;\n",
    ] {
        let is_said = has_no_module(&format!("{FUNCTION}{known}"));
        // The test module is read as tokens too, and a name in it is enough to report nothing.
        assert_eq!(is_said, !known.contains("pymodule"), "{known}");
    }
}

#[test]
fn a_module_that_may_be_out_of_sight_is_no_finding() {
    for source in [
        "#[pyo3::pymodule]\nmod _demo {}\n",
        "#[cfg(feature = \"python\")]\n#[pymodule]\nfn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> { Ok(()) }\n",
        "#[cfg_attr(feature = \"python\", pyo3::pymodule)]\nfn _demo() {}\n",
        "#[no_mangle]\npub unsafe extern \"C\" fn PyInit__demo() -> *mut PyObject { std::ptr::null_mut() }\n",
        "#[unsafe(no_mangle)]\npub unsafe extern \"C\" fn PyModExport__demo() -> *mut PyModuleDef_Slot { std::ptr::null_mut() }\n",
        "#[export_name = \"PyInit__demo\"]\npub unsafe extern \"C\" fn init() {}\n",
        "include!(\"generated.rs\");\n",
        "fn outer() { include!(\"generated.rs\"); }\n",
        "my_crate::python_module!(_demo);\n",
        "macro_rules! module { ($name:ident) => { #[pymodule] mod $name {} } }\nmodule!(_demo);\n",
        "#[my_crate::module]\nmod _demo {}\n",
        "#[cfg(feature = \"python\")]\nmod written_by_the_build_script;\n",
    ] {
        assert!(!has_no_module(source), "{source}");
    }
}

#[test]
fn a_module_of_another_crate_is_no_finding() {
    let project = Project::with(FUNCTION);
    let is_said = |project: &Project| said(project).iter().any(|line| line.starts_with("module-missing:"));
    assert!(is_said(&project));
    // A registry dependency, unless it is re-exported.
    project.change("Cargo.toml", "[dependencies]\n", "[dependencies]\nother-crate = \"1\"\n");
    assert!(is_said(&project));
    for line in ["pub use other_crate::_demo;\n", "use other_crate as _;\n", "extern crate other_crate;\n"] {
        project.write("src/lib.rs", format!("{FUNCTION}{line}"));
        assert!(!is_said(&project), "{line}");
    }
    project.write("src/lib.rs", FUNCTION);
    // A member of the project: its files are read.
    project.change("Cargo.toml", "other-crate = \"1\"", "core = { path = \"core\" }");
    project.write("core/Cargo.toml", "[package]\nname = \"core\"\nversion = \"1.0.0\"\nedition = \"2021\"\n");
    project.write("core/src/lib.rs", "");
    assert!(is_said(&project), "it has no PyO3");
    project.write(
        "core/Cargo.toml",
        "[package]\nname = \"core\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\npyo3 = \"0.29\"\n",
    );
    assert!(is_said(&project), "it has no module either");
    project.write("core/src/lib.rs", "#[pyo3::pymodule]\nmod _demo {}\n");
    assert!(!is_said(&project));
    project.change("Cargo.toml", "path = \"core\"", "git = \"https://example.org/core\"");
    assert!(!is_said(&project));
    project.change("Cargo.toml", "git = \"https://example.org/core\"", "path = \"../not there\"");
    assert!(!is_said(&project));
}

#[test]
fn features_of_an_extension() {
    let asked = after("Cargo.toml", "\"abi3-py38\"", "\"abi3-py38\", \"extension-module\"");
    assert!(asked.starts_with("extension-module-by-default: the dependency"), "{asked}");
    let project = Project::with(MODULE);
    let features = "\n[features]\ndefault = [\"ext\"]\next = [\"pyo3/extension-module\"]\n";
    project.change("Cargo.toml", "[dependencies]", &format!("{features}\n[dependencies]"));
    assert!(said(&project).concat().starts_with("extension-module-by-default: the default features"));
    project.change("Cargo.toml", "default = [\"ext\"]", "default = []");
    assert_eq!(said(&project), [""; 0]);

    let asked = after("Cargo.toml", "\"abi3-py38\"", "\"abi3-py38\", \"auto-initialize\"");
    assert!(asked.starts_with("auto-initialize-in-extension:"), "{asked}");
    let project = Project::with(MODULE);
    let tests = "[dev-dependencies]\npyo3 = { version = \"0.29\", features = [\"auto-initialize\"] }\n\n[dependencies]";
    project.change("Cargo.toml", "[dependencies]", tests);
    assert_eq!(said(&project), [""; 0]);
}

/// outlines_core 0.2.14: `cargo test` links, as PyO3 is not there.
#[test]
fn features_of_an_optional_dependency_that_is_off() {
    let project = Project::with(MODULE);
    let features = "[features]\npython = [\"dep:pyo3\"]\n\n[dependencies]";
    project.change("Cargo.toml", "[dependencies]", features);
    project.change("Cargo.toml", "\"abi3-py38\"]", "\"abi3-py38\", \"extension-module\"], optional = true");
    project.change("pyproject.toml", "[tool.maturin]", "[tool.maturin]\nfeatures = [\"python\"]");
    assert_eq!(said(&project), [""; 0]);
    for on in ["default = [\"python\"]", "default = [\"pyo3/macros\"]"] {
        let project = Project::with(MODULE);
        project.change(
            "Cargo.toml",
            "[dependencies]",
            &format!("[features]\npython = [\"dep:pyo3\"]\n{on}\n\n[dependencies]"),
        );
        project.change("Cargo.toml", "\"abi3-py38\"]", "\"abi3-py38\", \"extension-module\"], optional = true");
        assert!(said(&project).concat().starts_with("extension-module-by-default:"), "{on}: {:?}", said(&project));
    }
}

#[test]
fn a_dependency_that_starts_an_interpreter() {
    let project = Project::with(MODULE);
    project.change("Cargo.toml", "[dependencies]", "[dependencies]\ninner = { path = \"inner\" }");
    let manifest =
        "[package]\nname = \"inner\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[dependencies]\npyo3 = \"0.29\"\n";
    project.write("inner/Cargo.toml", manifest);
    project.write("inner/src/lib.rs", "");
    assert_eq!(said(&project), [""; 0]);
    let with = manifest.replace("\"0.29\"", "{ version = \"0.29\", features = [\"auto-initialize\"] }");
    project.write("inner/Cargo.toml", with);
    assert!(said(&project).concat().starts_with("auto-initialize-in-extension:"), "{:?}", said(&project));
}

#[test]
fn a_package_that_hides_the_extension() {
    let project = Project::with(MODULE);
    project.change("Cargo.toml", "name = \"_demo\"\n", "");
    project.change("src/lib.rs", "_demo", "demo");
    project.change("pyproject.toml", "module-name = \"demo._demo\"\n", "");
    assert!(said(&project).concat().starts_with("package-shadows-module: `import demo` finds"), "{:?}", said(&project));
    project.write("python/demo/__init__.py", "from .demo import *\n");
    assert_eq!(said(&project), [""; 0]);
}

#[test]
fn stubs_beside_no_init() {
    let project = Project::with(MODULE);
    project.write("python/demo/_core/shapes.pyi", "");
    assert!(
        said(&project).concat().starts_with("stubs-without-init: the stubs in `demo._core`"),
        "{:?}",
        said(&project)
    );
    project.write("python/demo/_core/__init__.pyi", "");
    assert_eq!(said(&project), [""; 0]);
}

#[test]
fn the_else_of_an_if_let_holds_no_lock_in_edition_2024() {
    let source = "#[pymodule]\nmod _demo {\n#[pyfunction]\nfn go(py: Python<'_>) {\n\
                  if let Some(one) = ALL.lock().first() { one.len(); } else { callback().call0(py); }\n}\n}\n";
    let project = Project::with(source);
    assert!(said(&project).concat().starts_with("lock-held-across-python:"), "{:?}", said(&project));
    project.change("Cargo.toml", "edition = \"2021\"", "edition = \"2024\"");
    assert_eq!(said(&project), [""; 0]);
}

/// pyo3-log#65: a log macro attaches, where its crate takes it to Python.
#[test]
fn what_is_logged_to_python() {
    let source = "#[pymodule]\nmod _demo {\n#[pyfunction]\nfn spread(rows: Vec<u64>) { rows.par_iter().for_each(|row| log::info!(\"{row}\")); }\n\
                  #[pyfunction]\nfn held(py: Python<'_>) { let all = ALL.lock(); log::info!(\"held\"); }\n}\n";
    let project = Project::with(source);
    let said_of = |project: &Project| {
        said(project).iter().map(|line| line.split(':').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(said_of(&project), ["rayon-while-attached"]);
    assert!(said(&project).concat().contains("blocks all other Python threads"));
    project.change("Cargo.toml", "[dependencies]", "[dependencies]\npyo3-log = \"0.13\"");
    assert_eq!(said_of(&project), ["rayon-while-attached", "lock-held-across-python"]);
    assert!(said(&project).concat().contains("its work attaches"), "{:?}", said(&project));
}

#[test]
fn bytes_that_an_old_pyo3_takes_one_by_one() {
    let source = "#[pymodule]\nmod _demo {\n#[pyfunction]\nfn sum(data: Vec<u8>, more: Option<Vec<u8>>, other: Vec<u16>) {}\n}\n";
    let project = Project::with(source);
    assert!(!said(&project).concat().contains("bytes-as-vector"));
    project.change("Cargo.toml", "\"0.29\"", "\"0.25\"");
    assert_eq!(said(&project).iter().filter(|line| line.starts_with("bytes-as-vector:")).count(), 2);
}

#[test]
fn objects_that_are_cloned_while_detached() {
    let source = "#[pymodule]\nmod _demo {\n#[pyclass(frozen, str)]\nstruct Named { name: Py<PyString>, text: String }\n\
                  #[pymethods]\nimpl Named {\nfn go(&self, py: Python<'_>, other: Py<PyString>) {\n\
                  let here = self.name.clone();\npy.detach(|| work(self.name.clone(), self.text.clone(), other.clone()));\n}\n}\n}\n";
    let project = Project::with(source);
    assert_eq!(said(&project), [""; 0]);
    project.change("Cargo.toml", "\"abi3-py38\"", "\"abi3-py38\", \"py-clone\"");
    let said = said(&project);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("py-cloned-while-detached: `Named.go` clones the Python object `name`"), "{said:?}");
}

#[test]
fn a_promise_that_is_not_the_floor() {
    assert_eq!(
        after("Cargo.toml", "abi3-py38", "abi3-py39"),
        "requires-python-not-floor: requires-python >=3.8 begins at 3.8, but the wheel's floor is 3.9: below the floor there is no wheel"
    );
    assert!(after("pyproject.toml", ">=3.8", ">=3.10").contains("a higher floor gives more"));
}

#[test]
fn what_lies_in_the_package() {
    let project = Project::with(MODULE);
    project.remove("python/demo/py.typed");
    assert!(said(&project).concat().starts_with("missing-py-typed:"));
    project.remove("python/demo/_demo.pyi");
    assert!(said(&project).concat().starts_with("missing-stubs:"));
    project.write("python/demo/_demo.pyi", "");
    project.write("python/demo/py.typed", "");
    project.remove("Cargo.lock");
    assert!(said(&project).concat().starts_with("no-lock-file:"));
}

#[test]
fn what_a_pyo3_before_the_new_names_calls_them_is_right() {
    let source = "#[pymodule]\nmod _demo {}\nfn f() { Python::with_gil(|py| py.allow_threads(|| ())); }\n";
    let project = Project::with(source);
    assert_eq!(said(&project).len(), 2);
    project.change("Cargo.toml", "\"0.29\"", "\"0.25\"");
    assert_eq!(said(&project), [""; 0]);
}

#[test]
fn modules_are_followed_as_rustc_follows_them() {
    let nap = "#[pyfunction]\nfn nap() { std::thread::sleep(LONG); }\n";
    let project = Project::with(
        "mod plain;\nmod folder;\n#[path = \"else where.rs\"]\nmod moved;\nmod around { mod inner; }\n#[cfg(test)]\nmod tests;\n#[cfg(windows)]\nmod gone;\n",
    );
    for path in [
        "src/plain.rs",
        "src/folder/mod.rs",
        "src/else where.rs",
        "src/around/inner.rs",
        "src/tests.rs",
        "src/no_module.rs",
    ] {
        project.write(path, nap);
    }
    project.write("src/plain/deep.rs", nap);
    project.change("src/plain.rs", "#[pyfunction]", "mod deep;\n#[pyfunction]");
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    let places: Vec<String> =
        report.projects.iter().flat_map(|file| &file.findings).map(|found| found.place.to_string()).collect();
    let expected = [
        "src/around/inner.rs:2:",
        "src/else where.rs:2:",
        "src/folder/mod.rs:2:",
        "src/plain.rs:3:",
        "src/plain/deep.rs:2:",
    ];
    assert_eq!(places.len(), expected.len(), "{places:?}");
    assert!(places.iter().zip(expected).all(|(place, start)| place.starts_with(start)), "{places:?}");
}

#[test]
fn a_workspace_is_looked_at_as_one() {
    let project = Project::with("");
    let member = |name: &str, kind: &str| {
        format!(
            "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[lib]\ncrate-type = [\"{kind}\"]\n[dependencies]\npyo3 = {{ version = \"0.29\", features = [\"abi3-py38\"] }}\n"
        )
    };
    project.write("Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n");
    project.write("crates/classes/Cargo.toml", member("classes", "rlib"));
    project.write("crates/classes/src/lib.rs", "#[pyfunction]\npub fn there() {}\n#[pyfunction]\npub fn lost() {}\n");
    project.write("crates/module/Cargo.toml", member("_demo", "cdylib"));
    project.write("crates/module/src/lib.rs", "#[pymodule]\nmod _demo {\n#[pymodule_export]\nuse classes::there;\n}\n");
    project.write("crates/plain/Cargo.toml", "[package]\nname = \"plain\"\nversion = \"1.0.0\"\n");
    project.write("crates/plain/src/lib.rs", "");
    assert_eq!(said(&project), ["never-registered: `lost` is not in any module, so Python cannot call it"]);
}

#[test]
fn arrays_need_numpy() {
    let with_array = "use numpy::PyReadonlyArray1;\nuse pyo3::prelude::*;\n#[pyfunction]\nfn f(a: PyReadonlyArray1<'_, f64>) {}\n\
                      #[pymodule]\nmod _demo { #[pymodule_export]\nuse super::f; }\n";
    let project = Project::with(with_array);
    assert_eq!(said(&project), [""; 0]);
    project.change("Cargo.toml", "[dependencies]", "[dependencies]\nnumpy = \"0.29\"");
    let missing = ["numpy-not-required: `f` has arrays of numpy in its signature, but numpy is no dependency"];
    assert_eq!(said(&project), missing);
    let started = "requires-python = \">=3.8\"\n";
    let stated = |line: &str| {
        project.change("pyproject.toml", started, &format!("{started}{line}\n"));
        let said = said(&project);
        project.change("pyproject.toml", &format!("{line}\n"), "");
        said
    };
    assert_eq!(stated("dependencies = [\"packaging\", \"numpydoc>=1\"]"), missing);
    for line in [
        "dependencies = [\"NumPy>=1.20; python_version < '3.15'\"]",
        "optional-dependencies = { arrays = [\"numpy\"] }",
        "dynamic = [\"version\", \"dependencies\"]",
    ] {
        assert_eq!(stated(line), [""; 0], "{line}");
    }
    // Conditional code may not be built.
    project.change("src/lib.rs", "#[pyfunction]", "#[cfg(feature = \"arrays\")]\n#[pyfunction]");
    assert_eq!(said(&project), [""; 0]);
}

#[test]
fn setuptools_rust_names_a_module_by_a_path_too() {
    let project = Project::with(MODULE);
    let maturin = "[tool.maturin]\npython-source = \"python\"\nmodule-name = \"demo._demo\"\n";
    project.change("pyproject.toml", "maturin>=1.16,<2", "setuptools-rust");
    project.change("pyproject.toml", "build-backend = \"maturin\"", "build-backend = \"setuptools.build_meta\"");
    for (target, is_right) in [("demo/_demo", true), ("demo._demo", true), ("demo/_other", false)] {
        let table = format!("[[tool.setuptools-rust.ext-modules]]\ntarget = \"{target}\"\n");
        project.change("pyproject.toml", maturin, &table);
        let mismatches = said(&project).into_iter().filter(|said| said.starts_with("module-name-mismatch")).count();
        assert_eq!(mismatches == 0, is_right, "{target}");
        project.change("pyproject.toml", &table, maturin);
    }
}

#[test]
fn the_package_of_a_manifest_is_beside_it_or_names_it() {
    let project = Project::with(MODULE);
    let features = |manifest: &str| maturin_of(&project.root().join(manifest)).map(|maturin| maturin.feature_flags());
    project.change("pyproject.toml", "[tool.maturin]", "[tool.maturin]\nfeatures = [\"python\"]");
    assert_eq!(features("Cargo.toml"), Some(vec!["--features=python".to_owned()]));
    project.write("rust/Cargo.toml", "[package]\nname = \"inner\"\n");
    assert_eq!(features("rust/Cargo.toml"), None);
    project.change("pyproject.toml", "[tool.maturin]", "[tool.maturin]\nmanifest-path = \"rust/Cargo.toml\"");
    assert_eq!(features("rust/Cargo.toml"), Some(vec!["--features=python".to_owned()]));
    assert_eq!(features("Cargo.toml"), None);
}
