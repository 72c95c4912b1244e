//! Maps Rust errors to Python exceptions: the only place that knows both.
//!
//! - A class exists where callers react differently, not for each variant.
//! - Rust's `source` becomes Python's `__cause__`, all the way down.
//! - Added context does not change how an error is caught.
//! - An exception raised by a callback is passed on unchanged, with its traceback.

use std::error::Error as StdError;
use std::io;
use std::num::ParseIntError;

use pyo3::create_exception;
use pyo3::exceptions::{PyException, PyOSError, PyValueError};
use pyo3::prelude::*;

use crate::Error;

create_exception!(error_handling, SettingsError, PyException, "Settings cannot be used. The base class of all others.");
create_exception!(error_handling, ParseError, SettingsError, "A line is invalid; `line` is its number.");
create_exception!(error_handling, MissingError, SettingsError, "A setting is missing; `key` is its name.");

impl From<Error> for PyErr {
    fn from(error: Error) -> Self {
        // `From` receives no token. Attaching again is almost free, and also correct in a detached closure.
        Python::attach(|py| exception(py, &error))
    }
}

/// An anyhow error on its way to Python.
///
/// Only PyO3 itself may implement `From<anyhow::Error> for PyErr`. With its feature `anyhow`, every error is a
/// RuntimeError, and the causes are lines of its text. With this type `?` works too, and keeps the causes.
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
                // Ctrl-C in a callback is not a failure of the settings: `except SettingsError` must not swallow it.
                Some(stop) if !stop.is_instance_of::<PyException>(py) => stop.clone_ref(py),
                _ => exception(py, error.as_ref()),
            }
        })
    }
}

/// The exception for `error`, with all its causes.
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

/// The class is that of the first of our errors in the chain: `error` itself, or an error that it adds context to.
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
    // Out of memory, most likely: report that instead.
    attribute.err().unwrap_or(exception)
}

fn ours<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Error> {
    error.downcast_ref().or_else(|| ours(error.source()?))
}

/// OSError with its number, from which Python chooses the subclass. PyO3's own conversion passes only the text, so
/// that `errno` is None.
fn os_error(error: &io::Error) -> PyErr {
    let text = error.to_string();
    match error.raw_os_error() {
        None => PyOSError::new_err(text),
        // The fourth argument is the Windows error number, from which Python derives the first.
        Some(code) if cfg!(windows) => PyOSError::new_err((0, text, None::<String>, code)),
        Some(code) => PyOSError::new_err((code, text)),
    }
}
