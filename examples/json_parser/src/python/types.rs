//! What comes in, and a document that is parsed where one looks.

use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::PyString;

use super::objects::Objects;
use crate::{parse_with, Error};

/// A text: `str`, or UTF-8 in `bytes` or `bytearray`.
// Each keeps the Python object alive and lends what is in it. `bytes` is not copied at all; `str` is once, below a floor of
// 3.10; a bytearray is, since it can change. A buffer of any kind would need a floor of 3.11.
pub(super) enum Text {
    Text(PyBackedStr),
    Bytes(PyBackedBytes),
}

// By hand: a derived one would try `bytes` for a `str` too, and tell a lone surrogate as a TypeError about both.
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

/// A text that has been checked as a whole and is parsed where one looks. It keeps the text it was given, and copies
/// nothing of it.
#[pyclass(name = "Document", module = "json_parser", frozen)]
pub(super) struct PyDocument(Text);

#[pymethods]
impl PyDocument {
    // To check makes no Python objects, so other threads run meanwhile: what `Text` holds may be read by any thread.
    #[new]
    fn new(py: Python<'_>, text: Text) -> PyResult<Self> {
        py.detach(|| crate::check(text.get()?))?;
        Ok(Self(text))
    }

    /// The value at `pointer` (RFC 6901), such as "/items/0/name"; `default` where there is none.
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

    /// The text of the value at `pointer`, as it is written; None where there is none.
    #[pyo3(signature = (pointer = ""))]
    fn raw(&self, pointer: &str) -> Result<Option<&str>, Error> {
        crate::find(self.0.get()?, pointer)
    }

    fn __repr__(&self) -> Result<String, Error> {
        Ok(format!("<Document of {} bytes>", self.0.get()?.len()))
    }
}

/// The value that `text` is, of `str`, or UTF-8 in `bytes` or `bytearray`. Raises JSONError.
#[pyfunction]
#[pyo3(signature = (text, /))]
pub(super) fn loads<'py>(py: Python<'py>, text: Text) -> PyResult<Bound<'py, PyAny>> {
    parse_with(text.get()?, &mut Objects::new(py))
}
