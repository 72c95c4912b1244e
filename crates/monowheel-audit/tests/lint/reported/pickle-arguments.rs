//# rule: pickle-without-arguments warning
//# report: pyo3#100
//# dependency: pyo3 = "0.28"
//# bad: pickle setstate new args
use pyo3::prelude::*;
#[pyclass(module = "demo")]
struct Point { x: f64, y: f64 }
#[pymethods]
impl Point {
    #[new]
    fn new(x: f64, y: f64) -> Self { Self { x, y } }
    fn __repr__(&self) -> &str { "P" }
    fn __getstate__(&self) -> (f64, f64) { (self.x, self.y) }
    fn __setstate__(&mut self, state: (f64, f64)) { self.x = state.0; self.y = state.1; }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Point>()?;
    Ok(())
}

//# good: pickle setstate new args
use pyo3::prelude::*;
#[pyclass(module = "demo")]
struct Point { x: f64, y: f64 }
#[pymethods]
impl Point {
    #[new]
    fn new(x: f64, y: f64) -> Self { Self { x, y } }
    fn __repr__(&self) -> &str { "P" }
    fn __getnewargs__(&self) -> (f64, f64) { (self.x, self.y) }
}
#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Point>()?;
    Ok(())
}
