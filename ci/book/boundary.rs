//! What ci/bench_boundary.py calls: as little work as there can be, so that the call is what is measured.

use pyo3::prelude::*;

#[pymodule]
mod boundary {
    use super::*;

    #[pyfunction]
    fn add(a: i64, b: i64) -> i64 {
        a.wrapping_add(b)
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
