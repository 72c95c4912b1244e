//# rule: block-on-while-attached warning
//# report: earth-mover/icechunk#563
//# dependency: pyo3 = { version = "0.28" }
//# dependency: tokio = { version = "1", features = ["full"] }
//# bad: attached thread blocks on a tokio RwLock that another thread holds
use pyo3::prelude::*;

use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::RwLock;

#[pyclass(frozen)]
struct Store {
    runtime: Arc<Runtime>,
    inner: Arc<RwLock<Vec<u8>>>,
}

#[pymethods]
impl Store {
    fn __repr__(&self) -> &'static str {
        "Store()"
    }

    fn size(&self) -> usize {
        self.runtime.block_on(async { self.inner.read().await.len() })
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Store>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use std::sync::Arc;
use tokio::runtime::Runtime;
use tokio::sync::RwLock;

#[pyclass(frozen)]
struct Store {
    runtime: Arc<Runtime>,
    inner: Arc<RwLock<Vec<u8>>>,
}

#[pymethods]
impl Store {
    fn __repr__(&self) -> &'static str {
        "Store()"
    }

    fn size(&self, py: Python<'_>) -> usize {
        py.detach(|| self.runtime.block_on(async { self.inner.read().await.len() }))
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Store>()?;
    Ok(())
}
//# bad: pollster, through an imported function
use pollster::block_on;
#[pyfunction]
fn size(py: Python<'_>, store: PyRef<'_, Store>) -> usize { block_on(store.read()) }
//# bad: the handle of a runtime, in a closure that runs here
#[pymethods]
impl Store {
    fn size(&self, names: Vec<String>) -> Vec<usize> {
        names.iter().map(|name| Handle::current().block_on(self.one(name))).collect()
    }
}
//# good: a closure for later
#[pymethods]
impl Store {
    fn size(&self) { std::thread::spawn(move || Handle::current().block_on(work())); }
}
//# bad: attached again inside
#[pyfunction]
fn size(py: Python<'_>) -> usize { py.detach(|| Python::attach(|py| runtime().block_on(work()))) }
//# good: attached inside, and detached again
#[pyfunction]
fn size(py: Python<'_>) -> usize { Python::attach(|py| py.detach(|| runtime().block_on(work()))) }
//# bad: in a match on cfg
#[pyfunction]
fn size() -> usize {
    #[cfg(unix)]
    { runtime().block_on(work()) }
    #[cfg(not(unix))]
    { 0 }
}
