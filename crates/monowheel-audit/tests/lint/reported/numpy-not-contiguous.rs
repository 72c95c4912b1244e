//# rule: panic-in-binding warning
//# report: satkit#22, tucanos#204, rust-numpy#468
//# bad: a slice of a parameter
use numpy::{PyArray1, PyArrayMethods, PyReadonlyArray1};
use pyo3::prelude::*;
#[pyfunction]
fn total(values: PyReadonlyArray1<'_, f64>) -> f64 { values.as_slice().unwrap().iter().sum() }
#[pymodule]
mod demo { #[pymodule_export] use super::total; }
//# bad: in a call
use numpy::{PyArrayMethods, PyReadonlyArray2};
use pyo3::prelude::*;
fn weight(values: &[f64]) -> f64 { values[0] }
#[pyfunction]
fn total(scale: f64, values: PyReadonlyArray2<'_, f64>) -> f64 { scale * weight(values.as_slice().expect("contiguous")) }
#[pymodule]
mod demo { #[pymodule_export] use super::total; }
//# bad: a copy of a bound one
use numpy::{PyArray3, PyArrayMethods};
use pyo3::prelude::*;
#[pyfunction]
fn size(pixels: &Bound<'_, PyArray3<u8>>) -> usize { pixels.to_vec().unwrap().len() }
#[pymodule]
mod demo { #[pymodule_export] use super::size; }
//# good: an exception, or a view
use numpy::{PyReadonlyArray1, PyReadonlyArray2};
use pyo3::prelude::*;
#[pyfunction]
fn total(values: PyReadonlyArray1<'_, f64>) -> PyResult<f64> { Ok(values.as_slice()?.iter().sum()) }
#[pyfunction]
fn sum(values: PyReadonlyArray2<'_, f64>) -> f64 { values.as_array().sum() }
#[pymodule]
mod demo { #[pymodule_export] use super::{sum, total}; }
//# good: a class of the same name, not of numpy
use pyo3::prelude::*;
#[pyclass(frozen)]
struct PyArray { values: Vec<f64> }
impl PyArray { fn as_slice(&self) -> Option<&[f64]> { Some(&self.values) } }
#[pymethods]
impl PyArray {
    fn same(&self, other: PyRef<'_, Self>) -> bool { self.values == other.values }
}
#[pyfunction]
fn total(array: &PyArray) -> PyResult<f64> { let Some(values) = array.as_slice() else { return Ok(0.0) }; Ok(values.iter().sum()) }
#[pymodule]
mod demo { #[pymodule_export] use super::{total, PyArray}; }
