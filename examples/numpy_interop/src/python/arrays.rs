//! What comes from Python, as the array that Rust works on: or what is wrong with it, and what to write instead.
//!
//! A plain `PyReadonlyArray1<f64>` as the type of an argument refuses the same arrays with less to go by. Nothing is
//! converted here: a conversion is a copy, and those who call should see it in their own line.

use numpy::{dtype, PyArray1, PyArray2, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// An array of float64 in one dimension, whose values lie one after the other.
pub(crate) fn vector<'a, 'py>(value: &'a Bound<'py, PyAny>, name: &str) -> PyResult<&'a Bound<'py, PyArray1<f64>>> {
    let array = floats(value, name, 1)?;
    if !array.is_c_contiguous() {
        return Err(PyValueError::new_err(format!(
            "{name} does not lie in one piece: numpy.ascontiguousarray({name}) copies it into one"
        )));
    }
    Ok(value.cast::<PyArray1<f64>>()?)
}

/// An array of float64 in two dimensions; its rows may lie anywhere.
pub(crate) fn matrix<'a, 'py>(value: &'a Bound<'py, PyAny>, name: &str) -> PyResult<&'a Bound<'py, PyArray2<f64>>> {
    floats(value, name, 2)?;
    Ok(value.cast::<PyArray2<f64>>()?)
}

fn floats<'a, 'py>(
    value: &'a Bound<'py, PyAny>,
    name: &str,
    dimensions: usize,
) -> PyResult<&'a Bound<'py, PyUntypedArray>> {
    let Ok(array) = value.cast::<PyUntypedArray>() else {
        let kind = value.get_type().name()?;
        return Err(PyTypeError::new_err(format!(
            "{name} is a {kind}, not an array: numpy.asarray({name}, \"float64\")"
        )));
    };
    if !array.dtype().is_equiv_to(&dtype::<f64>(value.py())) {
        return Err(PyTypeError::new_err(format!(
            "{name} is an array of {}, not of float64: {name}.astype(\"float64\")",
            array.dtype()
        )));
    }
    if array.ndim() != dimensions {
        return Err(PyValueError::new_err(format!("{name} has {} dimensions, not {dimensions}", array.ndim())));
    }
    Ok(array)
}
