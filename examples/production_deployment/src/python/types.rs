//! The class `Slugger`.

use pyo3::prelude::*;

/// Makes slugs of at most `longest` (80) characters, with `separator` (a hyphen) between the words.
#[pyclass(frozen, eq, module = "production_deployment")]
#[derive(PartialEq, Eq)]
pub(crate) struct Slugger {
    inner: crate::Slugger,
}

#[pymethods]
impl Slugger {
    #[new]
    #[pyo3(signature = (*, separator=None, longest=None))]
    fn new(separator: Option<char>, longest: Option<usize>) -> PyResult<Self> {
        let plain = crate::Slugger::default();
        let separator = separator.unwrap_or(plain.separator());
        Ok(Self { inner: crate::Slugger::new(separator, longest.unwrap_or(plain.longest()))? })
    }

    /// The slug of `text`. Raises ValueError if nothing is left.
    fn slug(&self, text: &str) -> PyResult<String> {
        Ok(self.inner.slug(text)?)
    }

    #[getter]
    fn separator(&self) -> char {
        self.inner.separator()
    }

    #[getter]
    fn longest(&self) -> usize {
        self.inner.longest()
    }

    fn __repr__(&self) -> String {
        format!("Slugger(separator={:?}, longest={})", self.inner.separator(), self.inner.longest())
    }
}
