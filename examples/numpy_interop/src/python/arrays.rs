//! Converts arguments to the arrays that Rust works on, or reports what is wrong and how to fix it.
//!
//! A plain `PyReadonlyArray1<f64>` as argument type refuses the same arrays with less helpful errors. Nothing is
//! converted here: a conversion is a copy, and should be visible in the caller's code.

use numpy::{dtype, PyArray1, PyArray2, PyArrayDescrMethods, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

/// A contiguous one-dimensional array of float64.
pub(crate) fn vector<'a, 'py>(value: &'a Bound<'py, PyAny>, name: &str) -> PyResult<&'a Bound<'py, PyArray1<f64>>> {
    let array = floats(value, name, 1)?;
    if !array.is_c_contiguous() {
        return Err(PyValueError::new_err(format!(
            "{name} is not contiguous: numpy.ascontiguousarray({name}) makes a contiguous copy"
        )));
    }
    Ok(value.cast::<PyArray1<f64>>()?)
}

/// A two-dimensional array of float64; its rows may be anywhere in memory.
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
