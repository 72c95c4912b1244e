//# rule: lock-held-across-python error
//# report: dashmap#233
//# dependency: pyo3 = "0.28"
//# dependency: dashmap = "6"
//# bad: dashmap for iter
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    for entry in CALLBACKS.iter() { if *entry.key() == name { entry.value().call0(py)?; } }
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}

//# good: dashmap for iter
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    let found = CALLBACKS.iter().find(|entry| *entry.key() == name).map(|entry| entry.value().clone_ref(py));
    if let Some(found) = found { found.call0(py)?; }
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}

//# bad: dashmap if let
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    if let Some(entry) = CALLBACKS.get(&name) { entry.call0(py)?; }
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}

//# good: dashmap if let
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    let found = CALLBACKS.get(&name).map(|entry| entry.clone_ref(py));
    if let Some(found) = found { found.call0(py)?; }
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}

//# bad: dashmap entry or insert
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    CALLBACKS.entry(name).or_try_insert_with(|| py.import("builtins").map(|it| it.unbind().into_any()))?;
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}

//# good: dashmap entry or insert
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    let made = py.import("builtins")?.unbind().into_any();
    CALLBACKS.entry(name).or_insert(made);
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}

//# bad: dashmap retain
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    CALLBACKS.retain(|_, one| one.call1(py, (name.clone(),)).and_then(|it| it.is_truthy(py)).unwrap_or(true));
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}

//# good: dashmap retain
use pyo3::prelude::*;
use dashmap::DashMap;
use std::sync::{Arc, LazyLock};
static CALLBACKS: LazyLock<DashMap<String, Py<PyAny>>> = LazyLock::new(DashMap::new);
#[pyfunction]
fn fire(py: Python<'_>, name: String) -> PyResult<()> {
    let all: Vec<Py<PyAny>> = CALLBACKS.iter().map(|entry| entry.value().clone_ref(py)).collect();
    for one in all { one.call0(py)?; }
    Ok(())
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(fire, m)?)?;
    Ok(())
}
