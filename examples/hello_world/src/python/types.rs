//! The classes that Python sees. Each wraps a type of the core and forwards calls.

use pyo3::prelude::*;

use crate::Greeter;

/// Greets with a word of your choice.
// `frozen`: nothing changes after `__new__`, so PyO3 needs no borrow flag, and threads can share an instance.
#[pyclass(name = "Greeter", module = "hello_world", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct PyGreeter(Greeter);

#[pymethods]
impl PyGreeter {
    // `#[new]` is `__new__`. An Option without a default in the signature would still have to be passed.
    #[new]
    #[pyo3(signature = (word = None))]
    fn new(word: Option<&str>) -> PyResult<Self> {
        Ok(Self(Greeter::new(word.unwrap_or(Greeter::WORD))?))
    }

    /// The word that every greeting begins with.
    #[getter]
    fn word(&self) -> &str {
        self.0.word()
    }

    /// A greeting for `name`. Raises ValueError for an empty name or one over 100 characters.
    fn greet(&self, name: &str) -> PyResult<String> {
        Ok(self.0.greet(name)?)
    }

    fn __repr__(&self) -> String {
        // Debug's quotes and escapes are close enough to Python's for a word.
        format!("Greeter({:?})", self.0.word())
    }
}
