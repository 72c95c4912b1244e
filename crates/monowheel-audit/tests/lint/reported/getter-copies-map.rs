//# rule: getter-clones-container note
//# report: PyO3/pyo3#3231
//# dependency: pyo3 = { version = "0.28" }
//# bad: eg.hashmap["a"] = 1 changes a copy
use pyo3::prelude::*;

use std::collections::HashMap;

#[pyclass]
struct Example {
    #[pyo3(get)]
    hashmap: HashMap<String, String>,
}

#[pymethods]
impl Example {
    #[new]
    fn new() -> Self {
        Self { hashmap: HashMap::new() }
    }

    fn __repr__(&self) -> &'static str {
        "Example()"
    }

    fn put(&mut self, key: String) {
        self.hashmap.insert(key, String::new());
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Example>()?;
    Ok(())
}
//# good
use pyo3::prelude::*;

use std::collections::HashMap;

#[pyclass]
struct Example {
    hashmap: HashMap<String, String>,
}

#[pymethods]
impl Example {
    #[new]
    fn new() -> Self {
        Self { hashmap: HashMap::new() }
    }

    fn __repr__(&self) -> &'static str {
        "Example()"
    }

    fn __setitem__(&mut self, key: String, value: String) {
        self.hashmap.insert(key, value);
    }

    fn __getitem__(&self, key: &str) -> PyResult<String> {
        let missing = || pyo3::exceptions::PyKeyError::new_err(key.to_owned());
        self.hashmap.get(key).cloned().ok_or_else(missing)
    }
}

#[pymodule]
fn demo(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Example>()?;
    Ok(())
}
//# bad: a vector in an Option, by get_all
#[pyclass(get_all, set_all)]
struct Example { rows: Option<Vec<u32>> }
#[pymethods]
impl Example { #[new] fn new() -> Self { Self { rows: None } } }
//# bad: a getter that clones
#[pyclass]
struct Example { rows: Vec<u32> }
#[pymethods]
impl Example {
    #[getter]
    fn rows(&self) -> Vec<u32> { self.rows.clone() }
}
//# good: a tuple does not change
#[pyclass]
struct Example { #[pyo3(get)] rows: (u32, u32) }
//# bad: an array of numpy, PyO3/rust-numpy#408
#[pyclass]
struct Example { mask: Option<Array2<bool>> }
#[pymethods]
impl Example {
    #[getter]
    fn mask<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyArray2<bool>>> { self.mask.as_ref().map(|mask| mask.clone().into_pyarray(py)) }
}
//# bad: an array that is copied for numpy
#[pyclass]
struct Example { mask: Array2<bool> }
#[pymethods]
impl Example {
    #[getter]
    fn mask<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray2<bool>> { self.mask.to_pyarray(py) }
}
//# good: numpy's own array is kept
#[pyclass]
struct Example { mask: Py<PyArray2<bool>> }
#[pymethods]
impl Example {
    #[getter]
    fn mask(&self, py: Python<'_>) -> Py<PyArray2<bool>> { self.mask.clone_ref(py) }
}
