//! The class that Python sees.

use std::collections::HashMap;

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::{Error, Expression};

/// The number of values between two checks for Ctrl-C: some tens of milliseconds for a long expression.
const CHUNK: usize = 10_000;

/// The variables of a call, by name.
pub(super) type Variables = HashMap<String, f64>;

/// A parsed and valid expression.
///
/// >>> area = Expression("pi * r^2")
/// >>> area.variables
/// ('r',)
/// >>> round(area(r=2), 3)
/// 12.566
// Frozen and immutable: threads can share an expression and evaluate it at the same time.
#[pyclass(name = "Expression", module = "calculator", frozen, eq)]
#[derive(PartialEq)]
pub(super) struct PyExpression(Expression);

#[pymethods]
impl PyExpression {
    #[new]
    fn new(text: &str) -> Result<Self, Error> {
        Expression::parse(text).map(Self)
    }

    /// The text that was parsed.
    #[getter]
    fn text(&self) -> &str {
        self.0.text()
    }

    /// The names of its variables, each once, in order of appearance.
    // A tuple: changing a returned list would have no effect, but look as if it had.
    #[getter]
    fn variables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyTuple>> {
        pyo3::types::PyTuple::new(py, self.0.variables())
    }

    /// Its value for these values of its variables.
    #[pyo3(signature = (**variables))]
    fn __call__(&self, variables: Option<Variables>) -> Result<f64, Error> {
        let variables = variables.unwrap_or_default();
        self.0.evaluate(|name| variables.get(name).copied())
    }

    /// Its value for each of `values` of the variable `name`; the other variables keep theirs.
    ///
    /// Other threads run in the meantime, and Ctrl-C interrupts it.
    #[pyo3(signature = (name, values, /, **variables))]
    fn table(&self, py: Python<'_>, name: &str, values: Vec<f64>, variables: Option<Variables>) -> PyResult<Vec<f64>> {
        let variables = variables.unwrap_or_default();
        let mut row = self.0.bind(|key| if key == name { Some(0.0) } else { variables.get(key).copied() })?;
        let column = self.0.variables().iter().position(|key| key == name);
        let mut results = Vec::with_capacity(values.len());
        for chunk in values.chunks(CHUNK) {
            // Nothing in here belongs to Python: the closure could not capture it.
            py.detach(|| {
                for value in chunk {
                    if let Some(cell) = column.and_then(|column| row.get_mut(column)) {
                        *cell = *value;
                    }
                    results.push(self.0.run(&row)?);
                }
                Ok::<(), Error>(())
            })?;
            py.check_signals()?;
        }
        Ok(results)
    }

    fn __str__(&self) -> &str {
        self.0.text()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        // Python's own quotes: Rust's Debug would escape characters that Python does not.
        Ok(format!("Expression({})", PyString::new(py, self.0.text()).repr()?))
    }

    // Called by pickle and copy: the text is the entire state.
    fn __getnewargs__(&self) -> (&str,) {
        (self.0.text(),)
    }
}

/// The value of `text` for these values of its variables.
///
/// >>> evaluate("(a + b)^2", a=1, b=2)
/// 9.0
#[pyfunction]
#[pyo3(signature = (text, /, **variables))]
pub(super) fn evaluate(text: &str, variables: Option<Variables>) -> Result<f64, Error> {
    PyExpression::new(text)?.__call__(variables)
}
