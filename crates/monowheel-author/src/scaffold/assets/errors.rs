//! Converts errors to exceptions. An `impl From<crate::Error> for PyErr` here lets `?` do it everywhere.

use pyo3::exceptions::PyValueError;
use pyo3::PyErr;

/// ValueError with the message of an error.
pub(super) fn value_error(error: impl std::error::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}
