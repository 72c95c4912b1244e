//# rule: traverse-waits warning
//# report: pyo3#2301
//# dependency: pyo3 = "0.28"
//# bad: traverse attaches
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass]
struct Node { next: Py<PyAny> }
#[pymethods]
impl Node {
    fn __repr__(&self) -> &str { "Node" }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        Python::attach(|py| { if !self.next.is_none(py) { let _ = visit.call(&self.next); } });
        Ok(())
    }
    fn __clear__(&mut self) {}
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}

//# good: traverse attaches
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass]
struct Node { next: Py<PyAny> }
#[pymethods]
impl Node {
    fn __repr__(&self) -> &str { "Node" }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.next) }
    fn __clear__(&mut self) { Python::attach(|py| self.next = py.None()); }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}

//# bad: traverse locks
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass(frozen)]
struct Node { next: std::sync::Mutex<Option<Py<PyAny>>> }
#[pymethods]
impl Node {
    #[new]
    fn new() -> Self { Self { next: Default::default() } }
    fn __repr__(&self) -> &str { "Node" }
    fn link(&self, next: Py<PyAny>) { let old = self.next.lock().unwrap().replace(next); drop(old); }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&*self.next.lock().unwrap()) }
    fn __clear__(&self) { let old = self.next.lock().unwrap().take(); drop(old); }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}

//# good: traverse locks
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass(frozen)]
struct Node { next: std::sync::Mutex<Option<Py<PyAny>>> }
#[pymethods]
impl Node {
    #[new]
    fn new() -> Self { Self { next: Default::default() } }
    fn __repr__(&self) -> &str { "Node" }
    fn link(&self, next: Py<PyAny>) { let old = self.next.lock().unwrap().replace(next); drop(old); }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { match self.next.try_lock() { Ok(next) => visit.call(&*next), Err(_) => Ok(()) } }
    fn __clear__(&self) { let old = self.next.lock().unwrap().take(); drop(old); }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}
