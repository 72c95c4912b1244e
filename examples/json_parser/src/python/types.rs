//! Input types, and a document that is parsed on access.

use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyString;

use super::objects::Objects;
use crate::{parse_with, Error};

/// A text: `str`, or UTF-8 in `bytes` or `bytearray`.
// Each keeps the Python object alive and lends its content. `bytes` is never copied; `str` is copied below a floor
// of 3.10; a bytearray is copied, because it can change. A general buffer would need a floor of 3.11.
pub(super) enum Text {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

// Written by hand: a derived one would try `bytes` for a `str` too, and report a lone surrogate as a TypeError on both.
impl FromPyObject<'_, '_> for Text {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        Ok(if given.is_instance_of::<PyString>() {
            Self::Text(given.extract()?)
        } else {
            Self::Bytes(given.extract()?)
        })
    }
}

impl Text {
    pub(super) fn get(&self) -> Result<&str, Error> {
        match self {
            Self::Text(text) => Ok(text),
            Self::Bytes(data) => std::str::from_utf8(data).map_err(|error| Error::not_utf8(data, error)),
        }
    }
}

/// A text that is validated completely, and parsed on access. It keeps the text it was given, and copies
/// nothing of it.
#[pyclass(name = "Document", module = "json_parser", frozen)]
pub(super) struct PyDocument(Text);

#[pymethods]
impl PyDocument {
    // Validation creates no Python objects, so other threads run meanwhile: any thread may read the content of `Text`.
    #[new]
    fn new(py: Python<'_>, text: Text) -> PyResult<Self> {
        py.detach(|| crate::check(text.get()?))?;
        Ok(Self(text))
    }

    /// The value at `pointer` (RFC 6901), such as "/items/0/name"; `default` if there is none.
    #[pyo3(signature = (pointer = "", default = None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        pointer: &str,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match crate::find(self.0.get()?, pointer)? {
            Some(part) => parse_with(part, &mut Objects::new(py)).map(Some),
            None => Ok(default),
        }
    }

    /// The text of the value at `pointer`, as it is written; None if there is none.
    #[pyo3(signature = (pointer = ""))]
    fn raw(&self, pointer: &str) -> Result<Option<&str>, Error> {
        crate::find(self.0.get()?, pointer)
    }

    fn __repr__(&self) -> Result<String, Error> {
        Ok(format!("<Document of {} bytes>", self.0.get()?.len()))
    }
}

/// Parse `text`: a `str`, or UTF-8 in `bytes` or `bytearray`. Raises JSONError.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn loads<'py>(py: Python<'py>, text: Text) -> PyResult<Bound<'py, PyAny>> {
    parse_with(text.get()?, &mut Objects::new(py))
}
