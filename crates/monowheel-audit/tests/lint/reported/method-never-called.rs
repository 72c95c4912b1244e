//# rule: method-never-called warning
//# report: pyo3#2479
//# dependency: pyo3 = "0.28"
//# bad: del never called
use pyo3::prelude::*;
#[pyclass]
struct Handle { open: bool }
#[pymethods]
impl Handle {
    #[new] fn new() -> Self { Self { open: true } }
    fn __repr__(&self) -> &str { "H" }
    fn __del__(&mut self) { self.open = false; }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Handle>()?;
    Ok(())
}

//# good: del never called
use pyo3::prelude::*;
#[pyclass]
struct Handle { open: bool }
#[pymethods]
impl Handle {
    #[new] fn new() -> Self { Self { open: true } }
    fn __repr__(&self) -> &str { "H" }
    fn close(&mut self) { self.open = false; }
}
impl Drop for Handle { fn drop(&mut self) { self.open = false; } }
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Handle>()?;
    Ok(())
}
