//! The exception for each error.

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::PyErr;

use crate::Error;

/// The standard library's own: users of `queue.Queue` already catch them.
mod standard {
    pyo3::import_exception!(queue, Empty);
    pyo3::import_exception!(queue, Full);
}

create_exception!(ffi_safety, ClosedError, PyException, "The queue is closed, and has no items left.");

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Full => standard::Full::new_err(text),
            Error::Empty => standard::Empty::new_err(text),
            Error::Closed => ClosedError::new_err(text),
            Error::NoCapacity | Error::NoTime | Error::HasParent | Error::OwnAncestor => PyValueError::new_err(text),
        }
    }
}
