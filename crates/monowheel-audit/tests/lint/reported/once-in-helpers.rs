//# rule: once-cell-attaches warning
//# report: pyo3#975
//# dependency: pyo3 = "0.28"
//# dependency: lazy_static = "1"
//# bad: once lazy fn attach
use pyo3::prelude::*;
use std::sync::{LazyLock, OnceLock, Once};
static JSON: LazyLock<Py<PyModule>> = LazyLock::new(load);
fn load() -> Py<PyModule> { Python::attach(|py| py.import("json").map(Bound::unbind)).expect("json") }
#[pyfunction]
fn json(py: Python<'_>) -> Py<PyModule> { JSON.clone_ref(py) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(json, m)?)?;
    Ok(())
}

//# good: once lazy fn attach
use pyo3::prelude::*;
use std::sync::{LazyLock, OnceLock, Once};
use pyo3::sync::PyOnceLock;
static JSON: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
#[pyfunction]
fn json(py: Python<'_>) -> PyResult<Py<PyModule>> { Ok(JSON.get_or_try_init(py, || py.import("json").map(Bound::unbind))?.clone_ref(py)) }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(json, m)?)?;
    Ok(())
}

//# bad: once call once
use pyo3::prelude::*;
use std::sync::{LazyLock, OnceLock, Once};
static START: Once = Once::new();
#[pyfunction]
fn init(py: Python<'_>) { START.call_once(|| { let _ = py.run(c"import logging", None, None); }); }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(init, m)?)?;
    Ok(())
}

//# good: once call once
use pyo3::prelude::*;
use std::sync::{LazyLock, OnceLock, Once};
use pyo3::sync::OnceExt;
static START: Once = Once::new();
#[pyfunction]
fn init(py: Python<'_>) { START.call_once_py_attached(py, || { let _ = py.run(c"import logging", None, None); }); }

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(init, m)?)?;
    Ok(())
}

//# bad: once oncelock import field
use pyo3::prelude::*;
use std::sync::{LazyLock, OnceLock, Once};
#[pyclass(frozen)]
struct Loader { module: OnceLock<Py<PyModule>> }
#[pymethods]
impl Loader {
    #[new]
    fn new() -> Self { Self { module: OnceLock::new() } }
    fn __repr__(&self) -> &str { "Loader" }
    fn load(&self, py: Python<'_>) -> Py<PyModule> {
        self.module.get_or_init(|| py.import("json").unwrap().unbind()).clone_ref(py)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Loader>()?;
    Ok(())
}

//# good: once oncelock import field
use pyo3::prelude::*;
use std::sync::{LazyLock, OnceLock, Once};
use pyo3::sync::OnceLockExt;
#[pyclass(frozen)]
struct Loader { module: OnceLock<Py<PyModule>> }
#[pymethods]
impl Loader {
    #[new]
    fn new() -> Self { Self { module: OnceLock::new() } }
    fn __repr__(&self) -> &str { "Loader" }
    fn load(&self, py: Python<'_>) -> Py<PyModule> {
        self.module.get_or_init_py_attached(py, || py.import("json").unwrap().unbind()).clone_ref(py)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Loader>()?;
    Ok(())
}

//# bad: once tokio oncecell macro
use pyo3::prelude::*;
lazy_static::lazy_static! {
    static ref NAME: String = Python::attach(|py| py.import("sys").unwrap().getattr("executable").unwrap().to_string());
}
#[pyfunction]
fn name() -> String { NAME.clone() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(name, m)?)?;
    Ok(())
}

//# good: once tokio oncecell macro
use pyo3::prelude::*;
static NAME: pyo3::sync::PyOnceLock<String> = pyo3::sync::PyOnceLock::new();
#[pyfunction]
fn name(py: Python<'_>) -> String { NAME.get_or_init(py, || "x".to_owned()).clone() }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(name, m)?)?;
    Ok(())
}
