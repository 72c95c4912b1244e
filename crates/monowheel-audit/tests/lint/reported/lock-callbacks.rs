//# rule: lock-held-across-python error
//# report: pyo3#916 (a lock that is held during a drop), libmav-python#11
//# bad: callbacks of a list under its lock
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use pyo3::prelude::*;
type Callbacks = HashMap<u64, Py<PyAny>>;
#[pyclass(frozen)]
struct Connection { callbacks: Arc<RwLock<Callbacks>> }
impl Connection {
    fn notify(&self, py: Python<'_>, message: &str) -> PyResult<()> {
        let Ok(callbacks) = self.callbacks.read() else { return Ok(()) };
        callbacks.values().try_for_each(|callback| callback.call1(py, (message,)).map(drop))
    }
}
#[pymethods]
impl Connection {
    fn send(&self, py: Python<'_>, message: &str) -> PyResult<()> { self.notify(py, message) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Connection; }
//# good: copies of them
use std::collections::HashMap;
use std::sync::{Arc, RwLock};
use pyo3::prelude::*;
type Callbacks = HashMap<u64, Py<PyAny>>;
#[pyclass(frozen)]
struct Connection { callbacks: Arc<RwLock<Callbacks>> }
impl Connection {
    fn notify(&self, py: Python<'_>, message: &str) -> PyResult<()> {
        let callbacks: Vec<Py<PyAny>> = match self.callbacks.read() {
            Ok(callbacks) => callbacks.values().map(|callback| callback.clone_ref(py)).collect(),
            Err(_) => return Ok(()),
        };
        callbacks.iter().try_for_each(|callback| callback.call1(py, (message,)).map(drop))
    }
}
#[pymethods]
impl Connection {
    fn send(&self, py: Python<'_>, message: &str) -> PyResult<()> { self.notify(py, message) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Connection; }
