//! The extension module `numpy_interop._numpy_interop`: names and types, no logic.
//!
//! While Rust works it is detached, like NumPy's own functions. rust-numpy refuses conflicting borrows of one array;
//! the caller has to ensure that no *Python* thread writes to it at the same time, as with NumPy.

mod arrays;
mod errors;

use pyo3::prelude::*;

/// The compiled part of `numpy_interop`.
// It has no state, so it does not need the GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _numpy_interop {
    use numpy::{IntoPyArray, PyArray1, PyArrayMethods, PyUntypedArrayMethods};

    use super::arrays::{matrix, vector};
    use super::*;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// The mean of each window of `width` adjacent values, as a new array; `values` is read in place.
    #[pyfunction]
    #[pyo3(signature = (values, width))]
    fn moving_average<'py>(values: &Bound<'py, PyAny>, width: usize) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let py = values.py();
        let array = vector(values, "values")?;
        let borrowed = array.try_readonly()?;
        let slice = borrowed.as_slice()?;
        let means = py.detach(|| crate::moving_average(slice, width))?;
        // The array takes over the vector's memory; nothing is copied.
        Ok(means.into_pyarray(py))
    }

    /// The mean of each row of a two-dimensional array, in any memory order.
    #[pyfunction]
    #[pyo3(signature = (values))]
    fn row_means<'py>(values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let py = values.py();
        let borrowed = matrix(values, "values")?.try_readonly()?;
        let view = borrowed.as_array();
        let rows = view.rows();
        let means =
            py.detach(|| crate::row_means(rows.into_iter().map(|row| row.into_iter().copied()), view.ncols()))?;
        Ok(means.into_pyarray(py))
    }

    /// Clips every value to the limits, in place.
    #[pyfunction]
    #[pyo3(signature = (values, low, high))]
    fn clip(values: &Bound<'_, PyAny>, low: f64, high: f64) -> PyResult<()> {
        let mut borrowed = vector(values, "values")?.try_readwrite()?;
        let slice = borrowed.as_slice_mut()?;
        Ok(values.py().detach(|| crate::clip(slice, low, high))?)
    }

    /// The address of an array's first value in Rust, to compare with `values.ctypes.data`.
    #[pyfunction]
    #[pyo3(signature = (values))]
    fn address(values: &Bound<'_, PyAny>) -> PyResult<usize> {
        let borrowed = vector(values, "values")?.try_readonly()?;
        Ok(borrowed.as_slice()?.as_ptr() as usize)
    }

    /// An array of the numbers up to `length`, and the address where Rust created them.
    #[pyfunction]
    #[pyo3(signature = (length))]
    fn made_in_rust(py: Python<'_>, length: u32) -> (usize, Bound<'_, PyArray1<f64>>) {
        let values: Vec<f64> = (0..length).map(f64::from).collect();
        let address = values.as_ptr() as usize;
        let array = values.into_pyarray(py);
        debug_assert!(array.is_contiguous());
        (address, array)
    }
}
