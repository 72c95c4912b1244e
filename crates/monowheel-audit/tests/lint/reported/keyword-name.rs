//# rule: python-keyword-name warning
//# report: rigetti-pyo3#6 (a variant `None`)
//# bad: a variant of an enum
use pyo3::prelude::*;
#[pyclass(eq, eq_int)]
#[derive(PartialEq)]
enum Family { None, Full, Aspen }
#[pymodule]
mod demo { #[pymodule_export] use super::Family; }
//# bad: a method
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Filter { text: String }
#[pymethods]
impl Filter {
    fn and(&self, other: &Self) -> Self { Self { text: format!("{} and {}", self.text, other.text) } }
    fn __repr__(&self) -> String { self.text.clone() }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Filter; }
//# bad: a getter
use pyo3::prelude::*;
#[pyclass(frozen)]
struct Edge { start: u32 }
#[pymethods]
impl Edge {
    #[getter]
    fn get_from(&self) -> u32 { self.start }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Edge; }
//# bad: a field
use pyo3::prelude::*;
#[pyclass(get_all, frozen)]
struct Edge { from: u32, to: u32 }
#[pymodule]
mod demo { #[pymodule_export] use super::Edge; }
//# bad: a function
use pyo3::prelude::*;
#[pyfunction]
#[pyo3(name = "import")]
fn import_file(path: String) -> usize { path.len() }
#[pymodule]
mod demo { #[pymodule_export] use super::import_file; }
//# good: other names in Python
use pyo3::prelude::*;
#[pyclass(eq, eq_int)]
#[derive(PartialEq)]
enum Family { #[pyo3(name = "NONE")] None, Full, Aspen }
#[pyclass(frozen)]
struct Filter { text: String }
#[pymethods]
impl Filter {
    #[pyo3(name = "and_")]
    fn and(&self, other: &Self) -> Self { Self { text: format!("{} and {}", self.text, other.text) } }
    #[getter(from_)]
    fn from(&self) -> usize { self.text.len() }
    fn r#match(&self) -> bool { true }
    fn r#type(&self) -> bool { true }
}
#[pyclass]
struct Edge { #[pyo3(get, name = "from_")] from: u32, is: u32 }
#[pymodule]
mod demo { #[pymodule_export] use super::{Edge, Family, Filter}; }
//# good: renamed variants, and what only Rust sees
use pyo3::prelude::*;
#[pyclass(eq, eq_int, rename_all = "SCREAMING_SNAKE_CASE")]
#[derive(PartialEq)]
enum Family { None, Full }
enum Inner { None, Some }
impl Family {
    fn not(&self) -> bool { matches!(self, Self::None) }
}
#[pymodule]
mod demo { #[pymodule_export] use super::Family; }
