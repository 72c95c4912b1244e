//! The exception for each error of the core: the built-in ones that Python itself raises for the same problem.

use pyo3::exceptions::{PyOverflowError, PyUnicodeDecodeError, PyValueError};
use pyo3::PyErr;

use crate::Error;

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::NotSingle(_) => PyOverflowError::new_err(text),
            Error::NotTemperature(_) | Error::NoSensor => PyValueError::new_err(text),
            Error::NotUtf8(data, error) => {
                let start = error.valid_up_to();
                // `None` if a sequence is cut off at the end.
                let end = error.error_len().map_or(data.len(), |length| start + length);
                // A tuple holds the constructor's arguments; Vec<u8> becomes bytes. None of these objects is created
                // before Python uses the exception.
                PyUnicodeDecodeError::new_err(("utf-8", data, start, end, text))
            }
        }
    }
}
