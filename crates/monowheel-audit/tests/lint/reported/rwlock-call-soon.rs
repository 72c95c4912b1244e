//# rule: lock-held-across-python error
//# report: emmett-framework/granian#802
//# dependency: pyo3 = { version = "0.28" }
//# bad: RwLock held across call_soon_threadsafe
use pyo3::prelude::*;

use std::sync::RwLock;

#[pyclass(frozen)]
struct Awaitable {
    callbacks: RwLock<Vec<Py<PyAny>>>,
    event_loop: Py<PyAny>,
}

#[pymethods]
impl Awaitable {
    fn __repr__(&self) -> &'static str {
        "Awaitable()"
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.event_loop)
    }

    fn set_result(&self, py: Python<'_>) -> PyResult<()> {
        let callbacks = self.callbacks.read().unwrap();
        for callback in callbacks.iter() {
            self.event_loop.call_method1(py, "call_soon_threadsafe", (callback,))?;
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Awaitable>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use std::sync::RwLock;

#[pyclass(frozen)]
struct Awaitable {
    callbacks: RwLock<Vec<Py<PyAny>>>,
    event_loop: Py<PyAny>,
}

#[pymethods]
impl Awaitable {
    fn __repr__(&self) -> &'static str {
        "Awaitable()"
    }

    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> {
        visit.call(&self.event_loop)
    }

    fn set_result(&self, py: Python<'_>) -> PyResult<()> {
        let callbacks: Vec<_> = self.callbacks.read().unwrap().iter().map(|one| one.clone_ref(py)).collect();
        for callback in callbacks {
            self.event_loop.call_method1(py, "call_soon_threadsafe", (callback,))?;
        }
        Ok(())
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Awaitable>()?;
    Ok(())
}
