//! The exceptions, and the one way from an [`Error`] to them.

use monowheel_error::{Error, ErrorKind};
use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyKeyboardInterrupt};

create_exception!(monowheel, MonowheelError, PyException, "Base class of all monowheel errors.");
create_exception!(monowheel, UsageError, MonowheelError, "An argument or the configuration is wrong.");
create_exception!(monowheel, FormatError, MonowheelError, "A file is malformed.");
create_exception!(
    monowheel,
    IncompleteError,
    MonowheelError,
    "The operation could not be completed: a disk, network or tool error."
);

/// The error type of the module's functions: an exception, or a library error to be converted into one. Both types are
/// foreign to this crate, so `?` cannot convert between them directly.
#[derive(Debug)]
pub(super) struct Raised(PyErr);

impl From<PyErr> for Raised {
    fn from(error: PyErr) -> Self {
        Self(error)
    }
}

impl From<Raised> for PyErr {
    fn from(raised: Raised) -> Self {
        raised.0
    }
}

impl From<Error> for Raised {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        Self(match error.kind() {
            ErrorKind::Usage | ErrorKind::Project => UsageError::new_err(text),
            ErrorKind::Format => FormatError::new_err(text),
            ErrorKind::Interrupted => PyKeyboardInterrupt::new_err(text),
            ErrorKind::Toolchain | ErrorKind::Tool | ErrorKind::Io | ErrorKind::Busy | ErrorKind::Defect => {
                IncompleteError::new_err(text)
            }
        })
    }
}
