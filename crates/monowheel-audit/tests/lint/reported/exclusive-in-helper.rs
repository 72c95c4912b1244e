//# rule: exclusive-self-across-python note
//# dependency: pyo3 = "0.28"
//# bad: exclusive callback getattr
use pyo3::prelude::*;
#[pyclass]
struct Machine { state: u64, hook: Py<PyAny> }
#[pymethods]
impl Machine {
    fn __repr__(&self) -> &str { "M" }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.hook) }
    fn __clear__(&mut self) {}
    fn step(&mut self, py: Python<'_>) -> PyResult<()> { self.state += 1; self.notify(py) }
}
impl Machine { fn notify(&self, py: Python<'_>) -> PyResult<()> { self.hook.call1(py, (self.state,)).map(drop) } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Machine>()?;
    Ok(())
}

//# good: exclusive callback getattr
use pyo3::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};
#[pyclass(frozen)]
struct Machine { state: AtomicU64, hook: Py<PyAny> }
#[pymethods]
impl Machine {
    fn __repr__(&self) -> &str { "M" }
    fn __traverse__(&self, visit: pyo3::PyVisit<'_>) -> Result<(), pyo3::PyTraverseError> { visit.call(&self.hook) }
    fn step(&self, py: Python<'_>) -> PyResult<()> { self.state.fetch_add(1, Ordering::Relaxed); self.notify(py) }
}
impl Machine { fn notify(&self, py: Python<'_>) -> PyResult<()> { self.hook.call1(py, (self.state.load(Ordering::Relaxed),)).map(drop) } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Machine>()?;
    Ok(())
}
