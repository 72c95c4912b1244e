//# rule: name-defined-twice warning
//# report: pyo3#6000, pyo3#5974
//# bad: a field and its getter
use pyo3::prelude::*;
#[pyclass]
struct Object { #[pyo3(get)] x: u32 }
#[pymethods]
impl Object {
    #[getter]
    fn x(&self) -> u32 { self.x + 1 }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Object; }
//# bad: a getter and a method
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Object { x: u32 }
#[pymethods]
impl Object {
    #[getter]
    fn get_size(&self) -> u32 { self.x }
    fn size(&self) -> u32 { self.x }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Object; }
//# bad: a field and a method
use pyo3::prelude::*;
#[pyclass]
struct Object { #[pyo3(get, name = "size")] x: u32 }
#[pymethods]
impl Object {
    fn size(&self) -> u32 { self.x }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Object; }
//# good: each once
use pyo3::prelude::*;
#[pyclass]
struct Object { #[pyo3(get)] x: u32, y: u32 }
#[pymethods]
impl Object {
    #[getter]
    fn y(&self) -> u32 { self.y }
    #[setter]
    fn set_y(&mut self, y: u32) { self.y = y; }
    #[setter]
    fn set_x(&mut self, x: u32) { self.x = x; }
    fn z(&self) -> u32 { self.y }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Object; }
//# good: a getter instead of one of all, and under conditions
use pyo3::prelude::*;
#[pyclass(get_all)]
struct Object { x: u32 }
#[pymethods]
impl Object {
    #[getter]
    fn x(&self) -> u32 { self.x + 1 }
    #[cfg(unix)]
    fn size(&self) -> u32 { self.x }
    #[cfg(not(unix))]
    #[getter]
    fn size(&self) -> u32 { 0 }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Object; }
