//! The exception. Its class is written in Python: to derive a pyclass from ValueError needs an interpreter of 3.12 or
//! later behind the stable ABI, and attributes need a constructor.

use pyo3::PyErr;

use crate::Error;

pyo3::import_exception!(json_parser.errors, JSONError);

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        JSONError::new_err((error.reason.to_string(), error.position, error.line, error.column))
    }
}
