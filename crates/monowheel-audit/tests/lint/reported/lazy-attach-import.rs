//# rule: once-cell-attaches warning
//# report: j03-dev/oxapy#85
//# dependency: pyo3 = { version = "0.28" }
//# dependency: once_cell = "1"
//# bad: once_cell Lazy whose initialiser attaches and imports
use pyo3::prelude::*;

use once_cell::sync::Lazy;

static ORJSON: Lazy<Py<PyModule>> =
    Lazy::new(|| Python::attach(|py| PyModule::import(py, "orjson").expect("orjson").unbind()));

#[pyfunction]
fn dumps(py: Python<'_>, value: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    ORJSON.call_method1(py, "dumps", (value,))
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(dumps, m)?)?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use pyo3::sync::PyOnceLock;

static ORJSON: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

#[pyfunction]
fn dumps(py: Python<'_>, value: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    let orjson = ORJSON.get_or_try_init(py, || PyModule::import(py, "orjson").map(Bound::unbind))?;
    orjson.call_method1(py, "dumps", (value,))
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(dumps, m)?)?;
    Ok(())
}
//# bad: LazyLock of std
static JSON: std::sync::LazyLock<Py<PyModule>> = std::sync::LazyLock::new(|| Python::attach(|py| py.import("json").unwrap().unbind()));
//# bad: through a helper
static JSON: LazyLock<Py<PyModule>> = LazyLock::new(load);
fn load() -> Py<PyModule> { Python::attach(|py| py.import("json").unwrap().unbind()) }
//# bad: lazy_static
lazy_static::lazy_static! {
    static ref JSON: Py<PyModule> = Python::with_gil(|py| py.import("json").unwrap().unbind());
}
//# good: a table that needs no interpreter
static TABLE: LazyLock<Vec<u8>> = LazyLock::new(|| (0..255).collect());
#[pyfunction]
fn size() -> usize { TABLE.len() }
//# good: PyOnceLock
static JSON: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
#[pyfunction]
fn json(py: Python<'_>) -> Py<PyModule> { JSON.get_or_init(py, || py.import("json").unwrap().unbind()).clone_ref(py) }
