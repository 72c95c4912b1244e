//# rule: traverse-incomplete note
//# report: rpds#264
//# dependency: pyo3 = "0.28"
//# bad: traverse misses a field
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass]
struct Node { value: Option<Py<PyAny>>, on_change: Option<Py<PyAny>> }
#[pymethods]
impl Node {
    #[new]
    fn new() -> Self { Self { value: None, on_change: None } }
    fn __repr__(&self) -> &str { "Node" }
    fn set(&mut self, value: Py<PyAny>) { self.value = Some(value); }
    fn connect(&mut self, callback: Py<PyAny>) { self.on_change = Some(callback); }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.value) }
    fn __clear__(&mut self) { self.value = None; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}

//# good: traverse misses a field
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass]
struct Node { value: Option<Py<PyAny>>, on_change: Option<Py<PyAny>> }
#[pymethods]
impl Node {
    #[new]
    fn new() -> Self { Self { value: None, on_change: None } }
    fn __repr__(&self) -> &str { "Node" }
    fn set(&mut self, value: Py<PyAny>) { self.value = Some(value); }
    fn connect(&mut self, callback: Py<PyAny>) { self.on_change = Some(callback); }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.value)?; visit.call(&self.on_change) }
    fn __clear__(&mut self) { self.value = None; self.on_change = None; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}

//# bad: traverse without clear
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass]
struct Node { next: Option<Py<PyAny>> }
#[pymethods]
impl Node {
    #[new]
    fn new() -> Self { Self { next: None } }
    fn __repr__(&self) -> &str { "Node" }
    fn link(&mut self, next: Py<PyAny>) { self.next = Some(next); }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.next) }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}

//# good: traverse without clear
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass]
struct Node { next: Option<Py<PyAny>> }
#[pymethods]
impl Node {
    #[new]
    fn new() -> Self { Self { next: None } }
    fn __repr__(&self) -> &str { "Node" }
    fn link(&mut self, next: Py<PyAny>) { self.next = Some(next); }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.next) }
    fn __clear__(&mut self) { self.next = None; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Node>()?;
    Ok(())
}
