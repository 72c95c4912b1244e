//! The exception for each reason. The classes are written in Python, in `python/calculator/errors.py`, where
//! two bases, a constructor and pickling cost a line each.

use pyo3::PyErr;

use crate::{Error, Reason};

// A name for each, which is looked up when it is first raised.
pyo3::import_exception!(calculator.errors, DivisionError);
pyo3::import_exception!(calculator.errors, ExpressionError);
pyo3::import_exception!(calculator.errors, RangeError);
pyo3::import_exception!(calculator.errors, UndefinedError);
pyo3::import_exception!(calculator.errors, VariableError);

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        let arguments = (error.reason.to_string(), error.position);
        match error.reason {
            Reason::TooLong(_)
            | Reason::TooDeep
            | Reason::Unexpected(_)
            | Reason::Ended
            | Reason::Number(_)
            | Reason::NoFunction(_)
            | Reason::Arguments(..) => ExpressionError::new_err(arguments),
            Reason::NoValue(_) | Reason::NotFinite(_) => VariableError::new_err(arguments),
            Reason::Division => DivisionError::new_err(arguments),
            Reason::Overflow => RangeError::new_err(arguments),
            Reason::Undefined => UndefinedError::new_err(arguments),
        }
    }
}
