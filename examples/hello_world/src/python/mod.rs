//! The extension module `hello_world._hello_world`: names and types, no logic.

use pyo3::prelude::*;

mod errors;
mod types;

/// The compiled part of `hello_world`.
// It has no state, so it does not need the GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _hello_world {
    use super::*;

    #[pymodule_export]
    use super::types::PyGreeter;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "Python's name for it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// A greeting for `name`. Raises ValueError for an empty name or one over 100 characters.
    #[pyfunction]
    fn greet(name: &str) -> PyResult<String> {
        Ok(crate::greet(name)?)
    }

    /// `a + b` in 64 bits. Raises OverflowError if it does not fit.
    #[pyfunction]
    fn add(a: i64, b: i64) -> PyResult<i64> {
        Ok(crate::add(a, b)?)
    }

    /// The sum of the squares of `values`, computed while detached from the interpreter.
    #[pyfunction]
    fn sum_of_squares(py: Python<'_>, values: Vec<f64>) -> f64 {
        py.detach(|| crate::sum_of_squares(&values))
    }
}
