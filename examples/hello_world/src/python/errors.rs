//! The exception for each error of the core. This is the only place that maps them; everywhere else uses `?`.

use pyo3::exceptions::{PyOverflowError, PyValueError};
use pyo3::PyErr;

use crate::Error;

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        // No `_` arm: a new error does not compile until somebody chooses its exception.
        match error {
            Error::Overflow => PyOverflowError::new_err(text),
            Error::EmptyName | Error::LongName(_) | Error::Word(_) => PyValueError::new_err(text),
        }
    }
}
