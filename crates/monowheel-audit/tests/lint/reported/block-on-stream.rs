//# rule: block-on-while-attached warning
//# report: opsqueue#6
//# bad: an iterator over a stream
use std::sync::Arc;
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
#[pyclass]
struct Items { stream: Arc<Mutex<Vec<String>>>, runtime: Arc<Runtime> }
#[pymethods]
impl Items {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> { slf }
    fn __next__(&self) -> PyResult<Option<String>> {
        let me = self;
        let stream = me.stream.clone();
        let item = me.runtime.block_on(async { let mut stream = stream.lock().await; stream.pop() });
        Ok(item)
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Items; }
//# good: detached
use std::sync::Arc;
use pyo3::prelude::*;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
#[pyclass]
struct Items { stream: Arc<Mutex<Vec<String>>>, runtime: Arc<Runtime> }
#[pymethods]
impl Items {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> { slf }
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<String>> {
        let stream = self.stream.clone();
        let runtime = self.runtime.clone();
        Ok(py.detach(|| runtime.block_on(async { let mut stream = stream.lock().await; stream.pop() })))
    }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Items; }
