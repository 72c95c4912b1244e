//# rule: exclusive-self-and-other warning
//# report: pyo3#795
//# bad: an operator
use pyo3::prelude::*;
#[pyclass]
struct Vector { x: f64 }
#[pymethods]
impl Vector {
    fn __iadd__(&mut self, other: &Self) { self.x += other.x; }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Vector; }
//# bad: with references of PyO3
use pyo3::prelude::*;
#[pyclass]
struct Vector { x: f64 }
#[pymethods]
impl Vector {
    fn __isub__(mut slf: PyRefMut<'_, Self>, other: PyRef<'_, Self>) { slf.x -= other.x; }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Vector; }
//# good: a copy of the other one
use pyo3::prelude::*;
#[pyclass(from_py_object)]
#[derive(Clone)]
struct Vector { x: f64 }
#[pymethods]
impl Vector {
    fn __iadd__(slf: &Bound<'_, Self>, other: &Bound<'_, Self>) {
        let x = other.borrow().x;
        slf.borrow_mut().x += x;
    }
    fn __imul__(&mut self, factor: f64) { self.x *= factor; }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Vector; }
