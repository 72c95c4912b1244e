//# rule: blocking-in-future note
//# report: rerun#10187
//# bad: a blocking lock of tokio in a future
use std::sync::Arc;
use pyo3::prelude::*;
use tokio::sync::RwLock;
#[pyclass(frozen)]
struct Store { state: Arc<RwLock<u64>> }
#[pymethods]
impl Store {
    fn get<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.clone();
        pyo3_async_runtimes::tokio::future_into_py(py, async move { Ok(*state.blocking_read()) })
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Store; }
//# good: awaited
use std::sync::Arc;
use pyo3::prelude::*;
use tokio::sync::RwLock;
#[pyclass(frozen)]
struct Store { state: Arc<RwLock<u64>> }
#[pymethods]
impl Store {
    fn get<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.clone();
        pyo3_async_runtimes::tokio::future_into_py(py, async move { Ok(*state.read().await) })
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Store; }
