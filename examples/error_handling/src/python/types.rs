//! The classes that Python sees.

use std::path::PathBuf;

use pyo3::prelude::*;

use super::errors::Failure;
use crate::service::Service;
use crate::settings::Settings;
use crate::Error;

/// Settings: lines of `key = value`, with `#` before comments.
#[pyclass(name = "Settings", module = "error_handling", frozen)]
pub(super) struct PySettings(Settings);

#[pymethods]
impl PySettings {
    /// Read `text`. Raises ParseError.
    // A Result with the core's own error: PyO3 converts it to PyErr with the only `From`.
    #[staticmethod]
    fn parse(text: &str) -> Result<Self, Error> {
        Settings::parse(text).map(Self)
    }

    /// Read the file at `path`. Raises ParseError, or SettingsError with the OSError as its cause.
    #[staticmethod]
    fn read(py: Python<'_>, path: PathBuf) -> Result<Self, Error> {
        // The error leaves the detached closure as a Rust value: it does not need Python.
        py.detach(|| Settings::read(&path)).map(Self)
    }

    fn __repr__(&self) -> String {
        format!("<Settings: {}>", self.0.count())
    }

    /// The value of `key`. Raises MissingError.
    fn text(&self, key: &str) -> Result<&str, Error> {
        self.0.text(key)
    }

    /// The value of `key` as a 16-bit number. Raises MissingError, or ParseError with the ValueError as its cause.
    fn number(&self, key: &str) -> Result<u16, Error> {
        self.0.number(key)
    }
}

/// The address and port of a service.
#[pyclass(name = "Service", module = "error_handling", frozen, eq)]
#[derive(PartialEq)]
pub(super) struct PyService(Service);

#[pymethods]
impl PyService {
    /// The service that the file at `path` describes. `resolve` finds the address of its host; by default the host
    /// is the address.
    ///
    /// Raises SettingsError. The exception of `resolve`, if any, is the last of its causes.
    #[staticmethod]
    #[pyo3(signature = (path, resolve = None))]
    fn load(path: PathBuf, resolve: Option<&Bound<'_, PyAny>>) -> Result<Self, Failure> {
        let service = Service::load(&path, |host| match resolve {
            None => Ok(host.to_owned()),
            // PyErr is an error like any other: anyhow accepts it, and gives it back.
            Some(resolve) => Ok(resolve.call1((host,))?.extract()?),
        })?;
        Ok(Self(service))
    }

    /// The address of its host.
    #[getter]
    fn address(&self) -> &str {
        &self.0.address
    }

    /// Its port.
    #[getter]
    fn port(&self) -> u16 {
        self.0.port
    }

    fn __repr__(&self) -> String {
        format!("<Service at {}:{}>", self.0.address, self.0.port)
    }
}
