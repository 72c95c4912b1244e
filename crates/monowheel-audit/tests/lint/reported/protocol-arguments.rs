//# rule: protocol-signature warning
//# report: pyFAI#232, jwst#290
//# bad: copy.deepcopy passes a memo
use pyo3::prelude::*;
#[pyclass(frozen)]
#[derive(Clone)]
struct Point { x: f64 }
#[pymethods]
impl Point {
    fn __deepcopy__(&self) -> Self { self.clone() }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Point; }
//# bad: format() passes the part after the colon
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Point { x: f64 }
#[pymethods]
impl Point {
    fn __format__(&self) -> String { self.x.to_string() }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Point; }
//# good: with them
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
#[pyclass(frozen)]
#[derive(Clone)]
struct Point { x: f64 }
#[pymethods]
impl Point {
    fn __copy__(&self) -> Self { self.clone() }
    fn __deepcopy__(&self, _memo: &Bound<'_, PyDict>) -> Self { self.clone() }
    fn __format__(&self, spec: &str) -> String { format!("{spec}{}", self.x) }
}
#[pyclass(frozen)]
#[derive(Clone)]
struct Other { x: f64 }
#[pymethods]
impl Other {
    #[pyo3(signature = (*_args))]
    fn __deepcopy__(&self, _args: &Bound<'_, PyTuple>) -> Self { self.clone() }
}
#[pymodule]
mod demo { #[pymodule_export] use super::{Other, Point}; }
