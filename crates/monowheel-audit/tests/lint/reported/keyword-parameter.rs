//# rule: python-keyword-name note
//# report: qulacs#477 (a parameter `lambda`)
//# bad: a parameter
use pyo3::prelude::*;
#[pyfunction]
fn u1(index: usize, lambda: f64) -> f64 { index as f64 * lambda }
#[pymodule]
mod demo { #[pymodule_export] use super::u1; }
//# bad: in a signature
use pyo3::prelude::*;
#[pyfunction]
#[pyo3(signature = (*, from = 0))]
fn items(from: usize) -> usize { from }
#[pymodule]
mod demo { #[pymodule_export] use super::items; }
//# good: a parameter that is not one
use pyo3::prelude::*;
#[pyfunction]
fn u1(index: usize, lambda_: f64) -> f64 { index as f64 * lambda_ }
#[pymodule]
mod demo { #[pymodule_export] use super::u1; }
//# good: by position alone
use pyo3::prelude::*;
#[pyfunction]
#[pyo3(signature = (lambda, /))]
fn u1(lambda: f64) -> f64 { lambda }
#[pyclass(frozen)]
struct Filter { text: String }
#[pymethods]
impl Filter {
    fn __getitem__(&self, from: usize) -> usize { self.text.len() + from }
}
#[pymodule]
mod demo { #[pymodule_export] use super::{u1, Filter}; }
