//! Numbers. PyO3 checks range and type when it extracts an argument; the rest is what a type cannot express.

use pyo3::prelude::*;
use pyo3::types::PyInt;

use crate::{number, Error};

/// `value`, which has to fit 8 bits. Raises OverflowError if it does not, TypeError for a float.
// True is an int in Python, and comes in as 1.
#[pyfunction]
pub(super) fn byte(value: u8) -> u8 {
    value
}

/// `value` with 32 bits. Raises OverflowError for a finite number that would become infinite.
// An argument of type f32 would not: PyO3 extracts it as f64 and casts.
#[pyfunction]
pub(super) fn single(value: f64) -> Result<f32, Error> {
    number::single(value)
}

/// An integer of any size: an `i64` if it fits, otherwise a Python integer.
// The variants are tried in order; a value that is not an integer matches neither.
#[derive(FromPyObject)]
pub(super) enum Int<'py> {
    Small(i64),
    Big(Bound<'py, PyInt>),
}

/// The sum of integers of any size.
#[pyfunction]
pub(super) fn total<'py>(py: Python<'py>, values: Vec<Int<'py>>) -> PyResult<Bound<'py, PyAny>> {
    let small = number::sum(values.iter().filter_map(|value| match value {
        Int::Small(value) => Some(*value),
        Int::Big(_) => None,
    }));
    let mut total = small.into_pyobject(py)?.into_any();
    for value in values {
        if let Int::Big(value) = value {
            // Rust has no type for this; Python's own addition handles it.
            total = total.add(value)?;
        }
    }
    Ok(total)
}

/// The smallest of `values`; None if there are none; NaN if one of them is NaN.
#[pyfunction]
pub(super) fn minimum(values: Vec<f64>) -> Option<f64> {
    number::minimum(&values)
}

/// The length of a vector of three numbers. Raises ValueError for more or fewer.
#[pyfunction]
pub(super) fn length(vector: [f64; 3]) -> f64 {
    number::length(vector)
}
