//! Rust's errors as Python's exceptions, the only place that knows both.
//!
//! - Each class is something that a caller does differently, not one for each variant.
//! - What Rust calls `source` is Python's `__cause__`, all the way down.
//! - Context that is added above an error does not change what catches it.
//! - An exception that a callback raised comes back as itself, with its traceback.

use std::error::Error as StdError;
use std::io;
use std::num::ParseIntError;

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::Error;

create_exception!(error_handling, SettingsError, PyException, "Settings cannot be used. All others derive from it.");
create_exception!(error_handling, ParseError, SettingsError, "A line is wrong; `line` is its number.");
create_exception!(error_handling, MissingError, SettingsError, "A setting is not there; `key` is its name.");

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        // `From` hands over no token. To attach again costs next to nothing, and is right in a detached closure too.
        Python::attach(|py| exception(py, &error))
    }
}

/// What anyhow collected, on its way to Python.
///
/// No crate may write `From<anyhow::Error> for PyErr` but PyO3 itself, whose feature `anyhow` has one: everything is a
/// RuntimeError, and the causes are lines of its text. With this type `?` works the same, and keeps what they are.
pub(super) struct Failure(anyhow::Error);

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self(error)
    }
}

impl From<Failure> for PyErr {
    fn from(Failure(error): Failure) -> Self {
        Python::attach(|py| {
            let raised = error.chain().find_map(|cause| cause.downcast_ref::<PyErr>());
            match raised {
                // Ctrl-C in a callback is no failure of the settings: an `except SettingsError` is not to eat it.
                Some(stop) if !stop.is_instance_of::<PyException>(py) => stop.clone_ref(py),
                _ => exception(py, error.as_ref()),
            }
        })
    }
}

/// The exception for `error`, with all that led to it.
fn exception(py: Python<'_>, error: &(dyn StdError + 'static)) -> PyErr {
    if let Some(raised) = error.downcast_ref::<PyErr>() {
        // It came from Python and has its own cause.
        return raised.clone_ref(py);
    }
    let exception = if let Some(error) = error.downcast_ref::<io::Error>() {
        os_error(error)
    } else if let Some(error) = error.downcast_ref::<ParseIntError>() {
        PyValueError::new_err(error.to_string())
    } else {
        settings_error(py, error)
    };
    if let Some(source) = error.source() {
        exception.set_cause(py, Some(self::exception(py, source)));
    }
    exception
}

/// The class is that of the first of our errors from here on down: `error` itself, or what it is the context of.
fn settings_error(py: Python<'_>, error: &(dyn StdError + 'static)) -> PyErr {
    let text = error.to_string();
    let (exception, attribute) = match ours(error) {
        Some(Error::Syntax { line } | Error::Number { line, .. }) => {
            let exception = ParseError::new_err(text);
            let set = exception.value(py).setattr("line", line);
            (exception, set)
        }
        Some(Error::Missing { key }) => {
            let exception = MissingError::new_err(text);
            let set = exception.value(py).setattr("key", key);
            (exception, set)
        }
        Some(Error::Read { .. }) | None => (SettingsError::new_err(text), Ok(())),
    };
    // Out of memory, if anything: then that is what to tell.
    attribute.err().unwrap_or(exception)
}

fn ours<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    error.downcast_ref().or_else(|| ours(error.source()?))
}

/// OSError with its number, from which Python takes the subclass. PyO3's own conversion gives the text alone, so that
/// `errno` is None.
fn os_error(error: &io::Error) -> PyErr {
    let text = error.to_string();
    match error.raw_os_error() {
        None => PyOSError::new_err(text),
        // The fourth argument is Windows' own number, from which Python makes the first.
        Some(code) if cfg!(windows) => PyOSError::new_err((0, text, None::<String>, code)),
        Some(code) => PyOSError::new_err((code, text)),
    }
}
