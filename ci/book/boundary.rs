//! The functions that ci/bench_boundary.py calls: as little work as possible, so that it measures the call.

use pyo3::prelude::*;

#[pymodule]
mod boundary {
    use super::*;

    #[pyfunction]
    fn add(a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
    }

    #[pyfunction]
    fn bytes_in(text: &str) -> usize {
        text.len()
    }

    #[pyfunction]
    fn total(values: Vec<f64>) -> f64 {
        values.iter().sum()
    }

    /// The opposite direction: Rust calls Python.
    #[pyfunction]
    fn call<'py>(f: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        f.call1((1, 2))
    }

    #[pyclass(frozen)]
    struct Point {
        #[pyo3(get)]
        x: i64,
    }

    #[pymethods]
    impl Point {
        #[new]
        fn new(x: i64) -> Self {
            Self { x }
        }

        fn bare(&self) -> i64 {
            self.x
        }

        fn plus(&self, dx: i64) -> i64 {
            self.x.wrapping_add(dx)
        }
    }
}
