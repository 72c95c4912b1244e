//! The class `Dictionary`.

use pyo3::prelude::*;

/// The default number of results of a search.
const SOME: usize = 3;

/// Words to search in. Raises ValueError for a word of more than 200 bytes.
#[pyclass(frozen, module = "profiling_example")]
pub(crate) struct Dictionary {
    inner: crate::Dictionary,
}

#[pymethods]
impl Dictionary {
    #[new]
    #[pyo3(signature = (words))]
    fn new(words: Vec<String>) -> PyResult<Self> {
        Ok(Self { inner: crate::Dictionary::new(words)? })
    }

    /// The `n` (3) words most similar to `word` with their distances, the nearest first.
    #[pyo3(signature = (word, n=None))]
    fn closest<'a>(&'a self, py: Python<'_>, word: &str, n: Option<usize>) -> PyResult<Vec<(&'a str, usize)>> {
        Ok(py.detach(|| self.inner.closest(word, n.unwrap_or(SOME)))?)
    }

    /// The same with the first version, for comparison.
    #[pyo3(signature = (word, n=None))]
    fn closest_plain<'a>(&'a self, py: Python<'_>, word: &str, n: Option<usize>) -> PyResult<Vec<(&'a str, usize)>> {
        Ok(py.detach(|| self.inner.closest_plain(word, n.unwrap_or(SOME)))?)
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __repr__(&self) -> String {
        format!("<Dictionary of {} words>", self.inner.len())
    }
}
