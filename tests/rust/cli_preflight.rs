//! Problems that `plan`, `build`, `init` and `lint` report before anything is built.

use std::ffi::OsString;
use std::path::Path;

use serde_json::Value;

use crate::lint_project::{MODULE, Project};
use crate::said::{Ended, ran};

fn run(words: &[&str], folder: &Path) -> Ended {
    let argv: Vec<OsString> = words.iter().map(OsString::from).chain([folder.as_os_str().to_os_string()]).collect();
    ran(&argv)
}

/// A project with this in its `[tool.maturin]`.
fn with(line: &str) -> Project {
    let project = Project::with(MODULE);
    project.change("pyproject.toml", "[tool.maturin]\n", &format!("[tool.maturin]\n{line}"));
    project
}

#[test]
fn plan_lists_every_problem_of_the_project_and_build_makes_nothing() {
    let project = with("features = [\"nope\"]\nprofile = \"dist\"\n");
    let plan = run(&["plan"], &project.root());
    assert_eq!(plan.code, 1, "{}", plan.err);
    assert!(
        plan.out.contains("the crate has no feature nope") && plan.out.contains("profile is \"dist\""),
        "{}",
        plan.out
    );
    assert!(plan.out.contains("0 of 14 wheels can be built"), "{}", plan.out);
    let json: Value = serde_json::from_str(&run(&["plan", "--json"], &project.root()).out).unwrap();
    assert_eq!(json["problems"].as_array().map(Vec::len), Some(2));
    assert!(json["jobs"].as_array().unwrap().iter().all(|job| !job["blocked"].is_null()));
    let build = run(&["build"], &project.root());
    assert_eq!(build.code, 2, "{}", build.out);
    assert!(
        build.err.contains("no feature nope") && build.err.contains("1 more (see `monowheel plan`)"),
        "{}",
        build.err
    );
    assert!(!project.root().join("dist").exists() && !project.root().join("target").exists());
}

#[test]
fn compatibility_raises_the_default_targets_and_is_noted_where_one_is_named() {
    let project = with("compatibility = \"manylinux_2_28\"\n");
    let plan = run(&["plan"], &project.root());
    assert!(plan.out.contains("manylinux_2_28_x86_64") && !plan.out.contains("manylinux_2_17"), "{}", plan.out);
    let named = run(&["plan", "--target", "manylinux_2_17_x86_64"], &project.root());
    assert!(named.out.contains("note: [tool.maturin] compatibility asks for 2.28"), "{}", named.out);
}

#[test]
fn bindings_that_are_not_pyo3_are_refused_by_plan_build_doctor_and_init() {
    let project = with("bindings = \"cffi\"\n");
    for command in ["plan", "build", "doctor", "init"] {
        let ended = run(&[command], &project.root());
        assert_eq!(ended.code, 2, "{command}: {}", ended.out);
        assert!(ended.err.contains("builds PyO3 extension modules only"), "{command}: {}", ended.err);
        assert!(ended.err.contains("maturin build --release --bindings cffi"), "{command}: {}", ended.err);
    }
}

#[test]
fn init_shows_the_abi3_feature_and_writes_it_with_yes() {
    let project = Project::with(MODULE);
    project.change("Cargo.toml", "pyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }", "pyo3 = \"0.29\"");
    let before = fs_err::read_to_string(project.root().join("Cargo.toml")).unwrap();
    let shown = run(&["init", "--dry-run"], &project.root());
    assert_eq!(shown.code, 0, "{}", shown.err);
    assert!(shown.out.contains("+pyo3 = { version = \"0.29\", features = [\"abi3-py38\"] }"), "{}", shown.out);
    assert_eq!(fs_err::read_to_string(project.root().join("Cargo.toml")).unwrap(), before);
    assert_eq!(run(&["init", "--yes"], &project.root()).code, 0);
    assert!(fs_err::read_to_string(project.root().join("Cargo.toml")).unwrap().contains("abi3-py38"));
    assert!(run(&["init", "--yes"], &project.root()).out.contains("nothing to do"));
}

#[test]
fn a_python_project_that_init_changed_lints_clean() {
    for (folder, backend) in [("src/mytool", "setuptools.build_meta"), ("mytool", "hatchling.build")] {
        let dir = tempfile::tempdir().unwrap();
        let package = dir.path().join(folder);
        fs_err::create_dir_all(&package).unwrap();
        fs_err::write(package.join("__init__.py"), "\"\"\"mytool.\"\"\"\n").unwrap();
        let pyproject = format!(
            "[build-system]\nrequires = []\nbuild-backend = {backend:?}\n\n[project]\nname = \"mytool\"\nversion = \"1.2.3\"\nrequires-python = \">=3.9\"\n"
        );
        fs_err::write(dir.path().join("pyproject.toml"), pyproject).unwrap();
        let made = run(&["init", "--yes", "--change-backend"], dir.path());
        assert_eq!(made.code, 0, "{}", made.err);
        let lint = run(&["lint", "--fail-on", "note"], dir.path());
        assert_eq!(lint.code, 0, "{backend}: {}", lint.out);
        assert!(package.join("py.typed").is_file());
    }
}

#[test]
fn a_crate_without_a_module_is_an_error_of_lint() {
    let project = Project::with("use pyo3::prelude::*;\n#[pyfunction]\npub fn add(a: i64, b: i64) -> i64 { a + b }\n");
    let ended = run(&["lint"], &project.root());
    assert_eq!(ended.code, 1, "{}", ended.err);
    assert!(ended.out.contains("error module-missing in src/lib.rs"), "{}", ended.out);
}
