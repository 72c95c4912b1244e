//! Rules on what Cargo.toml, pyproject.toml and the package say.

use monowheel_audit::lint::{self, Options};

use crate::project::{MODULE, Project};

/// The rules that only these tests fire.
pub(crate) const RULES: [&str; 8] = [
    "module-name-mismatch",
    "extension-module-by-default",
    "auto-initialize-in-extension",
    "requires-python-not-floor",
    "missing-stubs",
    "missing-py-typed",
    "no-lock-file",
    "unreadable-source",
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

/// The only finding, after a change to a project with none.
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
        "module-name-mismatch: the file is imported as `_demo`, and the module is called `demo`"
    );
    assert!(after("pyproject.toml", "demo._demo", "demo._native").starts_with("module-name-mismatch:"));
    // The name that it is given counts.
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

#[test]
fn a_promise_that_is_not_the_floor() {
    assert_eq!(
        after("Cargo.toml", "abi3-py38", "abi3-py39"),
        "requires-python-not-floor: requires-python >=3.8 begins at 3.8, and the wheel's floor is 3.9: below it there is no wheel"
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
    let project = Project::with("fn f() { Python::with_gil(|py| py.allow_threads(|| ())); }\n");
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
    assert_eq!(said(&project), ["never-registered: `lost` is in no module, so Python cannot call it"]);
}
