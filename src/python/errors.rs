//! The exceptions, and the one way from an [`Error`] to them.

use monowheel_error::{Error, ErrorKind};
use pyo3::PyErr;
use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyKeyboardInterrupt};

create_exception!(monowheel, MonowheelError, PyException, "What every error of monowheel is.");
create_exception!(monowheel, UsageError, MonowheelError, "An argument or the configuration has to change first.");
create_exception!(monowheel, FormatError, MonowheelError, "A file is not what it should be.");
create_exception!(monowheel, IncompleteError, MonowheelError, "It could not be completed: a disk, a network, a tool.");

/// What a function of the module fails with: an exception, or an error of a library on its way to be one. Neither type
/// is this crate's own, so that `?` cannot turn one into the other without it.
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
