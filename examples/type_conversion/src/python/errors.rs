//! Which exception each error of the core becomes: the builtin ones that Python itself raises for the same.

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
                // Nothing after a sequence that breaks off at the end.
                let end = error.error_len().map_or(data.len(), |length| start + length);
                // A tuple is the constructor's arguments; Vec<u8> becomes bytes. Nothing of this is made before
                // Python looks at the exception.
                PyUnicodeDecodeError::new_err(("utf-8", data, start, end, text))
            }
        }
    }
}
