//! What `--fix` makes of sources: what it changes still parses, and means the same.

use monowheel_audit::lint::{self, Options};

use crate::project::Project;

/// src/lib.rs after all fixes, with the PyO3 of this version.
fn fixed(source: &str, version: &str) -> String {
    let project = Project::with(source);
    project.change("Cargo.toml", "\"0.29\"", &format!("\"{version}\""));
    let report = lint::lint(&[project.root()], &Options::default()).unwrap();
    for report in &report.projects {
        lint::write(&lint::fixes(report).unwrap()).unwrap();
    }
    fs_err::read_to_string(project.root().join("src/lib.rs")).unwrap()
}

#[test]
fn every_fixture_parses_after_its_fixes() {
    let mut changed = 0;
    for (name, text) in crate::fixtures() {
        let after = fixed(&text, "0.29");
        changed += usize::from(after != text);
        assert!(syn::parse_file(&after).is_ok(), "{name}:\n{after}");
        // Nothing is left that a second run would change.
        assert_eq!(fixed(&after, "0.29"), after, "{name}");
    }
    assert!(changed > 1, "no fixture is fixed");
}

/// Each with what comes out.
const CASES: [(&str, &str); 23] = [
    // A module inside the file has imports of its own.
    (
        "use pyo3::prelude::*;\nmod inner { use pyo3::PyObject; pub fn f(a: PyObject) {} }\n",
        "use pyo3::prelude::*;\nmod inner { use pyo3::PyObject; pub fn f(a: pyo3::Py<pyo3::PyAny>) {} }\n",
    ),
    (
        "use pyo3::PyObject;\nmod inner { use pyo3::prelude::*; pub fn f(a: PyObject) {} }\nfn g(a: PyObject) {}\n",
        "use pyo3::{Py, PyAny};\nmod inner { use pyo3::prelude::*; pub fn f(a: pyo3::Py<pyo3::PyAny>) {} }\nfn g(a: Py<PyAny>) {}\n",
    ),
    (
        "mod inner { use pyo3::{PyObject, Python}; pub fn f(a: PyObject) { Python::with_gil(|_| a); } }\n",
        "mod inner { use pyo3::{Python}; pub fn f(a: pyo3::Py<pyo3::PyAny>) { Python::attach(|_| a); } }\n",
    ),
    // What a macro of the file expands to is not at the place of its call.
    (
        "use pyo3::prelude::*;\nmacro_rules! none { () => { Python::with_gil(|py| py.None()) }; }\nfn f() { let a = none!(); none!(); }\n",
        "use pyo3::prelude::*;\nmacro_rules! none { () => { Python::with_gil(|py| py.None()) }; }\nfn f() { let a = none!(); none!(); }\n",
    ),
    (
        "use pyo3::prelude::*;\nmacro_rules! run { ($a:expr) => { $a.allow_threads(|| 1) }; }\nfn f(py: Python<'_>) { run!(Python::with_gil(|py| py)); }\n",
        "use pyo3::prelude::*;\nmacro_rules! run { ($a:expr) => { $a.allow_threads(|| 1) }; }\nfn f(py: Python<'_>) { run!(Python::attach(|py| py)); }\n",
    ),
    // rnet 2.4.2: `Py` and `PyAny` were not there.
    (
        "use pyo3::{pyfunction, PyObject, PyResult, Python};\nfn make(py: Python<'_>) -> PyResult<PyObject> { Ok(py.None()) }\n",
        "use pyo3::{pyfunction, Py, PyAny, PyResult, Python};\nfn make(py: Python<'_>) -> PyResult<Py<PyAny>> { Ok(py.None()) }\n",
    ),
    ("use pyo3::PyObject;\nfn f(a: PyObject) {}\n", "use pyo3::{Py, PyAny};\nfn f(a: Py<PyAny>) {}\n"),
    ("use pyo3::{Py, PyObject};\nfn f(a: Vec<PyObject>) {}\n", "use pyo3::{Py, PyAny};\nfn f(a: Vec<Py<PyAny>>) {}\n"),
    ("use pyo3::{Py, PyAny, PyObject};\nfn f(a: PyObject) {}\n", "use pyo3::{Py, PyAny};\nfn f(a: Py<PyAny>) {}\n"),
    ("use pyo3::{PyObject, Py, PyAny};\nfn f(a: PyObject) {}\n", "use pyo3::{Py, PyAny};\nfn f(a: Py<PyAny>) {}\n"),
    // What a macro may do with the name is not seen, so the name stays.
    (
        "use pyo3::PyObject;\nfn f(a: PyObject) {}\nmine! { x: PyObject; y }\n",
        "use pyo3::{PyObject, Py, PyAny};\nfn f(a: Py<PyAny>) {}\nmine! { x: PyObject; y }\n",
    ),
    // A path of a type is no value: `Py<PyAny>::from` would be a comparison.
    (
        "use pyo3::prelude::*;\nfn f(py: Python<'_>) { let a = PyObject::from(b); let c = Vec::<PyObject>::new(); }\n",
        "use pyo3::prelude::*;\nfn f(py: Python<'_>) { let a = <Py<PyAny>>::from(b); let c = Vec::<Py<PyAny>>::new(); }\n",
    ),
    ("fn f(a: pyo3::PyObject) {}\n", "fn f(a: pyo3::Py<pyo3::PyAny>) {}\n"),
    ("use super::*;\nfn f(a: PyObject) {}\n", "use super::*;\nfn f(a: pyo3::Py<pyo3::PyAny>) {}\n"),
    // C's own.
    ("use pyo3::ffi::PyObject;\nfn f(a: *mut PyObject) {}\n", "use pyo3::ffi::PyObject;\nfn f(a: *mut PyObject) {}\n"),
    // rpds-py 0.22.3: the head of an `impl`, and its associated types.
    (
        "use pyo3::prelude::*;\nimpl From<PyObject> for Key { type Other = PyObject; fn from(a: PyObject) -> Self { Key } }\n",
        "use pyo3::prelude::*;\nimpl From<Py<PyAny>> for Key { type Other = Py<PyAny>; fn from(a: Py<PyAny>) -> Self { Key } }\n",
    ),
    // Methods and functions of others.
    (
        "use pyo3::prelude::*;\nfn with_gil() {}\nfn f(py: Python<'_>) { Pool.allow_threads(4); with_gil(); py.allow_threads(|| 1); }\n",
        "use pyo3::prelude::*;\nfn with_gil() {}\nfn f(py: Python<'_>) { Pool.allow_threads(4); with_gil(); py.detach(|| 1); }\n",
    ),
    // Only the name changes for some types, and for types of PyO3.
    (
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(py: Python<'_>) { PyDict::new_bound(py); PyList::new_bound(py, [1]); PyList::empty_bound(py); Mine::empty_bound(py); }\nstruct Mine;\n",
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(py: Python<'_>) { PyDict::new(py); PyList::new_bound(py, [1]); PyList::empty(py); Mine::empty_bound(py); }\nstruct Mine;\n",
    ),
    (
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(a: &Bound<'_, PyAny>, b: Box<dyn Any>) { a.downcast::<PyDict>(); b.downcast::<Mine>(); a.downcast_exact::<types::PyString>(); }\n",
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(a: &Bound<'_, PyAny>, b: Box<dyn Any>) { a.cast::<PyDict>(); b.downcast::<Mine>(); a.cast_exact::<types::PyString>(); }\n",
    ),
    // nh3 0.2.18: that of `Py` returned a GIL reference.
    (
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(py: Python<'_>, a: Py<PyAny>) { a.downcast::<PyDict>(py); a.downcast_bound::<PyDict>(py); }\n",
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(py: Python<'_>, a: Py<PyAny>) { a.downcast::<PyDict>(py); a.cast_bound::<PyDict>(py); }\n",
    ),
    (
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(a: A) { let b: &Bound<'_, PyString> = a.0.downcast().map_err(error)?; let c: Box<Mine> = a.1.downcast().unwrap(); }\n",
        "use pyo3::prelude::*;\nuse pyo3::types::*;\nfn f(a: A) { let b: &Bound<'_, PyString> = a.0.cast().map_err(error)?; let c: Box<Mine> = a.1.downcast().unwrap(); }\n",
    ),
    (
        "use pyo3::prelude::*;\nfn f(py: Python<'_>, e: PyErr) { e.value_bound(py); e.get_type_bound(py); PyModule::import_bound(py, \"a\"); o.call_method_bound(py, \"a\", (), None); }\n",
        "use pyo3::prelude::*;\nfn f(py: Python<'_>, e: PyErr) { e.value(py); e.get_type(py); PyModule::import(py, \"a\"); o.call_method(py, \"a\", (), None); }\n",
    ),
    // `eval` takes a `&CStr` where `eval_bound` took a `&str`.
    (
        "use pyo3::prelude::*;\nfn f() { Python::with_gil(|gil| { gil.allow_threads(|| 1); gil.eval_bound(\"1\", None, None) }); }\n",
        "use pyo3::prelude::*;\nfn f() { Python::attach(|gil| { gil.detach(|| 1); gil.eval_bound(\"1\", None, None) }); }\n",
    ),
];

#[test]
fn a_fix_changes_all_that_has_to_change_and_nothing_else() {
    let mut wrong = String::new();
    for (before, after) in CASES {
        let got = fixed(before, "0.27");
        if got != after {
            wrong += &format!("{before}\n  became\n{got}\n  instead of\n{after}\n");
        }
        assert!(syn::parse_file(&got).is_ok(), "{got}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// rpds-py 0.22.3 imports a trait that is gone, and mentions it nowhere else.
#[test]
fn an_old_name_that_is_only_imported_is_reported_once() {
    let of = |source: &str| {
        let report = lint::lint(&[Project::with(source).root()], &Options::default()).unwrap();
        let findings = report.projects.into_iter().flat_map(|project| project.findings);
        let old = findings.filter(|finding| finding.rule == "old-name");
        old.map(|finding| (finding.place.line, finding.details)).collect::<Vec<_>>()
    };
    let import = "use pyo3::{prelude::*, AsPyPointer};\n";
    assert_eq!(of(import), [(Some(1), vec!["line 1".to_owned()])]);
    assert_eq!(of(&format!("{import}fn f(a: impl AsPyPointer) {{}}\n")), [(Some(2), vec!["line 2".to_owned()])]);
    assert_eq!(of("use crate::AsPyPointer;\n"), []);
    // rtoml 0.11: where nothing shows that the code is attached.
    assert_eq!(of("fn f(a: f64) { a.into_py(self.py) }\n").len(), 1);
    assert_eq!(of("fn f(a: f64) { a.to_object(self.py) }\n"), []);
}
