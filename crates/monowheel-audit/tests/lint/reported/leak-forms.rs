//# rule: missing-traverse warning
//# report: pyo3#5663
//# dependency: pyo3 = "0.28"
//# bad: leak boxed closure
use pyo3::prelude::*;
type Handler = Box<dyn Fn(u64) + Send + Sync>;
#[pyclass]
struct Bus { handlers: Vec<Py<PyAny>>, count: u64 }
#[pymethods]
impl Bus {
    #[new]
    fn new() -> Self { Self { handlers: vec![], count: 0 } }
    fn __repr__(&self) -> &str { "Bus" }
    fn on(&mut self, handler: Py<PyAny>) { self.handlers.push(handler); self.count += 1; }
    fn emit(&self, py: Python<'_>) -> PyResult<()> { for one in &self.handlers { one.call0(py)?; } Ok(()) }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Bus>()?;
    Ok(())
}

//# good: leak boxed closure
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
#[pyclass]
struct Bus { handlers: Vec<Py<PyAny>>, count: u64 }
#[pymethods]
impl Bus {
    #[new]
    fn new() -> Self { Self { handlers: vec![], count: 0 } }
    fn __repr__(&self) -> &str { "Bus" }
    fn on(&mut self, handler: Py<PyAny>) { self.handlers.push(handler); self.count += 1; }
    fn emit(&self, py: Python<'_>) -> PyResult<()> { for one in &self.handlers { one.call0(py)?; } Ok(()) }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { for one in &self.handlers { visit.call(one)?; } Ok(()) }
    fn __clear__(&mut self) { self.handlers.clear(); }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Bus>()?;
    Ok(())
}

//# bad: leak generic wrapper
use pyo3::prelude::*;
struct Slot<T> { value: Option<T> }
#[pyclass]
struct Holder { slot: Slot<Py<PyAny>> }
#[pymethods]
impl Holder {
    #[new]
    fn new() -> Self { Self { slot: Slot { value: None } } }
    fn __repr__(&self) -> &str { "Holder" }
    fn put(&mut self, value: Py<PyAny>) { self.slot.value = Some(value); }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Holder>()?;
    Ok(())
}

//# good: leak generic wrapper
use pyo3::prelude::*;
use pyo3::{PyVisit, PyTraverseError};
struct Slot<T> { value: Option<T> }
#[pyclass]
struct Holder { slot: Slot<Py<PyAny>> }
#[pymethods]
impl Holder {
    #[new]
    fn new() -> Self { Self { slot: Slot { value: None } } }
    fn __repr__(&self) -> &str { "Holder" }
    fn put(&mut self, value: Py<PyAny>) { self.slot.value = Some(value); }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> { visit.call(&self.slot.value) }
    fn __clear__(&mut self) { self.slot.value = None; }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Holder>()?;
    Ok(())
}
