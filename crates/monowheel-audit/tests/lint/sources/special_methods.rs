use std::sync::Mutex;

use pyo3::exceptions::{PyAttributeError, PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};

#[pyclass(module = "demo._demo")]
struct Session {
    value: Option<Py<PyAny>>,
    callback: Option<Py<PyAny>>,
}

#[pymethods]
impl Session {
    #[new]
    fn new(value: Py<PyAny>) -> Self {
        Self { value: Some(value), callback: None }
    }

    fn connect(&mut self, callback: Py<PyAny>) {
        self.callback = Some(callback);
    }

    fn __repr__(&self) -> &str {
        "Session"
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { //~ traverse-incomplete
        visit.call(&self.value)
    }

    fn __enter__(&self) -> Self { //~ protocol-signature
        todo_elsewhere()
    }

    fn __exit__(&mut self) {} //~ protocol-signature

    fn __del__(&mut self) {} //~ method-never-called

    fn __getattr__(&self, name: &str) -> PyResult<u64> { //~ protocol-signature
        Err(PyKeyError::new_err(name.to_owned()))
    }

    fn __setstate__(&mut self, state: u64) {} //~ pickle-without-arguments
}

#[pyclass(frozen, module = "demo._demo")]
struct Hub {
    held: Mutex<Option<Py<PyAny>>>,
}

#[pymethods]
impl Hub {
    #[new]
    fn new() -> Self {
        Self { held: Mutex::new(None) }
    }

    fn put(&self, held: Py<PyAny>) {
        *self.held.lock().unwrap() = Some(held);
    }

    fn __repr__(&self) -> &str {
        "Hub"
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&*self.held.lock().unwrap()) //~ traverse-waits
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __exit__(&self, kind: &Bound<'_, PyAny>, error: &Bound<'_, PyAny>, trace: &Bound<'_, PyAny>) {}

    fn __getattr__(&self, name: &str) -> PyResult<u64> {
        Err(PyAttributeError::new_err(name.to_owned()))
    }

    fn __len__(&self) -> usize {
        1
    }

    fn __getitem__(&self, at: usize) -> PyResult<u64> { //~ unsigned-index
        Err(PyIndexError::new_err("at"))
    }

    fn __getnewargs__(&self) -> () {}
}

#[pymodule]
fn _demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Session>()?;
    m.add_class::<Hub>()
}
