//! `lint --upgrade`: what a crate needs for a newer PyO3.

use monowheel_audit::finding::Severity;
use monowheel_audit::lint::{self, Options};

use crate::project::Project;

const OLD: &str = r#"use pyo3::prelude::*;
use pyo3::sync::with_critical_section;
use pyo3::types::PyMutex;

#[pyclass]
#[derive(Clone)]
struct Point {
    x: f64,
}

#[pyclass(subclass, frozen)]
#[derive(Clone)]
struct Line {
    from: Point,
}

/// Only its objects are passed.
#[pyclass]
#[derive(Clone)]
struct Own {
    x: f64,
}

#[pyclass(extends = Line, from_py_object)]
#[derive(Clone)]
struct Arrow;

#[pymethods]
impl Arrow {
    #[new]
    fn new(from: Point) -> PyResult<(Self, Line)> {
        Ok((Self, Line { from }))
    }
}

struct Address(String);

impl<'py> FromPyObject<'py> for Address {
    fn extract_bound(obj: &Bound<'py, PyAny>) -> PyResult<Self> {
        obj.extract().map(Self)
    }
}

#[pyfunction]
fn length(lines: Vec<Line>, own: PyRef<'_, Own>, arrow: Arrow) -> usize {
    lines.len()
}

#[pyfunction]
fn version(py: Python<'_>, text: &Text) -> String {
    let lock = PyMutex::new(0);
    with_critical_section(&object, || text.version());
    let object: Py<PyAny> = unsafe { Py::from_owned_ptr(py, pointer) };
    py.allow_threads(|| ());
    py.version().to_owned()
}

#[pymodule]
fn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
"#;

/// `severity rule: message` of what is found for a version.
fn found(project: &Project, upgrade: Option<(u64, u64)>) -> Vec<String> {
    let options = Options { upgrade, ..Options::default() };
    let report = lint::lint(&[project.root()], &options).unwrap();
    let findings = report.projects.iter().flat_map(|project| &project.findings);
    findings.map(|one| format!("{:?} {}: {}", one.severity, one.rule, one.message)).collect()
}

fn old_project() -> Project {
    let project = Project::with(OLD);
    project.change("Cargo.toml", "version = \"0.29\"", "version = \"0.26\"");
    project
}

#[test]
fn what_an_old_crate_needs_for_0_30() {
    assert_eq!(
        found(&old_project(), Some((0, 30))),
        [
            "Error pyo3-upgrade: the feature `abi3-py38` does not exist in PyO3 0.30, which needs Python 3.9",
            "Error pyo3-upgrade: `Arrow.new` takes the class `Point` by value, which PyO3 0.30 no longer converts from Python by itself",
            "Error pyo3-upgrade: `length` takes the class `Line` by value, which PyO3 0.30 no longer converts from Python by itself",
            "Error pyo3-upgrade: `Address.extract_bound` is called `extract` from PyO3 0.27 on, with other parameters",
            "Error pyo3-upgrade: `pyo3::sync::with_critical_section`: removed in PyO3 0.30",
            "Error pyo3-upgrade: `Py::from_owned_ptr`: removed in PyO3 0.30",
            "Error pyo3-upgrade: `allow_threads`: replaced in PyO3 0.26 by detach",
            "Warning pyo3-upgrade: `Arrow.new` returns a tuple for its base class, deprecated in PyO3 0.29",
            "Warning pyo3-upgrade: `pyo3::types::PyMutex`: deprecated in PyO3 0.30",
            "Warning pyo3-upgrade: `version`: deprecated in PyO3 0.29",
            "Warning pyo3-upgrade: from PyO3 0.28 on, `_demo` supports free-threaded Python unless it declares it",
            "Note pyo3-upgrade: demo uses PyO3 0.26",
        ]
    );
}

#[test]
fn a_nearer_version_needs_less() {
    let project = old_project();
    let of = |version| found(&project, Some(version));
    let is_only = |found: &[String], words: &[&str]| {
        assert_eq!(found.len(), words.len(), "{found:?}");
        words.iter().zip(found).for_each(|(word, found)| assert!(found.contains(word), "{word} {found}"));
    };
    is_only(&of((0, 26)), &["allow_threads"]);
    is_only(&of((0, 27)), &["extract_bound", "allow_threads", "uses PyO3 0.26"]);
    // Nothing of it is reported without the option.
    assert!(!found(&project, None).iter().any(|one| one.contains("pyo3-upgrade")));
}

#[test]
fn the_fix_opts_in_and_renames() {
    let project = old_project();
    let options = Options { upgrade: Some((0, 30)), ..Options::default() };
    let report = lint::lint(&[project.root()], &options).unwrap();
    lint::write(&lint::fixes(&report.projects[0]).unwrap()).unwrap();
    let after = fs_err::read_to_string(project.root().join("src/lib.rs")).unwrap();
    let expected = OLD
        .replace(
            "#[pyclass]\n#[derive(Clone)]\nstruct Point",
            "#[pyclass(from_py_object)]\n#[derive(Clone)]\nstruct Point",
        )
        .replace("#[pyclass(subclass, frozen)]", "#[pyclass(from_py_object, subclass, frozen)]")
        .replace("allow_threads", "detach")
        .replace("py.version()", "py.version_str()");
    assert_eq!(after, expected);
}

#[test]
fn a_text_is_linted_under_a_name_that_need_not_exist() {
    let text = b"#[pyfunction]\nfn nap(py: Python<'_>) {\n    std::thread::sleep(SECOND);\n}\n";
    let report = lint::lint_text("src/unsaved.rs", text, &Options::default()).unwrap();
    let found: Vec<_> = report.projects.iter().flat_map(|project| &project.findings).collect();
    assert!(
        found.iter().any(|one| {
            one.rule == "blocking-call-while-attached"
                && one.severity == Severity::Warning
                && one.place.member.as_deref() == Some("src/unsaved.rs")
                && one.place.line == Some(3)
        }),
        "{found:?}"
    );
}
