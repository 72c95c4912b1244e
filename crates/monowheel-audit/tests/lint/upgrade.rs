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
            "Error pyo3-upgrade: the feature `abi3-py38` does not exist from PyO3 0.30 on",
            "Error pyo3-upgrade: `Arrow.new` takes the class `Point` by value, which PyO3 0.30 no longer converts from Python by itself",
            "Error pyo3-upgrade: `length` takes the class `Line` by value, which PyO3 0.30 no longer converts from Python by itself",
            "Error pyo3-upgrade: `Address.extract_bound` is `extract` with other parameters from PyO3 0.27 on",
            "Error pyo3-upgrade: `pyo3::sync::with_critical_section`, 2 times: removed in PyO3 0.30",
            "Error pyo3-upgrade: `Py::from_owned_ptr`: removed in PyO3 0.30",
            "Error pyo3-upgrade: `allow_threads`: replaced in PyO3 0.26 by detach",
            "Warning pyo3-upgrade: `Arrow.new` returns a tuple for its base class, deprecated in PyO3 0.29",
            "Warning pyo3-upgrade: `pyo3::types::PyMutex`, 2 times: deprecated in PyO3 0.30",
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

/// The findings of one source in a crate of PyO3 0.20 that is raised to 0.29, without those about the crate and its module.
fn found_in(source: &str) -> Vec<String> {
    let project = Project::with(source);
    project.change("Cargo.toml", "version = \"0.29\"", "version = \"0.20\"");
    let found = found(&project, Some((0, 29)));
    found
        .into_iter()
        .filter_map(|one| Some(one.split_once("pyo3-upgrade: ")?.1.to_owned()))
        .filter(|message| !message.ends_with("uses PyO3 0.20"))
        .collect()
}

/// Code of PyO3 0.20 to 0.26, with what is found in it, and that of newer versions, where nothing is.
const PAIRS: [(&str, &[&str], &str); 21] = [
    // jellyfish 1.0.3, blake3 0.4.1
    (
        "fn f(m: &PyModule, data: Option<&PyAny>) {}",
        &["`&PyAny`, 2 times: removed in PyO3 0.23"],
        "fn f(m: &Bound<'_, PyModule>, data: Option<&Bound<'_, PyAny>>, e: &PyErr, o: &Py<PyAny>) {}",
    ),
    (
        "use numpy::PyArray1;\nfn f<'py>(py: Python<'py>) -> &'py PyArray1<f64> { make(py) }",
        &["`&PyAny`: removed in PyO3 0.23"],
        "use numpy::{PyArray1, PyArrayLike1};\nfn f<'py>(a: &PyArrayLike1<f64>) -> Bound<'py, PyArray1<f64>> { make(py) }",
    ),
    (
        "fn f(py: Python<'_>) { PyTuple::new(py, [1]); object.as_ref(py).len(); py.run(\"1\", None, None); }",
        &["`PyTuple::new`: changed in PyO3 0.23", "`as_ref`: removed in PyO3 0.23", "`run`: changed in PyO3 0.23"],
        "fn f(py: Python<'_>) { Mine::new(py, [1]); text.as_ref().len(); work.run(1); }",
    ),
    (
        "fn f<'py, T>(a: T) where T: FromPyObject<'py> {}",
        &["`FromPyObject`: changed in PyO3 0.27"],
        "fn f<'a, 'py, T>(a: T) where T: FromPyObject<'a, 'py> {}",
    ),
    (
        "fn f(error: &PyErr, py: Python<'_>) { error.value_bound(py); error.get_type_bound(py); }",
        &["`value_bound`: replaced in PyO3 0.23 by value", "`get_type_bound`: replaced in PyO3 0.23 by get_type"],
        "fn f(error: &PyErr, py: Python<'_>) { error.value(py); range.lower_bound(py); }",
    ),
    (
        "struct A<'py>(Bound<'py, PyAny>);\nimpl A<'_> { fn f(&self) { self.0.downcast::<PyDict>(); let text: &Bound<'_, PyString> = self.0.downcast()?; } }",
        &["`downcast`, 2 times: replaced in PyO3 0.27 by cast"],
        "fn f(object: &Bound<'_, PyAny>) { object.cast::<PyDict>(); }",
    ),
    // pythonize 0.21, serde-pyobject 0.4: names that are only imported, that come with others, or that a macro writes.
    (
        "use pyo3::{PyDowncastError, PyNativeType};",
        &["`PyDowncastError`: removed in PyO3 0.23", "`PyNativeType`: removed in PyO3 0.23"],
        "use crate::{PyDowncastError, PyNativeType};",
    ),
    (
        "fn f(a: A) { a.is_instance_of::<PyLong>(); }",
        &["`PyLong`: replaced in PyO3 0.23 by PyInt"],
        "fn f(a: A) { a.is_instance_of::<PyInt>(); }",
    ),
    (
        "macro_rules! number { ($a:ident) => { fn $a(self, v: u8, b: &'py PyAny) { v.into_py(self.py) } }; }",
        &["`&PyAny`: removed in PyO3 0.23", "`into_py`: replaced in PyO3 0.23 by into_pyobject, which may fail"],
        "macro_rules! number { ($a:ident) => { fn $a(self, v: u8, b: &Bound<PyAny>) { v.into_pyobject(self.py) } }; }",
    ),
    (
        "struct A<'py>(Bound<'py, PyAny>);\nimpl A<'_> { fn f(&self) { visit(self.0.downcast()?); } }",
        &["`downcast`: replaced in PyO3 0.27 by cast"],
        "struct A<'py>(Bound<'py, PyAny>);\nimpl A<'_> { fn f(&self) { visit(self.0.cast()?); } }",
    ),
    // nh3 0.2.18
    (
        "#[pyfunction]\nfn clean(tags: HashSet<&str>, html: &str) {}",
        &["`clean` takes `tags` as a container of borrowed text"],
        "#[pyfunction]\nfn clean(tags: HashSet<String>, html: &str, pair: (&str, &str)) {}",
    ),
    (
        "#[pyclass]\nstruct Counter { count: Vec<RefCell<u8>> }",
        &["the class `Counter` is not Sync, which it must be from PyO3 0.23 on"],
        "#[pyclass]\nstruct Counter { count: Mutex<RefCell<u8>> }\n#[pyclass(unsendable)]\nstruct Own { count: Cell<u8> }\n#[pyclass]\nstruct Sheet { cell: Cell }\nstruct Rust(Cell<u8>);",
    ),
    // ormsgpack 1.12.0
    (
        "use pyo3::ffi::*;\nfn f(n: isize) { unsafe { _PyDict_NewPresized(n); pyo3::ffi::_PyBytes_Resize(o); } }",
        &["`_PyDict_NewPresized`: removed in PyO3 0.28", "`_PyBytes_Resize`: removed in PyO3 0.29"],
        "use pyo3::ffi::*;\nfn f(n: isize) { unsafe { PyDict_New(n); mine::_PyBytes_Resize(o); } }",
    ),
    // pyxirr 0.10.5
    (
        "impl<'s> FromPyObject<'s> for Days { fn extract(obj: &'s PyAny) -> PyResult<Self> { make(obj) } }",
        &["`Days.extract` is `extract` with other parameters from PyO3 0.27 on", "`&PyAny`: removed in PyO3 0.23"],
        "impl<'py> FromPyObject<'_, 'py> for Days { fn extract(obj: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> { make(obj) } }",
    ),
    // ahocorasick-rs 0.22.1, pyromark 0.7
    (
        "#[pyfunction]\nfn f(patterns: Bound<'_, PyAny>, other: Other) -> PyResult<()> { patterns.iter()?; other.iter()?; Ok(()) }",
        &["`iter`, 2 times: removed in PyO3 0.25"],
        "#[pyfunction]\nfn f(patterns: Bound<'_, PyAny>, other: Other) -> PyResult<()> { patterns.try_iter()?; other.iter().next(); Ok(()) }",
    ),
    (
        "impl<'py> pythonize::PythonizeTypes<'py> for Mine {}",
        &["`pythonize::PythonizeTypes`: changed in PyO3 0.26"],
        "impl<'py> PythonizeTypes<'py> for Mine {}",
    ),
    // rtoml 0.11: the text was a `Cow`.
    (
        "fn f(object: &Bound<'_, PyAny>) { let kind = object.get_type(); kind.name(); }",
        &["`name`: changed in PyO3 0.22"],
        "fn f(object: &Bound<'_, PyAny>) { let kind = object.kind(); kind.name(); }",
    ),
    (
        "#[derive(Clone)]\nstruct Handler { callback: Option<Py<PyAny>> }",
        &["`Handler` derives Clone, which from PyO3 0.22 on needs the feature py-clone for its Python objects"],
        "#[derive(Clone)]\nstruct Handler { callback: Arc<Py<PyAny>> }\nstruct Other { callback: Py<PyAny> }",
    ),
    (
        "#[pyclass]\nenum Kind { A, B }",
        &["the values of `Kind` are compared by identity from PyO3 0.24 on, and not with int"],
        "#[pyclass(eq, eq_int)]\n#[derive(PartialEq)]\nenum Kind { A, B }",
    ),
    (
        "#[pyfunction]\nfn open(path: &str, mode: Option<&str>) {}",
        &["`open` requires `mode` from PyO3 0.24 on"],
        "#[pyfunction]\n#[pyo3(signature = (path, mode=None))]\nfn open(path: &str, mode: Option<&str>) {}",
    ),
    // ormsgpack 1.4.2: that of C.
    (
        "use pyo3::PyObject;\nstruct Ext { base: PyObject }",
        &["`PyObject`, 2 times: replaced in PyO3 0.26 by Py<PyAny>"],
        "use pyo3::ffi::*;\nstruct Ext { base: PyObject }",
    ),
];

#[test]
fn old_code_is_found_and_its_replacement_is_not() {
    for (old, expected, new) in PAIRS {
        let with_imports = |code: &str| match code.starts_with("use pyo3") {
            true => format!("{code}\n"),
            false => format!("use pyo3::prelude::*;\nuse pyo3::types::*;\n{code}\n"),
        };
        assert_eq!(found_in(&with_imports(old)), expected, "{old}");
        assert_eq!(found_in(&with_imports(new)), [""; 0], "{new}");
    }
}

/// src/lib.rs after the fixes of `--upgrade 0.29`.
fn raised(source: &str) -> String {
    let project = Project::with(source);
    project.change("Cargo.toml", "version = \"0.29\"", "version = \"0.25\"");
    raised_of(&project)
}

fn raised_of(project: &Project) -> String {
    let options = Options { upgrade: Some((0, 29)), ..Options::default() };
    let report = lint::lint(&[project.root()], &options).unwrap();
    lint::write(&lint::fixes(&report.projects[0]).unwrap()).unwrap();
    fs_err::read_to_string(project.root().join("src/lib.rs")).unwrap()
}

#[test]
fn a_cell_is_replaced_with_its_imports_or_not_at_all() {
    let code = "use pyo3::prelude::*;\nuse pyo3::sync::{GILOnceCell, MutexExt};\nstatic A: GILOnceCell<u8> = GILOnceCell::new();\nfn f() { let b: GILOnceCell<u8>; }\n";
    assert_eq!(raised(code), code.replace("GILOnceCell", "PyOnceLock"));
    let two = "use pyo3::sync::GILOnceCell;\nmod a { use pyo3::sync::GILOnceCell;\nstatic A: GILOnceCell<u8> = GILOnceCell::new(); }\n";
    assert_eq!(raised(two), two.replace("GILOnceCell", "PyOnceLock"));
    let errors = "use pyo3::{DowncastError, PyErr};\nimpl From<DowncastError<'_, '_>> for Mine { fn from(e: DowncastError) -> Self { e } }\n";
    assert_eq!(raised(errors), errors.replace("DowncastError", "CastError"));
    let made = format!("{errors}fn f() {{ DowncastError::new(object, \"int\"); }}\n");
    assert_eq!(raised(&made), made);
    let in_a_macro = format!("{code}mine! {{ a: GILOnceCell; b }}\n");
    assert_eq!(raised(&in_a_macro), in_a_macro);
    let has_both = "use pyo3::sync::{GILOnceCell, PyOnceLock};\nstatic A: GILOnceCell<u8> = GILOnceCell::new();\n";
    assert_eq!(raised(has_both), has_both);
}

#[test]
fn an_iterator_of_an_object_is_renamed() {
    let of = |name: &str| {
        format!(
            "#[pyfunction]\nfn f(a: Bound<'_, PyAny>, b: Other) -> PyResult<()> {{ a.{name}()?; b.iter()?; Ok(()) }}\n"
        )
    };
    let old = of("iter");
    let project = Project::with(&old);
    project.change("Cargo.toml", "version = \"0.29\"", "version = \"0.22\"");
    assert_eq!(raised_of(&project), of("try_iter"));
}

#[test]
fn features_that_are_gone_are_found() {
    let project = Project::with("use pyo3::prelude::*;\n");
    project.change(
        "Cargo.toml",
        "\"0.29\", features = [\"abi3-py38\"]",
        "\"0.22\", features = [\"abi3-py37\", \"gil-refs\"]",
    );
    let of =
        |version| found(&project, Some(version)).into_iter().filter(|one| one.contains("feature")).collect::<Vec<_>>();
    assert_eq!(of((0, 22)), [""; 0]);
    assert_eq!(of((0, 28)), ["Error pyo3-upgrade: the feature `gil-refs` does not exist from PyO3 0.23 on"]);
    assert_eq!(of((0, 29)).len(), 2);
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
