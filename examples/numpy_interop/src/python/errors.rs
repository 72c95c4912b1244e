//! The Python exceptions for the core's errors.

use pyo3::exceptions::PyValueError;
use pyo3::PyErr;

use crate::Error;

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        PyValueError::new_err(error.to_string())
    }
}
