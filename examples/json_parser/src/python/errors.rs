//! The exception. Its class is written in Python: deriving a pyclass from ValueError behind the stable ABI needs an
//! interpreter of 3.12 or later, and attributes need a constructor.

use pyo3::PyErr;

use crate::Error;

pyo3::import_exception!(json_parser.errors, JSONError);

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        JSONError::new_err((error.reason.to_string(), error.position, error.line, error.column))
    }
}
