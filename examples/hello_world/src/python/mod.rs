//! The extension module `hello_world._hello_world`: names and types, no logic.

use pyo3::prelude::*;

mod errors;
mod types;

/// The compiled half of `hello_world`.
// It keeps no state, so it needs no GIL on a free-threaded Python.
#[pymodule(gil_used = false)]
mod _hello_world {
    use super::*;

    #[pymodule_export]
    use super::types::PyGreeter;

    #[pymodule_export]
    #[allow(non_upper_case_globals, reason = "the name Python knows")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    /// A greeting for `name`. Raises ValueError for an empty name or one over 100 characters.
    #[pyfunction]
    fn greet(name: &str) -> PyResult<String> {
        Ok(crate::greet(name)?)
    }

    /// `a + b` in 64 bits. Raises OverflowError where it does not fit.
    #[pyfunction]
    fn add(a: i64, b: i64) -> PyResult<i64> {
        Ok(crate::add(a, b)?)
    }

    /// The sum of the squares of `values`, with the interpreter released while it is computed.
    #[pyfunction]
    fn sum_of_squares(py: Python<'_>, values: Vec<f64>) -> f64 {
        py.detach(|| crate::sum_of_squares(&values))
    }
}
