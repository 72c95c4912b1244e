//# rule: never-registered warning
//# report: anise 0.10.6, quaternion.rs:143
//# dependency: pyo3 = { version = "0.28" }
//# bad: a class that is registered under the name of a type alias
use pyo3::prelude::*;

#[pyclass(frozen, name = "Quaternion")]
pub struct EulerParameter {
    w: f64,
}

#[pymethods]
impl EulerParameter {
    #[new]
    fn new(w: f64) -> Self {
        Self { w }
    }

    fn __repr__(&self) -> String {
        format!("Quaternion({})", self.w)
    }
}

pub type Quaternion = EulerParameter;

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("version", 1)
}
//# good
use pyo3::prelude::*;

#[pyclass(frozen, name = "Quaternion")]
pub struct EulerParameter {
    w: f64,
}

#[pymethods]
impl EulerParameter {
    #[new]
    fn new(w: f64) -> Self {
        Self { w }
    }

    fn __repr__(&self) -> String {
        format!("Quaternion({})", self.w)
    }
}

pub type Quaternion = EulerParameter;

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Quaternion>()
}
